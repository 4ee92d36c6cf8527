"""What the app serves besides Gradio's page: stored pictures and the page's own scripts and examples."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from components.playground import Playground
from components.ui import assets

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "max-age=31536000, immutable"


def routes(playground: Playground) -> list[BaseRoute]:
    """Return the routes, to be added to Gradio's."""
    return [
        Route("/playground/pictures/{name}", _pictures(playground)),
        Route("/playground/assets/{version}/{name:path}", _asset),
    ]


def _pictures(playground: Playground) -> Callable[[Request], Awaitable[Response]]:
    async def picture(request: Request) -> Response:
        """Serve a picture's bytes as received. Its name is the permission: 128 random bits."""
        path = await asyncio.to_thread(playground.picture, request.path_params["name"])
        if path is None:
            return PlainTextResponse("This picture is not here.", status_code=404)
        download = "download" in request.query_params
        name = f"sdxl-lora-{path.stem[:8]}{path.suffix}" if download else None
        return _file(path, f"private, {_FOR_EVER}", name)

    return picture


async def _asset(request: Request) -> Response:
    """Serve a file of `assets/` that browsers may read."""
    path = (assets.FOLDER / request.path_params["name"]).resolve()
    served = any(path.is_relative_to(assets.FOLDER / folder) for folder in assets.SERVED)
    if not served or not path.is_file() or path.suffix not in _TYPES:
        return PlainTextResponse("There is no such file.", status_code=404)
    current = request.path_params["version"] == assets.version()
    return _file(path, f"public, {_FOR_EVER}" if current else "no-store", None)


def _file(path: Path, caching: str, download_name: str | None) -> FileResponse:
    return FileResponse(
        path, media_type=_TYPES[path.suffix], headers={"Cache-Control": caching}, filename=download_name
    )
