"""What `GET /api/v3/models` says of our one model."""

from __future__ import annotations

from components.server import fields
from components.server.fields import FIELDS, MODEL, Field, Kind

LORA_ITEM: dict[str, object] = {
    "type": "object",
    "x-host-files": True,
    "properties": {
        "path": {
            "type": "string",
            "description": "A Hugging Face repo id, the URL of a .safetensors file, or a file of the host's folder.",
        },
        "scale": {
            "type": "number",
            "default": 1.0,
            "minimum": 0.0,
            "maximum": fields.MAX_SCALE,
            "description": "The weight of this LoRA.",
        },
    },
    "required": ["path", "scale"],
    "x-order-properties": ["path", "scale"],
}


def entry(base: str, preset: Field | None = None) -> dict[str, object]:
    """The model's entry; `base` is the server's own address as the caller reached it, no slash at the end.

    `preset` is the field of the engine's presets, where it offers some.
    """
    return {
        "model_id": MODEL,
        "name": MODEL,
        "base_price": 0,
        "description": "SDXL with LoRAs, painted on this machine.",
        "type": "text-to-image",
        "x-free": True,
        "x-cancellable": True,
        "api_schema": {"api_schemas": [_run_schema(base, (*FIELDS, preset) if preset else FIELDS)]},
    }


def _run_schema(base: str, known: tuple[Field, ...]) -> dict[str, object]:
    return {
        "type": "model_run",
        "method": "POST",
        "server": base,
        "api_path": f"/api/v3/{MODEL}",
        "request_schema": {
            "type": "object",
            "properties": {field.name: _property(field) for field in known},
            "required": [field.name for field in known if field.required],
            "x-order-properties": [field.name for field in known],
        },
    }


def _property(field: Field) -> dict[str, object]:
    facts: dict[str, object | None] = {
        "type": field.kind.value,
        "description": field.description,
        "default": field.default,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "enum": list(field.choices) or None,
    }
    known = {name: fact for name, fact in facts.items() if fact is not None}
    if field.kind is Kind.ARRAY:
        known |= {"default": [], "items": LORA_ITEM, "maxItems": fields.MAX_LORAS}
    return known
