"""Model list: the API's description of its models as schemas and field names. Pure; nothing in the list is trusted.

A value that is missing or makes no sense falls back, one by one, to the built-in schema of that model.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from components import messages
from components.api.decode import data_or_raise
from components.api.decode_machine import decode_machine
from components.api.envelope import ApiResponse
from components.domain.field import Kind
from components.domain.fields import FIELDS, LORA_SCALE, MAX_LORAS, NOT_INLINE, field_of
from components.domain.json_values import as_list, as_mapping
from components.domain.model_family import ALIASES, FieldNames, Model, ModelFamily
from components.domain.request import FAST_STEPS, Preset, Refine, Sampler, StepBounds, is_whole
from components.domain.schema import ModelSchema, Range, built_in_schema
from components.errors import NotProvided

Properties = Mapping[str, Mapping[str, Any]]
"""JSON schema properties by field name."""

_MOST_STEPS = field_of("num_inference_steps").maximum or 0
_MAX_NUMBER = 1e12
"""Numbers beyond it, infinity among them, are taken for nonsense."""


def decode_models(answer: ApiResponse, names: Sequence[str]) -> ModelFamily:
    """Return the models of these names as the API describes them; a missing one as built in.

    Raises NotProvided when the API describes none of them, and Unauthorized.
    """
    listed = _listed(data_or_raise(answer, messages.MODELS_UNAVAILABLE))
    family = ModelFamily(tuple(_model(name, listed.get(name, {})) for name in names))
    if not family.is_from_api:
        raise NotProvided(messages.MODELS_UNAVAILABLE, is_offered=True)
    return family


def _listed(data: object) -> Mapping[str, Mapping[str, Any]]:
    entries = [as_mapping(entry) for entry in as_list(data)]
    return {str(entry.get("model_id")): entry for entry in reversed(entries)}  # of two with one id the first wins


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    properties = _properties(entry)
    field_names = _field_names(properties)
    # Not the description of an image model, whatever its other fields are.
    if "prompt" not in field_names:
        return Model.built_in(name)
    schema = _schema(built_in_schema(name), {field: properties[own] for field, own in field_names.items()})
    model = Model.of(name, schema, {**field_names, **_choice_names(properties, field_names)}, is_from_api=True)
    return replace(model, machine=decode_machine(entry.get("x-machine")))


def _properties(entry: Mapping[str, Any]) -> Properties:
    """Return the properties of the request schema for running a model; empty without one."""
    schemas = as_mapping(entry.get("api_schema")).get("api_schemas")
    for schema in map(as_mapping, as_list(schemas)):
        if schema.get("type", "model_run") == "model_run":
            properties = as_mapping(as_mapping(schema.get("request_schema")).get("properties"))
            return {name: as_mapping(facts) for name, facts in properties.items()}
    return {}


def _field_names(properties: Properties) -> FieldNames:
    """Return the model's own name of each field that it has."""
    own_names = {
        field: next((name for name in aliases if name in properties), None) for field, aliases in ALIASES.items()
    }
    return {field: name for field, name in own_names.items() if name}


def _choice_names(properties: Properties, field_names: FieldNames) -> FieldNames:
    """Return the model's own name of each choice that it lists by another one only."""
    own_names: dict[str, str] = {}
    for field in FIELDS:
        listed = as_list(properties.get(field_names.get(field.api_name, ""), {}).get("enum"))
        aliases = {choice: alias for alias, choice in field.choice_aliases.items() if alias in listed}
        own_names |= {choice: alias for choice, alias in aliases.items() if choice not in listed}
    return own_names


def _schema(built_in: ModelSchema, facts: Properties) -> ModelSchema:
    """Return the schema of a model from its JSON schema properties, `facts`, by the app's own field names."""
    refine_modes, preset = _refine_modes(facts.get("refine", {})), _default_preset(facts.get("preset", {}))
    samplers = _samplers(facts.get("sampler", {}))
    return replace(
        built_in,
        ranges=_ranges(built_in, facts),
        max_loras=_max_loras(facts["loras"]) if "loras" in facts else 0,
        refine_modes=refine_modes,
        takes_host_files=_lora_item(facts.get("loras", {})).get("x-host-files") is True,
        default_preset=preset,
        fast_steps=_fast_steps(facts.get("preset", {})),
        samplers=samplers,
        # The app itself sets this one, so no request needs it; `Model.of` adds it to what may be sent.
        fields=_fields(frozenset(facts), refine_modes, preset, samplers) - {NOT_INLINE},
    )


def _ranges(built_in: ModelSchema, facts: Properties) -> dict[str, Range]:
    scale = _range(built_in.range(LORA_SCALE.name), _lora_scale(facts.get("loras", {})))
    ranges = {LORA_SCALE.name: scale}
    for field in FIELDS:
        if field.has_range:
            read = _side if field.kind is Kind.SIDE else _range
            ranges[field.name] = read(built_in.range(field.name), facts.get(field.api_name, {}))
    return ranges


def _fields(
    names: frozenset[str], refine_modes: frozenset[Refine], preset: Preset | None, samplers: tuple[Sampler, ...]
) -> frozenset[str]:
    """Return the field names without those that have no effect: a mask without an image, a refiner without modes."""
    if preset is None:
        names -= {"preset"}
    if not samplers:
        names -= {"sampler"}
    if not refine_modes:
        names -= {"refine", "high_noise_frac", "refine_steps"}
    return names if "image" in names else names - {"mask_image", "prompt_strength"}


def _refine_modes(facts: Mapping[str, Any]) -> frozenset[Refine]:
    """Return the refiner modes that a model lists and the app knows; empty when OFF is the only one."""
    modes = frozenset(mode for choice in as_list(facts.get("enum")) if (mode := _refine_mode(choice)))
    return modes if modes - {Refine.OFF} else frozenset()


def _refine_mode(choice: object) -> Refine | None:
    try:
        return Refine(choice)
    except ValueError:
        return None


def _samplers(facts: Mapping[str, Any]) -> tuple[Sampler, ...]:
    """Return the samplers that a model lists and the app knows."""
    listed = as_list(facts.get("enum"))
    return tuple(sampler for sampler in Sampler if sampler.value in listed)


def _default_preset(facts: Mapping[str, Any]) -> Preset | None:
    """Return the default preset of a model; None unless it lists every preset that the app knows."""
    choices = facts.get("enum")
    if not isinstance(choices, list) or not all(preset.value in choices for preset in Preset):
        return None
    return Preset.FAST if facts.get("default") == Preset.FAST.value else Preset.FULL


def _fast_steps(facts: Mapping[str, Any]) -> StepBounds:
    """Return the steps of the fast preset that a model tells."""
    match facts.get("x-fast-steps"):
        case [least, most] if is_whole(least) and is_whole(most) and 1 <= least <= most <= _MOST_STEPS:
            return StepBounds(least, most)
        case _:
            return FAST_STEPS


def _range(built_in: Range, facts: Mapping[str, Any]) -> Range:
    """Return the range that a JSON schema describes, each end with its own fallback.

    Both ends fall back when they contradict each other. Ends are whole where the built-in range has whole steps.
    """
    low = _number(facts.get("minimum"), built_in.minimum)
    high = _number(facts.get("maximum"), built_in.maximum)
    is_whole_stepped = built_in.step >= 1
    if is_whole_stepped:
        low, high = math.ceil(low), math.floor(high)
    if low >= high:
        low, high = built_in.minimum, built_in.maximum
    default = min(max(_number(facts.get("default"), built_in.default), low), high)
    return replace(built_in, minimum=low, maximum=high, default=round(default) if is_whole_stepped else default)


def _side(built_in: Range, facts: Mapping[str, Any]) -> Range:
    """Return the range of a side in pixels, in multiples of 8 from 64 to 4096.

    The default stays the built-in one: `size` is one text for both sides.
    """
    parsed = _range(built_in, {name: facts.get(name) for name in ("minimum", "maximum")})
    low, high = math.ceil(max(parsed.minimum, 64) / 8) * 8, math.floor(min(parsed.maximum, 4096) / 8) * 8
    return (
        replace(built_in, minimum=low, maximum=high, default=min(max(built_in.default, low), high))
        if low < high
        else built_in
    )


def _lora_scale(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_mapping(as_mapping(_lora_item(facts).get("properties")).get("scale"))


def _lora_item(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_mapping(facts.get("items"))


def _max_loras(facts: Mapping[str, Any]) -> int:
    maximum = facts.get("maxItems")
    is_count = isinstance(maximum, int) and not isinstance(maximum, bool) and maximum >= 1
    return min(cast("int", maximum), MAX_LORAS) if is_count else MAX_LORAS


def _number(value: object, default: float) -> float:
    """Return a number, also one that is written as text; `default` for anything else."""
    if isinstance(value, str):
        value = _parsed(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MAX_NUMBER
    return cast("float", value) if is_number else default


def _parsed(text: str) -> object:
    try:
        return json.loads(text[:40])
    except ValueError:
        return None
