"""File routes: stored images with their thumbnails, and the page's own scripts, styles and examples."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from components import messages
from components.images.metadata import strip, write_text
from components.recipes.infotext import infotext
from components.services.backend import shown_model
from components.services.playground import Playground
from components.threads import optional_threads
from components.ui import assets
from components.ui.http.csp import HEADER, OF_ASSETS
from components.ui.http.encoded_text import EncodedTexts
from components.ui.http.language import language_of
from components.ui.http.responses import refusal
from components.ui.routes.file_names import attachment, picture_stem
from components.ui.routes.source_images import source_routes

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
# Right for images too: their names are random, and no file is ever written again.
_IMMUTABLE = "max-age=31536000, immutable"
_THUMBNAIL_SUFFIX = ".webp"
"""Format of every thumbnail."""


def routes(playground: Playground) -> list[BaseRoute]:
    """Return the app's routes for files, which Gradio's app serves besides its own."""
    return [
        Route("/playground/pictures/{name}", _image_endpoint(playground)),
        Route("/playground/version", _version),
        Route("/playground/assets/{version}/{name:path}", _asset_endpoint()),
        *source_routes(playground),
    ]


def _image_endpoint(playground: Playground) -> Callable[[Request], Awaitable[Response]]:
    async def image_file(request: Request) -> Response:
        """Serve an image. Its name is the permission: 128 random bits.

        `?original` is a download of the bytes as received, `?download=JOB` one with the recipe of that job added,
        `?clean` one without metadata. `?thumb` is the thumbnail. A download that has a job is named by its prompt;
        one without metadata is not. One in the bin has its thumbnail alone, for who has the pass.
        """
        name, query = request.path_params["name"], request.query_params
        if playground.picture_passes.is_valid(name, query.get("pass", "")):
            return await _binned_thumbnail(playground, request, name)
        if "thumb" in query:
            return await _thumbnail(playground, request, name)
        image = playground.store.image_file(name)
        if image is None:
            return refusal(request.scope, 404, messages.PICTURE_NOT_HERE)
        stem, _, suffix = name.rpartition(".")
        # What cannot be shown is a download in any case.
        is_download = any(mode in query for mode in ("download", "original", "clean")) or f".{suffix}" not in _TYPES
        download_name = f"sdxl-lora-{stem[:8]}.{suffix}" if is_download else None
        if "clean" in query:
            # In a thread: the file is read and copied as a whole.
            image = await optional_threads().run(_rewritten, image, strip)
        elif job := await playground.recipes.job_of_image(name, query.get("download", "")[:64]):
            recipe = infotext(job.request, shown_model(job))
            image = await optional_threads().run(_rewritten, image, partial(write_text, text=recipe))
            download_name = f"{picture_stem(job.request, language_of(request.headers))}.{suffix}"
        return _file_response(image, f".{suffix}", f"private, {_IMMUTABLE}", download_name)

    return image_file


async def _thumbnail(playground: Playground, request: Request, name: str) -> Response:
    """Serve the thumbnail of an image; where none can be made the image itself, which is not cached then."""
    if thumbnail := await playground.store.thumbnail(name):
        # `private`: the cache of a proxy would serve it to others, and after its deletion.
        return _file_response(thumbnail, _THUMBNAIL_SUFFIX, f"private, {_IMMUTABLE}")
    image = playground.store.image_file(name)
    if image is None:
        return refusal(request.scope, 404, messages.PICTURE_NOT_HERE)
    return _file_response(image, Path(name).suffix, "no-store")


async def _binned_thumbnail(playground: Playground, request: Request, name: str) -> Response:
    """Serve the thumbnail of an image in the bin to its owner, who alone was given the pass."""
    if thumbnail := await playground.store.binned_thumbnail(name):
        return _file_response(thumbnail, _THUMBNAIL_SUFFIX, "private, no-store")
    return refusal(request.scope, 404, messages.PICTURE_NOT_HERE)


def _rewritten(image: Path | bytes, change: Callable[[bytes], bytes]) -> bytes:
    return change(image if isinstance(image, bytes) else image.read_bytes())


async def _version(_: Request) -> Response:
    """Serve the version of the scripts: a tab that was left open across an upgrade asks for it."""
    return PlainTextResponse(assets.version(), headers={"Cache-Control": "no-store"})


def _asset_endpoint() -> Callable[[Request], Awaitable[Response]]:
    texts = EncodedTexts()

    async def asset(request: Request) -> Response:
        """Serve a file of the folders in `assets.SERVED`."""
        name, version = request.path_params["name"], request.path_params["version"]
        # A page that was loaded before an update has URLs of the old version: the new file must not be cached there.
        caching = f"public, {_IMMUTABLE}" if version == assets.version() else "no-store"
        text = assets.served_text(name)
        if text is not None:
            headers = {"Cache-Control": caching, "Content-Type": _TYPES[Path(name).suffix]}
            return await texts.response(name, text, request.headers, headers)
        path = assets.served_file(name)
        if path is None or path.suffix not in _TYPES or path.suffix == ".js":
            return refusal(request.scope, 404, messages.NO_SUCH_FILE)
        answer = _file_response(path, path.suffix, caching)
        answer.headers[HEADER] = OF_ASSETS
        return answer

    return asset


def _file_response(image: Path | bytes, suffix: str, caching: str, download_name: str | None = None) -> Response:
    """Return the response for a file, or for bytes; a download when it has a name."""
    media_type, headers = _TYPES.get(suffix, "application/octet-stream"), {"Cache-Control": caching}
    if isinstance(image, Path):
        return FileResponse(image, media_type=media_type, headers=headers, filename=download_name)
    if download_name:
        headers["Content-Disposition"] = attachment(download_name)
    return Response(image, media_type=media_type, headers=headers)
