"""JSON posted to Gradio's routes: an app that answers what passes the payload validation, and bodies that do."""

from __future__ import annotations

import json
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.ui.http.payload_schema import PayloadSchema, PayloadValidation

SHAPES = PayloadSchema(
    events={4: 3}, programs={"generate": 2}, server_functions={7: frozenset({"older"}), 8: frozenset()}
)
JOIN = {"session_hash": "abc", "fn_index": 4, "data": [1, None, {"a": []}], "trigger_id": 9, "event_data": None}
ASK = {"session_hash": "abc", "component_id": 7, "fn_name": "older", "data": {"before": 0}}


async def reached(request: Request) -> Response:
    return Response(await request.body(), headers={"X-Reached": "yes"})


def validated() -> Starlette:
    """Return an app that answers each body that passes with itself."""
    route = Route("/{path:path}", reached, methods=["GET", "POST"])
    return Starlette(routes=[route], middleware=[Middleware(PayloadValidation, schema=SHAPES)])


async def post(http: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await http.post(f"/gradio_api/{path}", content=raw, headers={"Content-Type": "application/json"})
