"""JSON Schema of the parameters of `/generate`: types, ranges and choices of the models that the page has now."""

from __future__ import annotations

from typing import Any

from components.domain.field import Field, Kind
from components.domain.fields import FIELDS, LORA_SCALE, MAX_LORAS, PROMPT_LIMIT
from components.domain.model_family import ModelFamily
from components.domain.schema import ModelSchema

JsonSchema = dict[str, Any]
PARAMETER_FIELDS = tuple(field for field in FIELDS if field.parameter_text)
"""Fields that are parameters, in their order."""
REQUIRED = tuple(field.parameter for field in PARAMETER_FIELDS if field.is_required)
"""Parameters that must be sent."""


def parameters_schema(family: ModelFamily) -> JsonSchema:
    """Return the schema of an object of all parameters that at least one model of the page takes."""
    schema = family.preferred.schema
    taken = [field for field in PARAMETER_FIELDS if _is_taken(field, family)]
    return {
        "type": "object",
        "properties": {field.parameter: parameter_schema(field, schema) for field in taken},
        "required": [*REQUIRED],
        "additionalProperties": False,
    }


def parameter_schema(field: Field, schema: ModelSchema) -> JsonSchema:
    """Return the schema of one parameter."""
    described = {**_type_of(field, schema), "description": field.parameter_description}
    # None is the model's own default, which it has in mind.
    return described | ({"default": field.default} if field.is_always_sent and not field.is_required else {})


def _is_taken(field: Field, family: ModelFamily) -> bool:
    if field.name == "preset":
        return family.preferred.schema.default_preset is not None
    return field.api_name in family.fields


def _type_of(field: Field, schema: ModelSchema) -> JsonSchema:
    match field.kind:
        case Kind.TEXT:
            return {"type": "string", "maxLength": field.max_length, **({"minLength": 1} if field.is_required else {})}
        case Kind.CHOICE:
            return {"type": "string", "enum": [*field.choices]}
        case Kind.LORAS:
            return {"type": "array", "maxItems": MAX_LORAS, "items": _lora(schema)}
        case Kind.IMAGE:
            return {"type": "string"}
        case _:
            return _number(field, schema)


def _number(field: Field, schema: ModelSchema) -> JsonSchema:
    allowed = schema.range(field.name)
    grid = {"multipleOf": int(field.step)} if field.kind is Kind.SIDE else {}
    kind = "integer" if field.is_whole else "number"
    return {"type": kind, "minimum": allowed.minimum, "maximum": allowed.maximum, **grid}


def _lora(schema: ModelSchema) -> JsonSchema:
    scale = schema.range(LORA_SCALE.name)
    return {
        "type": "object",
        "properties": {
            "path": {"type": "string", "minLength": 1, "maxLength": PROMPT_LIMIT},
            "scale": {"type": "number", "minimum": scale.minimum, "maximum": scale.maximum},
        },
        "required": ["path"],
        "additionalProperties": False,
    }
