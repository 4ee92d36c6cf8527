"""OpenAPI description of the server: assets/openapi/v3.json, with the fields of the model from their table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from components.server.http.models import request_schema
from components.server.http.request import base_of
from components.server.tasks.fields import FIELDS, MAX_SIDE, MIN_SIDE, PROMPT, SIZE, Field

OPENAPI_PATH = "/openapi.json"
"""Not below /api/: it is read without a key, as it tells nothing but what the source code does."""
_FILE = Path(__file__).resolve().parents[3] / "assets" / "openapi" / "v3.json"


class OpenApiRoute:
    """Endpoint of the description."""

    def __init__(self, further: Sequence[Field]) -> None:
        """`further` are the fields that the engine takes beside those of every engine."""
        self._fields = (*FIELDS, *further)

    def routes(self) -> list[Route]:
        return [Route(OPENAPI_PATH, self._description, methods=["GET"])]

    async def _description(self, request: Request) -> Response:
        return JSONResponse(description(base_of(request), self._fields))


def description(base: str, known: Sequence[Field]) -> dict[str, Any]:
    """Return the description; `base` is the server's address as the client reached it, without a final slash."""
    document = _document()
    parts: dict[str, Any] = document["components"]
    schemas = parts["schemas"] | {"Submit": _submit(known)}
    return document | {"servers": [{"url": base}], "components": parts | {"schemas": schemas}}


def _submit(known: Sequence[Field]) -> dict[str, Any]:
    schema = request_schema(known)
    properties: dict[str, Any] = schema["properties"]
    # The list of models has the range of the sides beside a text, as the vendor's has.
    size = {name: one for name, one in properties[SIZE.name].items() if name not in ("minimum", "maximum")}
    sides = f"{size['description']} Each side is {MIN_SIDE:g} to {MAX_SIDE:g}."
    own = {
        PROMPT.name: properties[PROMPT.name] | {"minLength": 1, "examples": ["a red fox in the snow"]},
        SIZE.name: size | {"description": sides, "pattern": "^[1-9][0-9]{2,3}[*][1-9][0-9]{2,3}$"},
    }
    return schema | {"properties": properties | own}


@cache
def _document() -> dict[str, Any]:
    return json.loads(_FILE.read_text(encoding="utf-8"))
