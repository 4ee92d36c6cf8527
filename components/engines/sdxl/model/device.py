"""Compute device: choice, threads, memory."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from typing import Any

from components.engines.protocol import Card, Machine
from components.engines.sdxl import messages
from components.engines.sdxl.model.libraries import library, torch
from components.errors import EngineError

log = logging.getLogger(__name__)

CUDA_TORCH = "pip install --force-reinstall torch --index-url https://download.pytorch.org/whl/cu128"
"""Command that installs the build for NVIDIA cards, which pip does not choose by itself on Windows."""
_DTYPES = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}
_GIBIBYTE = 1 << 30
_OUT_OF_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "cudnn_status_not_supported",  # for want of room, cuDNN finds no way to compute
    "unable to find an engine to execute this computation",
)
"""What torch and the libraries of a card say, in lower case."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device by torch's name, and its precision."""

    name: str
    dtype: Any
    """Of the setting; by default torch.float16 where it is fast, torch.float32 on a processor."""

    def __str__(self) -> str:
        """Name the device, its precision and its memory, for the log."""
        card = card_of(self)
        name = self.name if card.name == self.name else f"{self.name} ({card.name})"
        return f"{name}, {card.precision}, free: {card.free / _GIBIBYTE:.1f} of {card.total / _GIBIBYTE:.1f} GiB"


def chosen_device(name: str, precision: str = "auto") -> Device:
    """Return the device of the settings; auto takes the best there is. Raise EngineError when it is not there.

    A card with a number is the only one that its process sees, see `cards.py`, and therefore just cuda here.
    """
    there, wanted = _there(), name.partition(":")[0]
    if name != "auto" and wanted not in there:
        raise EngineError(messages.no_device(name))
    best = there[0] if name == "auto" else wanted
    kind = _DTYPES.get(precision) or ("float32" if best == "cpu" else "float16")
    return Device(best, getattr(torch(), kind))


def pin_threads(count: int) -> None:
    """Fix the number of torch's threads: another number gives other pixels. Call in the worker thread."""
    if count:
        torch().set_num_threads(count)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error means that memory ran out; each device raises another."""
    if isinstance(error, (MemoryError, torch().OutOfMemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in text for sign in _OUT_OF_MEMORY)


def is_lost(error: BaseException, device: Device) -> bool:
    """Return whether an error left the device unusable: a CUDA context that failed once may fail for ever."""
    cause = error.__cause__ or error
    if device.name != "cuda" or not isinstance(cause, RuntimeError) or is_out_of_memory(cause):
        return False
    try:
        torch().cuda.synchronize()
    except RuntimeError:
        return True
    return False


def free_memory(device: Device) -> None:
    """Free the device's cached memory."""
    if device.name == "cuda":
        torch().cuda.empty_cache()
    elif device.name == "mps":
        torch().mps.empty_cache()


def free_bytes(device: Device) -> int | None:
    """Return the free bytes of a card, those that were freed included; None for a device that shares its memory."""
    if device.name != "cuda":
        return None
    torch().cuda.empty_cache()
    return int(torch().cuda.mem_get_info()[0])


def machine_of(device: Device) -> Machine:
    """Return what a device is, and how to use a card for which the installed build of torch has no code."""
    version = torch().version
    is_unused = device.name == "cpu" and not version.cuda and not version.hip and shutil.which("nvidia-smi")
    if is_unused:
        log.warning(
            "This machine has an NVIDIA card, and a torch for processors alone. To use the card: %s", CUDA_TORCH
        )
    return Machine((card_of(device),), CUDA_TORCH if is_unused else "")


def setting_for_all(name: str, device: Device) -> str:
    """Return the setting that uses all cards, where auto has taken one of several; else an empty text."""
    count = torch().cuda.device_count() if (name, device.name) == ("auto", "cuda") else 1
    if count == 1:
        return ""
    # What all means is asked of NVIDIA's driver.
    cards = "all" if torch().version.cuda else ",".join(f"cuda:{number}" for number in range(count))
    log.warning("SDXL uses one of %d cards. To use all: SDXL_DEVICE=%s", count, cards)
    return f"SDXL_DEVICE={cards}"


def card_of(device: Device) -> Card:
    """Return what a device is, with its memory now."""
    name = torch().cuda.get_device_name() if device.name == "cuda" else device.name
    return Card(name, str(device.dtype).removeprefix("torch."), *_memory(device.name))


def _memory(name: str) -> tuple[int, int]:
    """Return the free and all bytes of a device."""
    if name == "cuda":
        free, total = torch().cuda.mem_get_info()
        return free, total
    memory = library("psutil").virtual_memory()  # shared with everything else on the machine
    return memory.available, memory.total


def _there() -> list[str]:
    lib = torch()
    found = [("cuda", lib.cuda.is_available()), ("mps", lib.backends.mps.is_available()), ("cpu", True)]
    return [name for name, is_there in found if is_there]
