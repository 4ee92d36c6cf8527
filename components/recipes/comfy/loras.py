"""LoRAs in a ComfyUI graph: of every loader that names a file and a weight, alone, numbered or in a list. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.comfy.graph import CARRIERS, Graph, Node
from components.recipes.comfy.values import is_link, number_at
from components.recipes.lora_tags import loras_in
from components.recipes.parsed import ParsedLora, number, text_value

_MODEL_LINKS = re.compile(r"(?i)(?:opt(?:ional)?_)?(?:\w{0,20}model\w{0,5}|unet|\w{0,30}loras?\w{0,10}|dependencies)")
_MAX_LORAS = 100
"""LoRAs that are read of one graph."""
_NAME = re.compile(r"lora_?(?:name)?_?(\d{0,2})(?:_name)?")
_ENTRY_NAMES = ("lora", "lora_name", "name", "file")
_ENTRY_WEIGHTS = ("strength", "strength_model", "model_strength", "modelStrength", "weight", "strengthModel")
_ENTRY_SWITCHES = ("on", "active", "enabled")
_WEIGHTS = (
    *("strength_model", "model_strength", "lora_model_strength", "lora_strength", "strength", "lora_weight", "weight"),
    *("model_weight", "model_str", "lora_wt"),
)
# Of the numbered ones, `{}` is the number.
_NUMBERED = (
    *("model_weight_{}", "model_str_{}", "lora_wt_{}", "strength_{}", "lora_{}_strength", "lora_strength_{}"),
    *("model_strength_{}", "lora_{}_model_strength", "strength_model_{}", "lora_weight_{}", "weight_{}"),
    *("lora_{}_weight", "lora{}_strength", "strength{}", "weight{}"),
)
_SIMPLE = ("lora_wt_{}", *_NUMBERED)
_SWITCHES = ("switch_{}", "toggle_{}", "enabled_{}", "on_{}", "lora_{}_on", "enable_{}", "lora_{}_enabled")
_OFF = (False, "Off", "off", "false", "False", "disable", "disabled")
_LOAD_BY_TAGS = ("LoraTagLoader", "PC", "Swarm", "ScheduledCLIP", "Prompt Loaders")
"""Beginnings of the kinds of nodes that load LoRAs by tags in prompts."""
_COUNTS = ("lora_count", "num_loras")
_MAX_JSON = 200_000
"""Characters of a list that is written as JSON in a text."""


def follows_model(name: str) -> bool:
    """Return whether links of this name lead to a model and its LoRAs."""
    return bool(_MODEL_LINKS.fullmatch(name)) or name in CARRIERS


def read_loras(graph: Graph, starts: list[Any]) -> tuple[ParsedLora, ...]:
    """Return the LoRAs between some links and their model, the nearest first."""
    found: list[ParsedLora] = []
    for node in graph.upstream(starts, follows_model):
        loras = [*_of_node(graph, node)]
        if loras or _has_none(node):
            graph.used.add(node.id)
        found += loras
        if len(found) >= _MAX_LORAS:
            break
    return tuple(found[:_MAX_LORAS])


def loras_in_prompts(graph: Graph, texts: list[str]) -> Iterator[ParsedLora]:
    """Yield the LoRAs that prompts name by tags; switched off where no node of the graph loads by tags."""
    loads = any(
        "wildcard" in node.kind.lower() or node.kind.startswith(_LOAD_BY_TAGS) for node in graph.nodes.values()
    )
    for text in texts:
        yield from (lora if loads else replace(lora, is_on=False) for lora in loras_in(text))


def _of_node(graph: Graph, node: Node) -> Iterator[ParsedLora]:
    listed = [lora for value in node.inputs.values() for lora in _in_value(value)]
    named = [*_of_names(graph, node)]
    is_off = node.inputs.get("on") is False
    yield from (replace(lora, is_on=False) if is_off else lora for lora in listed or named)
    if not listed and not named and "lora" in node.kind.lower():
        for value in node.inputs.values():
            yield from loras_in(text_value(value))


def _has_none(node: Node) -> bool:
    """Return whether a loader has places for LoRAs and all of them are empty."""
    names = [value for name, value in node.inputs.items() if _NAME.fullmatch(name) and isinstance(value, str)]
    return "lora" in node.kind.lower() and bool(names) and all(_is_none(name) for name in names)


def _in_value(value: Any) -> Iterator[ParsedLora]:
    """Yield the LoRAs of a value: `{lora, strength, on}`, a list of such, or of `[name, weight]`, also as JSON."""
    if isinstance(value, str) and value[:1] == "[" and len(value) < _MAX_JSON:
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, dict):
        value = as_mapping(value).get("__value__", [value])
    for entry in as_list(value):
        if isinstance(entry, dict):
            yield from _of_entry(as_mapping(entry))
        elif len(pair := as_list(entry)) >= 2 and isinstance(pair[0], str) and (scale := number(pair[1])) is not None:
            yield ParsedLora(pair[0], scale)


def _of_entry(entry: Mapping[str, Any]) -> Iterator[ParsedLora]:
    name = next((text for key in _ENTRY_NAMES if (text := text_value(entry.get(key)))), "")
    scale = next((found for key in _ENTRY_WEIGHTS if (found := number(entry.get(key))) is not None), None)
    is_on = all(entry.get(key, True) not in _OFF for key in _ENTRY_SWITCHES)
    if scale is not None and not _is_none(name):
        yield ParsedLora(name, scale, is_on=is_on)


def _of_names(graph: Graph, node: Node) -> Iterator[ParsedLora]:
    """Yield the LoRAs of inputs such as `lora_name` and `strength_model`, or `lora_name_2` and `lora_wt_2`."""
    inputs = node.inputs
    most = next((found for name in _COUNTS if (found := number(inputs.get(name))) is not None), _MAX_LORAS)
    for name, value in inputs.items():
        found = _NAME.fullmatch(name)
        if not found or is_link(value) or _is_none(text_value(value)) or int(found[1] or 0) > most:
            continue
        patterns = _SIMPLE if inputs.get("input_mode") == "simple" else _NUMBERED
        keys = [key.format(found[1]) for key in patterns] if found[1] else _WEIGHTS
        weights = (number_at(graph, inputs[key], (key, "strength", "weight")) for key in keys if key in inputs)
        scale = next((weight for weight in weights if weight is not None), None)
        if scale is not None:
            yield ParsedLora(text_value(value), scale, is_on=not _is_off(inputs, found[1]))


def _is_off(inputs: Mapping[str, Any], suffix: str) -> bool:
    switches = [key.format(suffix) for key in _SWITCHES] if suffix else ["switch", "toggle", "enabled", "on"]
    return any(inputs[key] in _OFF for key in switches if key in inputs and not is_link(inputs[key]))


def _is_none(name: str) -> bool:
    return name.strip().lower() in ("", "none", "disabled")
