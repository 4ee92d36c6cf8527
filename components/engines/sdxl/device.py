"""On what the pictures are computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.engines.sdxl.libraries import torch
from components.errors import EngineError, Sentence


@dataclass(frozen=True, slots=True)
class Device:
    """A device by torch's name, and how exactly it computes."""

    name: str
    dtype: Any
    """torch.float16 where it is fast, torch.float32 on a processor."""


def chosen_device(name: str) -> Device:
    """Return the device of the setting; auto takes the best there is. Raise EngineError when it is not there."""
    there = _there()
    if name != "auto" and name not in there:
        raise EngineError(Sentence(f"There is no {name} device on this machine.", "The host has to set SDXL_DEVICE."))
    best = there[0] if name == "auto" else name
    return Device(best, torch().float32 if best == "cpu" else torch().float16)


def pin_threads(count: int) -> None:
    """Keep to one number of threads: another gives other pixels. To be called in the thread that paints."""
    if count:
        torch().set_num_threads(count)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether memory ran out, in whichever way the device says so."""
    if isinstance(error, (MemoryError, torch().OutOfMemoryError)):
        return True
    told = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in told or "can't allocate memory" in told)


def free_memory(device: Device) -> None:
    """Give back what is kept for later."""
    if device.name == "cuda":
        torch().cuda.empty_cache()
    elif device.name == "mps":
        torch().mps.empty_cache()


def _there() -> list[str]:
    lib = torch()
    found = [("cuda", lib.cuda.is_available()), ("mps", lib.backends.mps.is_available()), ("cpu", True)]
    return [name for name, is_there in found if is_there]
