"""LoRAs in settings that are written as JSON, in the forms of several programs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.parsed import ParsedLora, integer, number, text_value

LORA_KINDS = frozenset(("lora", "lycoris", "locon", "dora"))
"""Types of Civitai's resources, in lower case, that are restored as LoRAs."""
LISTS = ("loras", "lora", "models", "resources", "additionalresources")
"""Keys of lists of LoRAs, in lower case; those with other models too name a type."""
WEIGHT_LISTS = ("loraweights",)
"""Keys of the weights of a list of names."""
_APART = (("use_lora_model", "lora_alpha"), ("lora_model", "lora_strength"))
"""Keys of Easy Diffusion: one name or several, and their weights, in JSON or as Python's text of a list."""
_QUOTED = re.compile(r"'([^']{0,500})'|\"([^\"]{0,500})\"")
_COMBINED = re.compile(r"lora(_combined)?_\d{1,2}")
_NAMED_WEIGHT = re.compile(r"lora_\[([^\[\]]{1,200})\]_weight")
_NAMES = ("model", "lora", "name", "model_name", "modelname", "modelfilename", "label", "file")
_WEIGHTS = ("weight", "strength")
_MAX_LORAS = 100
_MAX_LIST = 10_000
"""Characters of a text that is a list."""


def is_lora_key(key: str) -> bool:
    """Return whether a key, in lower case, belongs to LoRAs."""
    return key in (*LISTS, *WEIGHT_LISTS, *chain(*_APART)) or bool(
        _COMBINED.fullmatch(key) or _NAMED_WEIGHT.fullmatch(key)
    )


def loras_of(values: Mapping[str, Any]) -> tuple[ParsedLora, ...]:
    """Return the LoRAs in settings with lower-case keys; of one name the last."""
    found = {lora.name: lora for lora in _all(values) if lora.name.strip() not in ("", "None")}
    return tuple(found.values())[:_MAX_LORAS]


def unread_lists(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys of lists with an entry that was not understood; entries for other kinds of models are."""
    return tuple(
        key for key in LISTS if any(_is_unread(entry, key) for entry in as_list(values.get(key))[:_MAX_LORAS])
    )


def _is_unread(entry: Any, key: str) -> bool:
    if isinstance(entry, str) or [*_of_entry(entry, key)]:
        return False
    kind = text_value(as_mapping(entry).get("type")).lower()
    return not kind or kind in LORA_KINDS


def _all(values: Mapping[str, Any]) -> Iterator[ParsedLora]:
    weights = as_list(values.get("loraweights"))
    for key in LISTS:
        for place, entry in enumerate(as_list(values.get(key))[:_MAX_LORAS]):
            if isinstance(entry, str):  # SwarmUI writes names and weights apart
                yield from _lora(entry, number(weights[place]) if place < len(weights) else 1.0)
            else:
                yield from _of_entry(entry, key)
    for names, alphas in _APART:
        weights = _as_list(values.get(alphas))
        for place, name in enumerate(_as_list(values.get(names))[:_MAX_LORAS]):
            yield from _lora(text_value(name), number(weights[place]) if place < len(weights) else 1.0)
    for key, value in values.items():
        if _COMBINED.fullmatch(key):
            # From the right: a file's name may have a colon.
            name, _, weight = text_value(value).rpartition(" : ")
            yield from _lora(name, number(weight))
        elif named := _NAMED_WEIGHT.fullmatch(key):
            yield from _lora(named[1], number(value))


def _as_list(value: Any) -> Sequence[Any]:
    """Return the entries of a list, of Python's text of one, or of a text with commas; a list of any other value."""
    if not isinstance(value, str):
        return as_list(value) or [value]
    if value.startswith("[") and (quoted := _QUOTED.findall(value[:_MAX_LIST])):
        return [(first or second).replace("\\\\", "\\") for first, second in quoted]
    return [part.strip() for part in value[:_MAX_LIST].strip("[]").split(", ")]


def _of_entry(entry: Any, key: str) -> Iterator[ParsedLora]:
    if isinstance(entry, dict):
        return _of_object(as_mapping(entry), is_mixed=key not in ("loras", "lora"))
    return _of_pair(as_list(entry))


def _of_pair(pair: Any) -> Iterator[ParsedLora]:
    """Yield the LoRA of `[name, weight, ...]`, or of RuinedFooocus's `[hash, "name - weight"]`."""
    if len(pair) < 2:
        return
    if (scale := number(pair[1])) is not None:
        yield from _lora(text_value(pair[0]), scale)
        return
    name, _, weight = text_value(pair[1]).rpartition(" - ")
    yield from _lora(name, number(weight))


def _of_object(entry: Mapping[str, Any], *, is_mixed: bool) -> Iterator[ParsedLora]:
    values = {key.lower(): value for key, value in entry.items()}
    kind = text_value(values.get("type")).lower()
    if (kind or is_mixed) and kind not in LORA_KINDS:
        return
    scale = next((found for key in _WEIGHTS if (found := number(values.get(key))) is not None), None)
    version = integer(values.get("modelversionid"))
    name = text_value(values.get("air")) or (f"civitai:0@{version}" if version else _name_in(values))
    yield from _lora(name, scale, is_on=values.get("is_enabled", True) is not False)


def _name_in(values: Mapping[str, Any]) -> str:
    for key in _NAMES:
        value = values.get(key)
        inner = as_mapping(value)
        if text := text_value(value) or text_value(inner.get("name")) or text_value(inner.get("model_name")):
            return text
    return ""


def _lora(name: str, scale: float | None, *, is_on: bool = True) -> Iterator[ParsedLora]:
    if name and scale is not None:
        yield ParsedLora(name, scale, is_on=is_on)
