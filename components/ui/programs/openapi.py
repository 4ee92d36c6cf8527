"""OpenAPI route: Gradio's description of `/generate`, which does not say what is required, nor its version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gradio.route_utils import API_PREFIX
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from components.ui.programs.parameter_schemas import REQUIRED

PATH = f"{API_PREFIX}/openapi.json"
_CALL = f"{API_PREFIX}/call/v2/generate"


def openapi_route() -> Route:
    """Return the route, which takes the place of Gradio's own and asks it."""

    def serve(request: Request) -> Response:
        (gradio,) = [route for route in _flat(request.app.routes) if _path_of(route) == PATH and route is not own]
        return JSONResponse(_completed(gradio.endpoint(request)))

    own = Route(PATH, serve)
    return own


def _flat(routes: Iterable[Any]) -> Iterator[Any]:
    """Yield the routes, and those of the routers among them, which newer versions of FastAPI keep whole."""
    for route in routes:
        yield route
        yield from _flat(getattr(getattr(route, "original_router", None), "routes", ()))


def _path_of(route: Any) -> str | None:
    return getattr(route, "path", None)


def _completed(description: dict[str, Any]) -> dict[str, Any]:
    # The types of null in it are none of 3.0, which Gradio calls it.
    description["openapi"] = "3.1.0"
    body = description["paths"][_CALL]["post"]["requestBody"]["content"]["application/json"]
    body["schema"]["required"] = [*REQUIRED]
    return description
