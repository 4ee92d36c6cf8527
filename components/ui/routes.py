"""What the app serves besides Gradio's page: stored pictures and the page's own scripts and examples."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from components.playground import Playground
from components.recipe_files import clean, with_text
from components.ui import assets
from components.ui.source_routes import source_routes

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_FOR_EVER = "max-age=31536000, immutable"


def routes(playground: Playground) -> list[BaseRoute]:
    """Return the routes, to be added to Gradio's."""
    return [
        Route("/playground/pictures/{name}", _pictures(playground)),
        Route("/playground/assets/{version}/{name:path}", _asset),
        *source_routes(playground),
    ]


def _pictures(playground: Playground) -> Callable[[Request], Awaitable[Response]]:
    async def picture(request: Request) -> Response:
        """Serve a picture. Its name is the permission: 128 random bits.

        `?original` gives the bytes as received to keep, `?download=JOB` with the recipe of that job added, and
        `?clean` without metadata.
        """
        name, asked = request.path_params["name"], request.query_params
        picture = await asyncio.to_thread(playground.picture, name)
        if picture is None:
            return PlainTextResponse("This picture is not here.", status_code=404)
        stem, _, ending = name.rpartition(".")
        is_kept = any(way in asked for way in ("download", "original", "clean"))
        download_name = f"sdxl-lora-{stem[:8]}.{ending}" if is_kept else None
        if "clean" in asked:
            picture = await asyncio.to_thread(_changed, picture, clean)
        elif recipe := await playground.recipes.of_picture(name, asked.get("download", "")[:64]):
            picture = await asyncio.to_thread(_changed, picture, partial(with_text, text=recipe))
        if isinstance(picture, bytes):
            return _held(picture, f".{ending}", download_name)
        return _file(picture, f"private, {_FOR_EVER}", download_name)

    return picture


def _changed(picture: Path | bytes, change: Callable[[bytes], bytes]) -> bytes:
    return change(picture if isinstance(picture, bytes) else picture.read_bytes())


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


def _held(picture: bytes, suffix: str, download_name: str | None) -> Response:
    """Serve a picture that lies in no file as it is served."""
    headers = {"Cache-Control": f"private, {_FOR_EVER}"}
    if download_name:
        headers["Content-Disposition"] = f'attachment; filename="{download_name}"'
    return Response(picture, media_type=_TYPES[suffix], headers=headers)
