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
_SMALL = ".webp"
"""The kind of file every thumbnail is."""


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
        `?clean` without metadata. `?thumb` gives a small copy to show in lists.
        """
        name, asked = request.path_params["name"], request.query_params
        if "thumb" in asked:
            return await _thumbnail(playground, name)
        picture = await asyncio.to_thread(playground.picture, name)
        if picture is None:
            return _missing()
        stem, _, ending = name.rpartition(".")
        is_kept = any(way in asked for way in ("download", "original", "clean"))
        download_name = f"sdxl-lora-{stem[:8]}.{ending}" if is_kept else None
        if "clean" in asked:
            picture = await asyncio.to_thread(_changed, picture, clean)
        elif recipe := await playground.recipes.of_picture(name, asked.get("download", "")[:64]):
            picture = await asyncio.to_thread(_changed, picture, partial(with_text, text=recipe))
        return _shown(picture, f".{ending}", f"private, {_FOR_EVER}", download_name)

    return picture


async def _thumbnail(playground: Playground, name: str) -> Response:
    """Serve a small copy of a picture; where none can be made the picture itself, for this once."""
    if small := await asyncio.to_thread(playground.thumbnail, name):
        return _shown(small, _SMALL, f"private, {_FOR_EVER}")
    picture = await asyncio.to_thread(playground.picture, name)
    if picture is None:
        return _missing()
    return _shown(picture, Path(name).suffix, "no-store")


def _missing() -> Response:
    return PlainTextResponse("This picture is not here.", status_code=404)


def _changed(picture: Path | bytes, change: Callable[[bytes], bytes]) -> bytes:
    return change(picture if isinstance(picture, bytes) else picture.read_bytes())


async def _asset(request: Request) -> Response:
    """Serve a file of `assets/` that browsers may read."""
    path = (assets.FOLDER / request.path_params["name"]).resolve()
    served = any(path.is_relative_to(assets.FOLDER / folder) for folder in assets.SERVED)
    if not served or not path.is_file() or path.suffix not in _TYPES:
        return PlainTextResponse("There is no such file.", status_code=404)
    current = request.path_params["version"] == assets.version()
    return _shown(path, path.suffix, f"public, {_FOR_EVER}" if current else "no-store")


def _shown(picture: Path | bytes, suffix: str, caching: str, download_name: str | None = None) -> Response:
    """Serve a file, or what lies in no file as it is served."""
    media_type, headers = _TYPES[suffix], {"Cache-Control": caching}
    if isinstance(picture, Path):
        return FileResponse(picture, media_type=media_type, headers=headers, filename=download_name)
    if download_name:
        headers["Content-Disposition"] = f'attachment; filename="{download_name}"'
    return Response(picture, media_type=media_type, headers=headers)
