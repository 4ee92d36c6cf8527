"""What a safetensors file says of itself in its header: is it a LoRA, for which model, how large, which words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from components import messages
from components.errors import NoLoraFile

LENGTH_BYTES = 8
LARGEST_CLAIM = 20 * 1024 * 1024
"""Bytes of a header; what claims more is no safetensors file."""
MOST_TENSORS = 100_000
_MOST_WORDS = 12
_LONGEST_WORD = 100
_LONGEST_TITLE = 120


class Base(Enum):
    """The model a LoRA was made for, as a person reads it."""

    SDXL = "SDXL"
    SD1 = "Stable Diffusion 1.5"
    SD2 = "Stable Diffusion 2"
    SD3 = "Stable Diffusion 3"
    FLUX = "FLUX"
    OTHER = "another kind of model"
    UNKNOWN = ""


class Make(Enum):
    """How a LoRA is built, as a person reads it."""

    LORA = "LoRA"
    DORA = "DoRA"
    LOHA = "LoHa"
    LOKR = "LoKr"
    NONE = ""


@dataclass(frozen=True, slots=True)
class LoraFacts:
    """What a header tells."""

    make: Make
    base: Base
    rank: int | None = None
    """The most common one; None: it does not say."""
    words: tuple[str, ...] = ()
    """Trigger words, the likeliest first."""
    title: str = ""


def header_size(head: bytes) -> int:
    """Return how many first bytes of a file hold its header. Raises NoLoraFile for what is no safetensors file."""
    if told := _other_kind(head):
        raise NoLoraFile(told)
    if len(head) < LENGTH_BYTES:
        raise NoLoraFile(messages.FILE_CUT_OFF)
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    if not 2 <= length <= LARGEST_CLAIM or head[LENGTH_BYTES : LENGTH_BYTES + 1] not in (b"{", b""):
        raise NoLoraFile(messages.NOT_SAFETENSORS)
    return LENGTH_BYTES + length


def read_header(head: bytes, file_size: int | None = None) -> LoraFacts:
    """Return the facts from a file's first bytes; `file_size` (bytes) tells a file that is cut off.

    Raises NoLoraFile for what is no safetensors file, or a broken one.
    """
    size = header_size(head)
    if len(head) < size:
        raise NoLoraFile(messages.FILE_CUT_OFF)
    try:
        header = json.loads(head[LENGTH_BYTES:size].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NoLoraFile(messages.NOT_SAFETENSORS) from error
    if not isinstance(header, dict) or len(header) > MOST_TENSORS:
        raise NoLoraFile(messages.NOT_SAFETENSORS)
    told = cast("dict[str, Any]", header)
    metadata = told.pop("__metadata__", {})
    shapes = {name: _shape(entry) for name, entry in told.items()}
    if file_size is not None and size + _end(told.values()) > file_size:
        raise NoLoraFile(messages.FILE_CUT_OFF)
    return _facts(shapes, metadata if isinstance(metadata, dict) else {})


def _other_kind(head: bytes) -> messages.Sentence | None:
    """Return what is said of a file of another kind, told by its first bytes."""
    start = head[:64].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return messages.PAGE_IN_PLACE_OF_FILE
    if head.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")) and head[7:9] != b"\x00{":
        return messages.LORA_PICKLE
    if start.startswith(b"version https://git-lfs"):
        return messages.FILE_IS_POINTER
    return messages.NOT_SAFETENSORS if head.startswith(b"GGUF") else None


def _shape(entry: Any) -> tuple[int, ...]:
    """Return a tensor's shape; what is not one in truth is an empty one."""
    shape = entry.get("shape") if isinstance(entry, dict) else None
    if not isinstance(shape, list) or len(shape) > 8:
        return ()
    sides = tuple(side for side in shape if isinstance(side, int) and not isinstance(side, bool) and side >= 0)
    return sides if len(sides) == len(shape) else ()


def _end(entries: Iterable[Any]) -> int:
    """Return where the last tensor ends, in bytes behind the header."""
    ends = [entry.get("data_offsets") for entry in entries if isinstance(entry, dict)]
    pairs = [pair for pair in ends if isinstance(pair, list) and len(pair) == 2]
    return max((pair[1] for pair in pairs if isinstance(pair[1], int)), default=0)


# --- what the names of its tensors say ---

_DOWN = re.compile(r"(?:lora_down|lora_A|lora\.down|lora_linear_layer\.down)(?:\.[\w-]+)?\.weight$")
_MAKES = (
    (Make.DORA, ("dora_scale", "lora_magnitude_vector")),
    (Make.LOHA, ("hada_w1_a",)),
    (Make.LOKR, ("lokr_w1", "lokr_w1_a", "lokr_w2")),
)
_FLUX = re.compile(r"double_blocks|single_blocks|single_transformer_blocks")
_SD3 = re.compile(r"joint_blocks|transformer\.transformer_blocks|^lora_transformer_|context_block")
_OTHER = re.compile(
    r"^(diffusion_model\.(blocks|layers)\.|transformer\.|lora_unet_blocks_\d)|^lora_prior_|cross_attn_k"
)
_CROSS = re.compile(r"attn2[._](?:to_k|to_v|processor\.to_[kv]_lora)")
_WIDTHS = {2048: Base.SDXL, 1024: Base.SD2, 768: Base.SD1}


def _facts(shapes: Mapping[str, tuple[int, ...]], metadata: Mapping[str, Any]) -> LoraFacts:
    make = _make(shapes)
    said = {name: value for name, value in metadata.items() if isinstance(value, str)}
    base = _base(shapes) if make is not Make.NONE else Base.UNKNOWN
    if base is Base.UNKNOWN and make is not Make.NONE:
        base = _base_said(said)
    return LoraFacts(make, base, _rank(shapes), _words(said), _title(said))


def _make(shapes: Mapping[str, tuple[int, ...]]) -> Make:
    names = list(shapes)
    for make, signs in _MAKES:
        if any(sign in name for name in names for sign in signs):
            return make
    return Make.LORA if any(_DOWN.search(name) for name in names) else Make.NONE


def _base(shapes: Mapping[str, tuple[int, ...]]) -> Base:
    """Tell the model by the width of what its pictures are told by words, or by names that only another has."""
    for name, shape in shapes.items():
        if _CROSS.search(name) and (width := _input_width(name, shape)) in _WIDTHS:
            return _WIDTHS[width]
    names = list(shapes)
    for base, sign in ((Base.FLUX, _FLUX), (Base.SD3, _SD3), (Base.OTHER, _OTHER)):
        if any(sign.search(name) for name in names):
            return base
    if any(name.startswith(("lora_te1_", "lora_te2_", "text_encoder_2.")) for name in names):
        return Base.SDXL
    return Base.UNKNOWN


def _input_width(name: str, shape: tuple[int, ...]) -> int:
    """Return what goes into a layer: the second side of its first half; of LoHa the second side of w1_b."""
    is_first_half = _DOWN.search(name) or "hada_w1_b" in name
    return shape[1] if is_first_half and len(shape) > 1 else 0


def _rank(shapes: Mapping[str, tuple[int, ...]]) -> int | None:
    halves = [shape[0] for name, shape in shapes.items() if shape and (_DOWN.search(name) or "hada_w1_b" in name)]
    return max(set(halves), key=lambda rank: (halves.count(rank), rank)) if halves else None


# --- what its makers wrote into it ---


def _base_said(said: Mapping[str, str]) -> Base:
    words = " ".join(said.get(name, "") for name in ("modelspec.architecture", "ss_base_model_version")).lower()
    signs = (("xl", Base.SDXL), ("flux", Base.FLUX), ("sd3", Base.SD3), ("v2", Base.SD2), ("v1", Base.SD1))
    return next((base for sign, base in signs if sign in words), Base.UNKNOWN)


def _title(said: Mapping[str, str]) -> str:
    names = ("modelspec.title", "ss_output_name")
    return next((plain for name in names if (plain := _plain(said.get(name, ""), _LONGEST_TITLE))), "")


def _words(said: Mapping[str, str]) -> tuple[str, ...]:
    """Return trigger words: those that are named as such, else the tags at most pictures it learned from."""
    for name in ("modelspec.trigger_phrase", "modelspec.trigger_word", "ss_trigger_words", "trigger_words"):
        if found := words_of(said.get(name, "").split(",")):
            return found
    return words_of(_frequent(said.get("ss_tag_frequency", "")))


def words_of(values: Iterable[Any]) -> tuple[str, ...]:
    """Return what may be trigger words, each once, as plain short texts."""
    plain = (_plain(value, _LONGEST_WORD).strip(" ,") for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(word for word in plain if word))[:_MOST_WORDS]


def _frequent(told: str) -> list[str]:
    """Return the tags that are as frequent as the most frequent one, from `{folder: {tag: count}}`."""
    try:
        folders = json.loads(told) if told else {}
    except (ValueError, RecursionError):
        return []
    counts: dict[str, int] = {}
    for tags in folders.values() if isinstance(folders, dict) else ():
        for tag, count in tags.items() if isinstance(tags, dict) else ():
            if isinstance(count, int) and not isinstance(count, bool):
                counts[tag] = counts.get(tag, 0) + count
    most = max(counts.values(), default=0)
    return [tag for tag, count in counts.items() if count == most][:3]


def _plain(text: str, length: int) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[: length * 4]).split())[:length]
