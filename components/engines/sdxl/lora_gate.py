"""Tells by a LoRA file's header alone, in milliseconds and without torch, whether it can be loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from components.engines.sdxl import sentences
from components.errors import EngineError, Sentence

LENGTH_BYTES = 8
START = LENGTH_BYTES + 64
"""Bytes by which the kind of a file is told."""
PIECE = 1 << 17
"""Bytes that are read at once; most headers are shorter."""
LARGEST_HEADER = 20 * 1024 * 1024
MOST_TENSORS = 100_000
SDXL_WIDTH = 2048
"""Numbers by which SDXL's words reach its picture; other models have others."""

_PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_PAGES = (b"<!doctype", b"<html", b"<?xml", b"<head")
_DOWN = re.compile(r"(?:lora_down|lora_A|lora\.down|lora_linear_layer\.down)(?:\.[\w-]+)?\.weight$")
_UP = re.compile(r"(?:lora_up|lora_B|lora\.up|lora_linear_layer\.up)(?:\.[\w-]+)?\.weight$")
_CROSS = re.compile(r"attn2[._](?:to_k|to_v|processor\.to_[kv]_lora)")
_MAKES = (
    (("dora_scale", "lora_magnitude_vector"), sentences.LORA_DORA),
    (("hada_w1_a",), sentences.LORA_LOHA),
    (("lokr_w1", "lokr_w1_a", "lokr_w2"), sentences.LORA_LOKR),
)
_OTHERS = (
    (re.compile(r"double_blocks|single_blocks|single_transformer_blocks"), sentences.LORA_FLUX),
    (
        re.compile(r"joint_blocks|transformer\.transformer_blocks|^lora_transformer_|context_block"),
        sentences.LORA_SD3,
    ),
    (re.compile(r"^(diffusion_model\.(blocks|layers)\.|transformer\.|lora_unet_blocks_\d)"), sentences.LORA_OTHER),
)
_WIDTHS = {768: sentences.LORA_SD1, 1024: sentences.LORA_SD2, SDXL_WIDTH: sentences.LORA_SHAPES}

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a safetensors file."""

    length: int
    """Bytes of the header, as the file's first bytes say."""
    body: bytes
    """The header, or as much of it as there was."""
    size: int | None
    """Bytes of the whole file; None: it was not told."""


def check_file(path: Path, width: int = SDXL_WIDTH) -> None:
    """Raise EngineError with a sentence of its own for each kind of file that cannot be a LoRA of this model."""
    try:
        with path.open("rb") as file:
            head = head_of(iter(partial(file.read, PIECE), b""), path.stat().st_size)
    except OSError as error:
        raise EngineError(sentences.LORA_NOT_FOUND) from error
    check_head(head, width)


def head_of(pieces: Iterable[bytes], size: int | None) -> Head:
    """Take as many pieces of a file as its header needs. Raise EngineError for what is no safetensors file."""
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > START and len(data) >= LENGTH_BYTES + header_length(bytes(data[:START])):
            break
    length = header_length(bytes(data[:START]))
    return Head(length, bytes(data[LENGTH_BYTES : LENGTH_BYTES + length]), size)


def header_length(head: bytes) -> int:
    """Return how long a header is by a file's first bytes. Raise EngineError for what is no safetensors file."""
    if told := _other_kind(head):
        raise EngineError(told)
    if len(head) < LENGTH_BYTES:
        raise EngineError(sentences.LORA_CUT_OFF if head else sentences.LORA_EMPTY)
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    if not 2 <= length <= LARGEST_HEADER or head[LENGTH_BYTES : LENGTH_BYTES + 1] not in (b"{", b""):
        raise EngineError(sentences.LORA_NOT_SAFETENSORS)
    return length


def check_head(head: Head, width: int = SDXL_WIDTH) -> None:
    """Raise EngineError unless this begins a LoRA of a model that is told words by `width` numbers."""
    if len(head.body) < head.length:
        raise EngineError(sentences.LORA_CUT_OFF)
    header = _parsed(head.body)
    if head.size is not None and LENGTH_BYTES + head.length + _end(header.values()) > head.size:
        raise EngineError(sentences.LORA_CUT_OFF)
    if told := _told_of({name: _shape(entry) for name, entry in header.items()}, width):
        raise EngineError(told)


def _other_kind(head: bytes) -> Sentence | None:
    start = head[:START].lstrip().lower()
    if start.startswith(_PAGES):
        return sentences.LORA_PAGE
    if head.startswith(_PICKLES) and head[7:9] != b"\x00{":
        return sentences.LORA_PICKLE
    return sentences.LORA_POINTER if start.startswith(b"version https://git-lfs") else None


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        header = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise EngineError(sentences.LORA_NOT_SAFETENSORS) from error
    if not isinstance(header, dict) or len(cast("dict[str, Any]", header)) > MOST_TENSORS:
        raise EngineError(sentences.LORA_NOT_SAFETENSORS)
    told = cast("dict[str, Any]", header)
    told.pop("__metadata__", None)
    return told


def _end(entries: Iterable[Any]) -> int:
    """Return where the last tensor ends, in bytes behind the header."""
    pairs = [entry.get("data_offsets") for entry in entries if isinstance(entry, dict)]
    whole = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], int)]
    return max((pair[1] for pair in whole), default=0)


def _shape(entry: Any) -> tuple[int, ...]:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    return tuple(side for side in shape if isinstance(side, int)) if isinstance(shape, list) else ()


def _told_of(shapes: Shapes, width: int) -> Sentence | None:
    """Return why these tensors are no LoRA of this model; None: they are."""
    for signs, told in _MAKES:
        if any(sign in name for name in shapes for sign in signs):
            return told
    downs = [name for name in shapes if _DOWN.search(name)]
    if not downs and not any(_UP.search(name) for name in shapes):
        return sentences.LORA_NONE
    if told := _other_model(shapes, downs, width):
        return told
    return sentences.LORA_HALF if _stems(shapes, _DOWN) != _stems(shapes, _UP) else None


def _other_model(shapes: Shapes, downs: Iterable[str], width: int) -> Sentence | None:
    """Tell the model by names that only another has, or by the width of what words bring in."""
    for sign, told in _OTHERS:
        if any(sign.search(name) for name in shapes):
            return told
    widths = {shapes[name][1] for name in downs if _CROSS.search(name) and len(shapes[name]) > 1}
    return None if widths <= {width} else _WIDTHS.get(min(widths - {width}), sentences.LORA_SHAPES)


def _stems(shapes: Shapes, half: re.Pattern[str]) -> set[str]:
    return {name[: found.start()] for name in shapes if (found := half.search(name))}
