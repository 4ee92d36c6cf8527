"""Facts of a LoRA from its file's header: architecture, base model, rank, trigger words, title."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from components import messages
from components.errors import NotALora
from components.loras.adapter_layers import architecture_of
from components.loras.base_model import base_of
from components.loras.model_names import chosen_base, named_base
from components.loras.other_files import content_of
from components.loras.safetensors_header import (
    Architecture,
    BaseModelFamily,
    HeaderError,
    HeaderFlaw,
    SafetensorsHeader,
    parse_header,
    parse_header_size,
    rank_of,
)

_NAMES_OF_BASE = ("modelspec.architecture", "ss_base_model_version", "ss_sd_model_name", "base_model")
"""Metadata of training programs that name the model trained with: its architecture, version or file."""
_MAX_WORDS = 12
_MAX_WORD_LENGTH = 100
"""Characters."""
_MAX_TITLE_LENGTH = 120
"""Characters."""
_MESSAGES = {
    HeaderFlaw.EMPTY: messages.FILE_CUT_OFF,
    HeaderFlaw.CUT_OFF: messages.FILE_CUT_OFF,
    HeaderFlaw.WEB_PAGE: messages.PAGE_IN_PLACE_OF_FILE,
    HeaderFlaw.PICKLE: messages.LORA_PICKLE,
    HeaderFlaw.GIT_LFS_POINTER: messages.FILE_IS_POINTER,
    HeaderFlaw.NOT_SAFETENSORS: messages.NOT_SAFETENSORS,
}


@dataclass(frozen=True, slots=True)
class LoraFacts:
    """What a LoRA's header says."""

    architecture: Architecture
    base: BaseModelFamily
    rank: int | None = None
    """The most common one; None: no tensor shows it."""
    trigger_words: tuple[str, ...] = ()
    """The likeliest first."""
    title: str = ""
    kin: str = ""
    """Name of the model derived from SDXL that it was made with; empty: SDXL itself, or not known."""
    content: str = ""
    """What a file without a LoRA is, as a part of a code; empty: not known."""


def header_size(head: bytes) -> int:
    """Return how many of a file's first bytes hold its header. Raises NotALora."""
    try:
        return parse_header_size(head)
    except HeaderError as error:
        raise NotALora(_MESSAGES[error.flaw]) from error


def read_header(head: bytes, file_size: int | None = None) -> LoraFacts:
    """Return the facts in a file's first bytes. Raises NotALora for no safetensors file, or a broken one.

    With `file_size` (bytes of the whole file) a file that is cut off is noticed too.
    """
    try:
        header = parse_header(head, file_size)
    except HeaderError as error:
        raise NotALora(_MESSAGES[error.flaw]) from error
    return _facts(header)


def _facts(header: SafetensorsHeader) -> LoraFacts:
    metadata = {name: value for name, value in header.metadata.items() if isinstance(value, str)}
    architecture = architecture_of(header.shapes)
    words, title = _trigger_words(metadata), _title(metadata)
    if architecture is Architecture.NONE:
        return LoraFacts(architecture, BaseModelFamily.UNKNOWN, None, words, title, content=content_of(header.shapes))
    named = named_base(*(metadata.get(name, "") for name in _NAMES_OF_BASE))
    # The shapes first: they decide whether a file loads, whatever its author wrote beside them.
    base = chosen_base(base_of(header.shapes), named.family)
    return LoraFacts(architecture, base, rank_of(header.shapes), words, title, kin=named.kin)


# --- metadata: what training programs write ---


def _title(metadata: Mapping[str, str]) -> str:
    names = ("modelspec.title", "ss_output_name")
    titles = (_plain(metadata.get(name, ""), _MAX_TITLE_LENGTH) for name in names)
    return next(filter(None, titles), "")


def _trigger_words(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """Return the trigger words named as such, else the tags that most of the training images had."""
    for name in ("modelspec.trigger_phrase", "modelspec.trigger_word", "ss_trigger_words", "trigger_words"):
        if found := words_of(metadata.get(name, "").split(",")):
            return found
    return words_of(_most_frequent_tags(metadata.get("ss_tag_frequency", "")))


def words_of(values: Iterable[Any]) -> tuple[str, ...]:
    """Return the values that may be trigger words, each once, as plain short texts."""
    plain = (_plain(value, _MAX_WORD_LENGTH).strip(" ,") for value in values if isinstance(value, str))
    # Of the first ones: a site or a file may list hundreds of thousands.
    return tuple(dict.fromkeys(islice(filter(None, plain), 2 * _MAX_WORDS)))[:_MAX_WORDS]


def _most_frequent_tags(text: str) -> list[str]:
    """Return at most three tags that are as frequent as the most frequent one, from `{folder: {tag: count}}`."""
    try:
        folders = json.loads(text) if text else {}
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
    # Cut before it is cleaned: a value may have megabytes.
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[: length * 4]).split())[:length]
