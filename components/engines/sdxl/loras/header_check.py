"""Header check: refuses files that are no LoRA of this model by their header alone, in milliseconds, without torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from components.engines.sdxl import messages
from components.errors import EngineError
from components.loras.adapter_layers import architecture_of, is_complete, is_lora, layers_of
from components.loras.base_model import FAMILY_OF_WIDTH, cross_attention_widths, foreign_family
from components.loras.safetensors_header import (
    START_BYTES,
    Architecture,
    BaseModelFamily,
    HeaderError,
    HeaderFlaw,
    Shape,
    parse_header,
    parse_header_size,
)
from components.messages.message import Message

CHUNK_BYTES = 1 << 17
"""Bytes that are read at once; most headers are shorter."""
SDXL_WIDTH = 2048
"""Cross-attention width of SDXL; other models have others."""

_FLAWS = {
    HeaderFlaw.EMPTY: messages.LORA_EMPTY,
    HeaderFlaw.CUT_OFF: messages.LORA_CUT_OFF,
    HeaderFlaw.WEB_PAGE: messages.LORA_PAGE,
    HeaderFlaw.PICKLE: messages.LORA_PICKLE,
    HeaderFlaw.GIT_LFS_POINTER: messages.LORA_POINTER,
    HeaderFlaw.NOT_SAFETENSORS: messages.LORA_NOT_SAFETENSORS,
}
_OTHER_MAKES = {"diff", "diff_b", "set_weight", "w_norm", "b_norm"}
"""Parts of further makes beside the pairs of a LoRA: without them it would look different."""
_FAMILIES = {
    BaseModelFamily.FLUX: messages.LORA_FLUX,
    BaseModelFamily.SD3: messages.LORA_SD3,
    BaseModelFamily.SD2: messages.LORA_SD2,
    BaseModelFamily.SD1: messages.LORA_SD1,
    BaseModelFamily.OTHER: messages.LORA_OTHER,
}


@dataclass(frozen=True, slots=True)
class Head:
    """The first bytes of a file."""

    content: bytes
    """Up to the end of its header, or as much of it as there was."""
    file_size: int | None
    """Bytes of the whole file; None: not known."""


def check_file(path: Path, width: int = SDXL_WIDTH) -> None:
    """Raise EngineError unless the file can be a LoRA of a model with this cross-attention width."""
    check_head(_head_of(path), width)


def shapes_in(path: Path) -> Mapping[str, Shape]:
    """Return the shapes of a file's tensors. Raise EngineError for what is no safetensors file."""
    return _shapes(_head_of(path))


def read_head(chunks: Iterable[bytes], file_size: int | None) -> Head:
    """Take as many chunks of a file as its header needs. Raise EngineError for what is no safetensors file."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > START_BYTES and len(data) >= header_size(bytes(data[:START_BYTES])):
            break
    size = header_size(bytes(data[:START_BYTES]))
    return Head(bytes(data[:size]), file_size)


def header_size(head: bytes) -> int:
    """Return how many of a file's first bytes hold its header. Raise EngineError for what is no safetensors file."""
    try:
        return parse_header_size(head)
    except HeaderError as error:
        raise EngineError(_FLAWS[error.flaw]) from error


def check_head(head: Head, width: int = SDXL_WIDTH) -> None:
    """Raise EngineError unless this begins a LoRA of a model with this cross-attention width."""
    if message := _refusal(_shapes(head), width):
        raise EngineError(message)


def _head_of(path: Path) -> Head:
    try:
        with path.open("rb") as file:
            return read_head(iter(partial(file.read, CHUNK_BYTES), b""), path.stat().st_size)
    except OSError as error:
        raise EngineError(messages.LORA_NOT_FOUND) from error


def _shapes(head: Head) -> Mapping[str, Shape]:
    try:
        return parse_header(head.content, head.file_size).shapes
    except HeaderError as error:
        raise EngineError(_FLAWS[error.flaw]) from error


def _refusal(shapes: Mapping[str, Shape], width: int) -> Message | None:
    """Return why these tensors are no LoRA of this model; None: they are one."""
    layers = layers_of(shapes)
    changes = [parts for parts in layers.values() if is_lora(parts)]
    make = architecture_of(shapes)
    if not changes and make is not Architecture.NONE:
        return messages.lora_of_make(make.value)
    if not changes:
        return messages.LORA_NONE
    if message := _other_model(shapes, width):
        return message
    if others := _OTHER_MAKES & {part for parts in layers.values() for part in parts}:
        return messages.lora_of_make(architecture_of(f"layer.{part}" for part in others).value)
    if any(name.endswith(".bias") for name in shapes):
        return messages.LORA_LAYOUT
    return None if all(map(is_complete, changes)) else messages.LORA_HALF


def _other_model(shapes: Mapping[str, Shape], width: int) -> Message | None:
    if family := foreign_family(shapes):
        return _FAMILIES.get(family) or messages.lora_for_another(family.value)
    others = set(cross_attention_widths(shapes)) - {width}
    if not others:
        return None
    family = FAMILY_OF_WIDTH.get(min(others), BaseModelFamily.UNKNOWN)
    return _FAMILIES.get(family, messages.LORA_SHAPES)
