"""A proxy that speaks https before the app, as the one before a Hugging Face Space does."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.hosted_api import free_port

_OF_ONE_CONNECTION = {b"connection", b"keep-alive", b"transfer-encoding", b"host"}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class TlsFront:
    """Hands requests on to `target`, with the headers from which an app learns how it is called from outside."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.port = free_port()
        self.authority = trustme.CA()
        app = Starlette(routes=[Route("/{path:path}", self._hand_on, methods=_METHODS)], lifespan=self._open)
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="critical", timeout_graceful_shutdown=1
        )
        config.server_header = config.date_header = False  # the app gives its own
        config.load()
        config.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost", "127.0.0.1").configure_cert(config.ssl)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    @property
    def host(self) -> str:
        """Return what SPACE_HOST says."""
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """Return the address people open."""
        return f"https://{self.host}"

    @property
    def trust(self) -> ssl.SSLContext:
        """Return what a client needs to believe in it."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def start(self) -> TlsFront:
        """Begin to answer."""
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Close every socket."""
        self._server.should_exit = True
        self._thread.join(10)

    @asynccontextmanager
    async def _open(self, _: Starlette) -> AsyncGenerator[None]:
        # No connection is used twice: the app closes one after an error.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(timeout=None, limits=limits) as self._http:
            yield

    async def _hand_on(self, request: Request) -> Response:
        url = f"{self._target}{request.scope['raw_path'].decode()}?{request.url.query}".rstrip("?")
        headers = [pair for pair in request.headers.raw if pair[0] not in _OF_ONE_CONNECTION]
        told = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": self.host}
        headers += [(name.encode(), value.encode()) for name, value in told.items()]
        headers.append((b"host", self.host.encode()))
        asked = self._http.build_request(request.method, url, headers=headers, content=await request.body())
        try:
            answer = await self._http.send(asked, stream=True)
        except httpx.TransportError:
            return Response("The Space does not answer.", 502)
        handed = StreamingResponse(_pieces(answer), answer.status_code, background=BackgroundTask(answer.aclose))
        handed.raw_headers = [pair for pair in answer.headers.raw if pair[0].lower() not in _OF_ONE_CONNECTION]
        return handed


async def _pieces(answer: httpx.Response) -> AsyncGenerator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except (httpx.TransportError, asyncio.CancelledError):
        await answer.aclose()
        raise
