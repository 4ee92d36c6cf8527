"""Compression of the page and of server functions' answers. Gradio compresses files alone, by their endings."""

from __future__ import annotations

from gradio.brotli_middleware import BrotliResponder, Mode
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# By name: images are compressed already, and a compressor may hold back the parts of an event stream.
_PATHS = ("/", "/config", "/playground/feed", "/gradio_api/component_server", "/gradio_api/component_server/")
_SMALLEST = 1024
"""Bytes of an answer that is compressed, at least."""


class Compression:
    """ASGI middleware that compresses the answers of _PATHS, which are without a `root_path`."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._gzip = app, GZipMiddleware(app, minimum_size=_SMALLEST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["path"] not in _PATHS:
            await self._plain(scope, receive, send)
        elif "br" in Headers(scope=scope).get("accept-encoding", ""):
            # A tenth smaller than by gzip. One responder serves one answer.
            brotli = BrotliResponder(self._plain, 5, Mode.text, 22, 0, _SMALLEST)
            await brotli(scope, receive, send)
        else:
            await self._gzip(scope, receive, send)
