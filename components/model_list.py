"""The API's list of models -> what each of ours takes. Pure; nothing in the list is trusted.

What is missing or makes no sense falls back, piece by piece, to what is built in for that model.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from components import messages
from components.errors import NotTold
from components.family import Family, Model
from components.generation import Preset, Refine
from components.schema import Schema, Span, built_in
from components.wire import ALIASES, Answer, Dialect, data_of

Properties = Mapping[str, Mapping[str, Any]]

_SPANS = ("guidance_scale", "num_inference_steps", "seed", "prompt_strength", "high_noise_frac", "refine_steps")
_LARGEST = 1e12
_LORA_ROWS = 4
"""The page has no more rows; a model that takes more is given as many."""


def decode_models(answer: Answer, names: Sequence[str]) -> Family:
    """Return these models as the API describes them; one that it does not is built in.

    Raises NotTold when the API describes none of them, and KeyRefused.
    """
    listed = _listed(data_of(answer, messages.MODELS_NOT_TOLD))
    family = Family(tuple(_model(name, listed.get(name, {})) for name in names))
    if not family.is_told:
        raise NotTold(messages.MODELS_NOT_TOLD, is_offered=True)
    return family


def _listed(data: object) -> Mapping[str, Mapping[str, Any]]:
    entries = [_mapping(entry) for entry in data] if isinstance(data, list) else []
    return {str(entry.get("model_id")): entry for entry in reversed(entries)}


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    properties = _properties(entry)
    dialect = _dialect(properties)
    if "prompt" not in dialect:
        return Model.built_in(name)
    schema = _schema(built_in(name), {ours: properties[theirs] for ours, theirs in dialect.items()})
    return Model.of(name, schema, dialect, is_told=True)


def _properties(entry: Mapping[str, Any]) -> Properties:
    """Return the fields of the one way to run a model."""
    ways = _mapping(entry.get("api_schema")).get("api_schemas")
    for way in [_mapping(one) for one in ways] if isinstance(ways, list) else []:
        if way.get("type", "model_run") == "model_run":
            found = _mapping(_mapping(way.get("request_schema")).get("properties"))
            return {name: _mapping(facts) for name, facts in found.items()}
    return {}


def _dialect(properties: Properties) -> Dialect:
    """Return the model's own name for each field that it has."""
    named = {ours: next((one for one in names if one in properties), None) for ours, names in ALIASES.items()}
    return {ours: theirs for ours, theirs in named.items() if theirs}


def _schema(usual: Schema, facts: Properties) -> Schema:
    """Return the ranges of a model, `facts` by our own names."""
    ways, preset = _ways(facts.get("refine", {})), _usual_preset(facts.get("preset", {}))
    known: dict[str, Any] = {name: _span(getattr(usual, name), facts.get(name, {})) for name in _SPANS}
    sides = _side(usual.width, facts.get("size", {})), _side(usual.height, facts.get("size", {}))
    return replace(
        usual,
        **known,
        width=sides[0],
        height=sides[1],
        lora_scale=_span(usual.lora_scale, _lora_scale(facts.get("loras", {}))),
        max_loras=_max_loras(facts["loras"]) if "loras" in facts else 0,
        refine_ways=ways,
        usual_preset=preset,
        host_files=_lora_item(facts.get("loras", {})).get("x-host-files") is True,
        fields=_fields(frozenset(facts), ways, preset) - {"enable_base64_output"},
    )


def _fields(found: frozenset[str], ways: frozenset[Refine], preset: Preset | None) -> frozenset[str]:
    """Leave out what a model names and cannot use: a mask without a picture, what leaves no choice."""
    if preset is None:
        found -= {"preset"}
    if not ways:
        found -= {"refine", "high_noise_frac", "refine_steps"}
    return found if "image" in found else found - {"mask_image", "prompt_strength"}


def _ways(facts: Mapping[str, Any]) -> frozenset[Refine]:
    """Return the ways of the refiner that a model names and we know; Off alone is none."""
    named = facts.get("enum")
    known = frozenset(way for way in Refine if way.value in (named if isinstance(named, list) else ()))
    return known if known - {Refine.OFF} else frozenset()


def _usual_preset(facts: Mapping[str, Any]) -> Preset | None:
    """Return how a model paints when it is not told; None unless its field has the very choices that we know."""
    named = facts.get("enum")
    if not isinstance(named, list) or not all(preset.value in named for preset in Preset):
        return None
    return Preset.FAST if facts.get("default") == Preset.FAST.value else Preset.FULL


def _span(usual: Span, facts: Mapping[str, Any]) -> Span:
    """Return a range as told, each end by itself; whole numbers where the usual one has whole steps."""
    low = _number(facts.get("minimum"), usual.minimum)
    high = _number(facts.get("maximum"), usual.maximum)
    if low >= high:
        low, high = usual.minimum, usual.maximum
    default = min(max(_number(facts.get("default"), usual.default), low), high)
    if usual.step >= 1:
        low, high, default = math.ceil(low), math.floor(high), round(default)
    return replace(usual, minimum=low, maximum=high, default=default)


def _side(usual: Span, facts: Mapping[str, Any]) -> Span:
    """Return the range of a side in pixels, on the grid; its default stays ours, as `size` holds both sides."""
    told = _span(usual, {name: facts.get(name) for name in ("minimum", "maximum")})
    low, high = math.ceil(max(told.minimum, 64) / 8) * 8, math.floor(min(told.maximum, 4096) / 8) * 8
    return (
        replace(usual, minimum=low, maximum=high, default=min(max(usual.default, low), high)) if low < high else usual
    )


def _lora_scale(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(_mapping(_lora_item(facts).get("properties")).get("scale"))


def _lora_item(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(facts.get("items"))


def _max_loras(facts: Mapping[str, Any]) -> int:
    most = facts.get("maxItems")
    is_count = isinstance(most, int) and not isinstance(most, bool) and most >= 1
    return min(cast("int", most), _LORA_ROWS) if is_count else _LORA_ROWS


def _number(value: object, otherwise: float) -> float:
    """Return a number, also one that is written as a text."""
    if isinstance(value, str):
        value = _parsed(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST
    return cast("float", value) if is_number else otherwise


def _parsed(text: str) -> object:
    try:
        return json.loads(text[:40])
    except ValueError:
        return None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
