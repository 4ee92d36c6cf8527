"""Recipe reading: the text of any supported program as a parsed recipe. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.comfy.read import read_comfy
from components.recipes.comfy.workflow import graph_of_workflow
from components.recipes.infotext_recipe import read_infotext
from components.recipes.json_settings import read_dream, read_json_settings
from components.recipes.parsed import ParsedLora, ParsedRecipe, integer, number, text_value

MAX_TEXT_LENGTH = 65_536
"""Characters of a recipe in words; a longer one is not read."""
MAX_JSON_LENGTH = 4 * 1024 * 1024
"""Characters of a recipe in JSON, such as a graph."""
_CHECKPOINT = re.compile(r"urn:air:\w{1,20}:checkpoint:civitai:\d{1,12}@(\d{1,12})")
_KEYS = frozenset(("prompt", "positive_prompt", "negative_prompt", "negativeprompt", "uc", "seed", "steps", "sampler"))
"""Keys of settings, one of which is in the JSON of every program that makes images."""
_PAIR = re.compile(r"(?<!\w)(?:Steps|Sampler|CFG scale|Seed|Model hash|Negative prompt):")


def read(text: str) -> ParsedRecipe | None:
    """Return the recipe of any supported program; None for any other text, and for one that is not understood."""
    start = text[:100].lstrip()[:1]
    if start == "{" and len(text) <= MAX_JSON_LENGTH and (data := _as_object(text)):
        return _read_json(data)  # never words: a graph's texts may have settings of another file in them
    if len(text) > MAX_TEXT_LENGTH:
        return None
    return read_infotext(text) or (read_dream(text.strip()) if start == '"' else None)


def read_first(texts: Iterable[str]) -> ParsedRecipe | None:
    """Return the recipe of the first text whose prompt is known, with what it lacks from those beside it.

    Graphs go before the words of their savers: a graph is what was run, words may have the size of an upscaler.
    The first recipe where none has a known prompt; None for texts without one.
    """
    ordered = sorted(texts, key=_is_words)
    found: list[ParsedRecipe] = []
    for place, text in enumerate(ordered):
        recipe = read(text)
        if recipe and "prompt" not in recipe.unread:
            beside = [one for other in ordered[place + 1 :] if _is_words(other) and (one := read(other))]
            return reduce(_completed, [*found, recipe] if _is_words(text) else [recipe, *found, *beside])
        found += [recipe] if recipe else []
    return found[0] if found else None


def _is_words(text: str) -> bool:
    return not text[:100].lstrip().startswith("{")


def _completed(recipe: ParsedRecipe, other: ParsedRecipe) -> ParsedRecipe:
    known = {name: value for name, value in recipe.numbers.items() if value is not None}
    return replace(
        recipe,
        prompt=other.prompt if "prompt" in recipe.unread else recipe.prompt,
        negative=other.negative if "negative_prompt" in recipe.unread else recipe.negative,
        numbers={**other.numbers, **known},
        size=recipe.size or other.size,
        loras=recipe.loras or other.loras,
        unread=recipe.unread & other.unread,
    )


def looks_like_recipe(text: str) -> bool:
    """Return whether a text that was not understood has settings all the same."""
    if len(text) > MAX_JSON_LENGTH:
        return True
    if text[:100].lstrip().startswith("{"):
        data = _as_object(text)
        return bool(_is_graph(data) or as_list(data.get("nodes")) or {key.lower() for key in data} & _KEYS)
    return bool(_PAIR.search(text))


def _as_object(text: str) -> Mapping[str, Any]:
    # Some programs end a text with a zero byte, and NaN stands in graphs.
    with suppress(ValueError, RecursionError):
        return as_mapping(json.loads(text.strip("\0 \t\r\n")))
    return {}


def _read_json(data: Mapping[str, Any]) -> ParsedRecipe | None:
    graph = data
    if not _is_graph(data) and (as_list(data.get("nodes")) or as_mapping(data.get("definitions"))):
        graph = graph_of_workflow(data)
    if not _is_graph(graph):
        inner = as_mapping(data.get("prompt"))  # some savers write `{"prompt": graph, "workflow": ...}`
        graph = inner if _is_graph(inner) else {}
    if not graph:
        return read_json_settings(data)
    recipe = read_comfy(graph)
    extra = graph.get("extraMetadata")
    civitai = as_mapping(extra) or _as_object(text_value(extra))
    return _of_civitai(civitai, graph, recipe) or recipe


def _is_graph(data: Mapping[str, Any]) -> bool:
    return any("class_type" in as_mapping(node) for node in data.values())


def _of_civitai(data: Mapping[str, Any], graph: Mapping[str, Any], recipe: ParsedRecipe | None) -> ParsedRecipe | None:
    """Return the recipe of Civitai's own generator, which stands as JSON beside a graph: the graph has the LoRAs."""
    outer = read_json_settings(data)
    if not outer:
        return None
    inner = recipe or ParsedRecipe("")
    loras, is_known = _civitai_loras(data, graph)
    versions = {lora.name.rpartition("@")[2] for lora in inner.loras}
    added = tuple(lora for lora in loras if lora.name.rpartition("@")[2] not in versions)
    names = dict.fromkeys(outer.unused + inner.unused)
    return replace(
        outer,
        numbers=dict(inner.numbers) | {name: value for name, value in outer.numbers.items() if value is not None},
        size=outer.size or inner.size,
        loras=outer.loras or (*inner.loras, *added),
        is_from_image=outer.is_from_image or inner.is_from_image,
        unused=tuple(name for name in names if name != "Resources" or not is_known),
    )


def _civitai_loras(data: Mapping[str, Any], graph: Mapping[str, Any]) -> tuple[tuple[ParsedLora, ...], bool]:
    """Return the resources that are LoRAs, and whether all resources are known.

    They have no types: only where the graph names the checkpoint among them the others are known to be LoRAs.
    """
    weights = {
        integer(as_mapping(entry).get("modelVersionId")): number(as_mapping(entry).get("strength", 1))
        for entry in as_list(data.get("resources"))
    }
    models = {int(found) for found in _CHECKPOINT.findall(json.dumps([*graph.values()]))}
    is_known = bool(models & set(weights)) or not weights
    loras = (
        ParsedLora(f"civitai:0@{version}", weight)
        for version, weight in weights.items()
        if version and weight is not None and version not in models
    )
    return tuple(loras) if is_known else (), is_known
