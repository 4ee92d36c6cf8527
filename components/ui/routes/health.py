"""Health route: 200 while the app serves, for a container's health check, a load balancer or a monitor."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from components.storage.async_store import AsyncStore

PATH = "/playground/health"


def health_route(store: AsyncStore) -> Route:
    """Return the route of the app's health: `{"status": "ok"}`; 503 where tasks cannot be written to disk.

    In that state no picture can be made with a key, and only the host can mend it.
    """

    async def serve(_: Request) -> Response:
        is_well = store.is_on_disk
        body = {"status": "ok" if is_well else "the data folder cannot be written"}
        return JSONResponse(body, 200 if is_well else 503, {"Cache-Control": "no-store"})

    return Route(PATH, serve)
