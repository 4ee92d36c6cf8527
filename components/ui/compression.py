"""Compress the page itself and the gallery's answers; Gradio compresses its scripts, and pictures cannot be."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_PATHS = ("/", "/config", "/gradio_api/component_server", "/gradio_api/component_server/")


class Compression:
    """ASGI middleware; a prefix before the path (`root_path`) is not part of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._compressed = app, GZipMiddleware(app, minimum_size=1024, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._compressed if scope["type"] == "http" and scope["path"] in _PATHS else self._plain
        await app(scope, receive, send)
