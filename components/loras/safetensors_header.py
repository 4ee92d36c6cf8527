"""Safetensors header: shapes of a file's tensors and its metadata, and what the tensors' names tell of a LoRA. Pure.

The app and the SDXL engine share this module, and each has its own messages: a flaw is an enum here, not a sentence.
Format: 8 bytes with the length of a JSON object (little-endian), that object, then the tensors' data.
https://huggingface.co/docs/safetensors/index#format
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

LENGTH_BYTES = 8
START_BYTES = LENGTH_BYTES + 64
"""First bytes of a file by which its kind is recognized."""
MAX_HEADER_BYTES = 20 * 1024 * 1024
MAX_TENSORS = 100_000
_MAX_DIMENSIONS = 8

Shape = tuple[int, ...]


class HeaderFlaw(Enum):
    """Why a file has no header that can be read."""

    EMPTY = "empty"
    CUT_OFF = "cut off"
    WEB_PAGE = "web page"
    PICKLE = "pickle"
    GIT_LFS_POINTER = "Git LFS pointer"
    NOT_SAFETENSORS = "not safetensors"


class HeaderError(ValueError):
    """A file is no safetensors file, or a broken one."""

    def __init__(self, flaw: HeaderFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class SafetensorsHeader:
    """Shapes by the tensors' names, and the metadata as it was written."""

    shapes: Mapping[str, Shape]
    """An entry that is not a valid shape is an empty one."""
    metadata: Mapping[str, Any]


def parse_header_size(head: bytes) -> int:
    """Return how many of a file's first bytes hold its header, the length itself included.

    Raises HeaderError. More than START_BYTES of the file make no difference.
    """
    if flaw := _other_kind(head):
        raise HeaderError(flaw)
    if len(head) < LENGTH_BYTES:
        raise HeaderError(HeaderFlaw.CUT_OFF if head else HeaderFlaw.EMPTY)
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    # An empty object has two bytes. The first bytes of most other files are a huge number.
    if not 2 <= length <= MAX_HEADER_BYTES or head[LENGTH_BYTES : LENGTH_BYTES + 1] not in (b"{", b""):
        raise HeaderError(HeaderFlaw.NOT_SAFETENSORS)
    return LENGTH_BYTES + length


def parse_header(head: bytes, file_size: int | None = None) -> SafetensorsHeader:
    """Return the header in a file's first bytes. Raises HeaderError.

    With `file_size` (bytes of the whole file) a file that ends before its last tensor is CUT_OFF.
    """
    size = parse_header_size(head)
    if len(head) < size:
        raise HeaderError(HeaderFlaw.CUT_OFF)
    entries = _json_object(head[LENGTH_BYTES:size])
    metadata = entries.pop("__metadata__", {})
    if file_size is not None and size + _data_end(entries.values()) > file_size:
        raise HeaderError(HeaderFlaw.CUT_OFF)
    shapes = {name: _shape(entry) for name, entry in entries.items()}
    return SafetensorsHeader(shapes, metadata if isinstance(metadata, dict) else {})


def _other_kind(head: bytes) -> HeaderFlaw | None:
    """Return the kind of a file that is not safetensors, recognized by its first bytes."""
    start = head[:START_BYTES].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return HeaderFlaw.WEB_PAGE
    # PyTorch pickles: a zip archive, or pickle protocols 2 to 5. The length of a safetensors header may begin with the
    # same bytes, but its eighth byte is zero and a brace follows.
    if head.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")) and head[7:9] != b"\x00{":
        return HeaderFlaw.PICKLE
    if start.startswith(b"version https://git-lfs"):
        return HeaderFlaw.GIT_LFS_POINTER
    return HeaderFlaw.NOT_SAFETENSORS if head.startswith(b"GGUF") else None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # thousands of nested brackets
        raise HeaderError(HeaderFlaw.NOT_SAFETENSORS) from error
    if not isinstance(found, dict) or len(cast("dict[str, Any]", found)) > MAX_TENSORS:
        raise HeaderError(HeaderFlaw.NOT_SAFETENSORS)
    return cast("dict[str, Any]", found)


def _shape(entry: Any) -> Shape:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or len(shape) > _MAX_DIMENSIONS:
        return ()
    sides = tuple(side for side in shape if isinstance(side, int) and not isinstance(side, bool) and side >= 0)
    return sides if len(sides) == len(shape) else ()


def _data_end(entries: Iterable[Any]) -> int:
    """Return where the last tensor ends, in bytes behind the header."""
    offsets = [entry.get("data_offsets") for entry in entries if isinstance(entry, dict)]
    pairs = [pair for pair in offsets if isinstance(pair, list) and len(pair) == 2]
    return max((pair[1] for pair in pairs if isinstance(pair[1], int)), default=0)


# --- what the names of the tensors tell ---


class BaseModelFamily(Enum):
    """The model a LoRA was made for, by its own name, the same in all languages; OTHER has none."""

    SDXL = "SDXL"
    SD1 = "Stable Diffusion 1.5"
    SD2 = "Stable Diffusion 2"
    SD3 = "Stable Diffusion 3"
    FLUX = "FLUX"
    KOLORS = "Kolors"
    QWEN_IMAGE = "Qwen-Image"
    Z_IMAGE = "Z-Image"
    HIDREAM = "HiDream"
    LUMINA = "Lumina"
    OTHER = "other"
    UNKNOWN = ""


class Architecture(Enum):
    """The method by which a LoRA changes weights, by its own name, the same in all languages."""

    LORA = "LoRA"
    DORA = "DoRA"
    LOHA = "LoHa"
    LOKR = "LoKr"
    OFT = "OFT"
    GLORA = "GLoRA"
    IA3 = "(IA)³"
    FULL = "LyCORIS Full"
    NORM = "LyCORIS Norm"
    NONE = ""


LORA_DOWN = re.compile(r"(?:lora_down|lora_A|lora\d?\.down|lora_linear_layer\.down)(?:\.[\w-]+)?\.weight$")
"""Ends the name of a pair's first half, in the spellings of kohya, PEFT and diffusers."""
LORA_UP = re.compile(r"(?:lora_up|lora_B|lora\d?\.up|lora_linear_layer\.up)(?:\.[\w-]+)?\.weight$")


def rank_of(shapes: Mapping[str, Shape]) -> int | None:
    """Return the most common rank, of equally common ones the largest; None: no tensor shows one."""
    counts = Counter(shape[0] for name, shape in shapes.items() if shape and _is_first_half(name))
    return max(counts, key=lambda rank: (counts[rank], rank), default=None)


def _is_first_half(name: str) -> bool:
    """Return whether a tensor has the shape (rank, inputs): the down half of a LoRA, w1_b of a LoHa."""
    return LORA_DOWN.search(name) is not None or "hada_w1_b" in name
