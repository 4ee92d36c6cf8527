"""Gzip compression of the page and of server functions' answers. Gradio compresses its own scripts."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# By name: images are compressed already, and a compressor may hold back the parts of an event stream.
_PATHS = ("/", "/config", "/gradio_api/component_server", "/gradio_api/component_server/")


class Compression:
    """ASGI middleware that compresses the answers of _PATHS, which are without a `root_path`."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._compressed = app, GZipMiddleware(app, minimum_size=1024, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        app = self._compressed if scope["type"] == "http" and scope["path"] in _PATHS else self._plain
        await app(scope, receive, send)
