"""Model endpoints: the model's schema, a price and balance of 0, and an empty bill."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.domain.fields import LORA_SCALE, MAX_LORAS
from components.engines.protocol import SupportsMachine
from components.messages.message import Message
from components.server.errors import missing, unknown
from components.server.http import models
from components.server.http.envelope import answer
from components.server.http.request import JSON_LIMIT, base_of, page_number, read_body
from components.server.tasks.fields import FIELDS, MODEL, Field, Kind
from components.server.tasks.validate import only_object, parse_object


class ModelRoutes:
    """Endpoints on the model, its price, the balance and the bill."""

    def __init__(self, further: Sequence[Field], engine: object = None) -> None:
        """`further` are the fields that the engine takes beside those of every engine."""
        self._further = further
        self._engine = engine if isinstance(engine, SupportsMachine) else None

    def routes(self) -> list[Route]:
        return [
            Route("/api/v3/models", self._models, methods=["GET"]),
            Route("/api/v3/balance", balance, methods=["GET"]),
            Route("/api/v3/model/price", price, methods=["POST"]),
            Route("/api/v3/billings/search", billings, methods=["POST"]),
        ]

    async def _models(self, request: Request) -> Response:
        # In a thread: a card that computes may take a moment to tell its memory.
        machine = await asyncio.to_thread(self._engine.machine) if self._engine else None
        described = {"x-machine": {"description": machine.description, **asdict(machine)}} if machine else {}
        return answer([models.entry(base_of(request), self._further) | described])


async def balance(_: Request) -> Response:
    return answer({"balance": 0.0})


async def price(request: Request) -> Response:
    body = parse_object(await read_body(request, JSON_LIMIT, "body"))
    model = body.get("model_id")
    if model is None:
        raise missing("model_id")
    if model != MODEL:
        raise unknown(Message("server_no_such_model"))
    only_object(body.get("inputs", {}), "inputs")
    free = {"price": 0.0, "discounted_price": 0.0, "discount_rate": 0.0, "currency": "USD"}
    return answer({"model_id": MODEL, **free})


async def billings(request: Request) -> Response:
    """Answer a search in the list of billings, which is empty: nothing is charged here."""
    body = parse_object(await read_body(request, JSON_LIMIT, "The body"))
    page, _ = page_number(body, "page", 1_000_000), page_number(body, "page_size", 100)
    return answer({"page": page, "total": 0, "items": []})


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
            "default": LORA_SCALE.default,
            "minimum": LORA_SCALE.minimum,
            "maximum": LORA_SCALE.maximum,
            "description": LORA_SCALE.description,
        },
    },
    "required": ["path", "scale"],
    "x-order-properties": ["path", "scale"],
}


def entry(base: str, further: Sequence[Field] = ()) -> dict[str, object]:
    """Return the model's entry; `base` is the server's address as the client reached it, without a final slash.

    `further` are the fields that the engine takes beside those of every engine.
    """
    return {
        "model_id": MODEL,
        "name": MODEL,
        "base_price": 0,
        "description": "SDXL with LoRAs, painted on this machine.",
        "type": "text-to-image",
        "x-free": True,
        "x-cancellable": True,
        "api_schema": {"api_schemas": [_run_schema(base, (*FIELDS, *further))]},
    }


def _run_schema(base: str, known: tuple[Field, ...]) -> dict[str, object]:
    return {
        "type": "model_run",
        "method": "POST",
        "server": base,
        "api_path": f"/api/v3/{MODEL}",
        "request_schema": request_schema(known),
    }


def request_schema(known: Sequence[Field]) -> dict[str, Any]:
    """Return the JSON Schema of a submit's body."""
    return {
        "type": "object",
        "properties": {field.name: _property(field) for field in known},
        "required": [field.name for field in known if field.required],
        "x-order-properties": [field.name for field in known],
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
    known = {**{name: fact for name, fact in facts.items() if fact is not None}, **field.own_facts}
    if field.kind is Kind.ARRAY:
        known |= {"default": [], "items": LORA_ITEM, "maxItems": MAX_LORAS}
    return known
