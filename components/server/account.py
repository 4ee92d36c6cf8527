"""The calls about the model and about money, of which there is none here."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.server import catalogue
from components.server.address import base_of
from components.server.body import JSON_LIMIT, parse_object, read_body
from components.server.checks import only_object
from components.server.envelope import answer
from components.server.fields import MODEL, Field
from components.server.refusals import missing, unknown


class Account:
    """Answers those calls."""

    def __init__(self, preset: Field | None) -> None:
        """`preset` is the field of the engine's presets, where it offers some."""
        self._preset = preset

    def routes(self) -> list[Route]:
        return [
            Route("/api/v3/models", self._models, methods=["GET"]),
            Route("/api/v3/balance", balance, methods=["GET"]),
            Route("/api/v3/model/price", price, methods=["POST"]),
        ]

    async def _models(self, request: Request) -> Response:
        return answer([catalogue.entry(base_of(request), self._preset)])


async def balance(_: Request) -> Response:
    return answer({"balance": 0.0})


async def price(request: Request) -> Response:
    body = parse_object(await read_body(request, JSON_LIMIT, "The body"))
    model = body.get("model_id")
    if model is None:
        raise missing("model_id")
    if model != MODEL:
        raise unknown("Model")
    only_object(body.get("inputs", {}), "inputs")
    free = {"price": 0.0, "discounted_price": 0.0, "discount_rate": 0.0, "currency": "USD"}
    return answer({"model_id": MODEL, **free})
