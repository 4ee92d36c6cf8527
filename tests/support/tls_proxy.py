"""TLS proxy in front of the app, like that of a Hugging Face Space."""

from __future__ import annotations

import asyncio
import ssl
import threading
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

from tests.support.v3_service import free_port
from tests.support.waiting import wait_until

_OF_ONE_CONNECTION = {b"connection", b"keep-alive", b"transfer-encoding", b"host"}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class TlsProxy:
    """HTTPS reverse proxy of `target` that adds the X-Forwarded headers."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.port = free_port()
        self.authority = trustme.CA()
        app = Starlette(routes=[Route("/{path:path}", self._forward, methods=_METHODS)], lifespan=self._open)
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="critical", timeout_graceful_shutdown=1
        )
        config.server_header = config.date_header = False  # the app sends its own
        config.load()
        config.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert("localhost", "127.0.0.1").configure_cert(config.ssl)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    @property
    def host(self) -> str:
        """Return the value of SPACE_HOST."""
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """Return the public address."""
        return f"https://{self.host}"

    @property
    def trust(self) -> ssl.SSLContext:
        """Return a client's TLS context that trusts this proxy."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    def start(self) -> TlsProxy:
        """Start serving."""
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive(), pause=0.01)
        assert self._server.started
        return self

    def stop(self) -> None:
        """Stop serving and close every socket."""
        self._server.should_exit = True
        self._thread.join(10)

    @asynccontextmanager
    async def _open(self, _: Starlette) -> AsyncGenerator[None]:
        # No connection is reused: the app closes one after an error, which a reused one would meet.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(timeout=None, limits=limits) as self._http:
            yield

    async def _forward(self, request: Request) -> Response:
        url = f"{self._target}{request.scope['raw_path'].decode()}?{request.url.query}".rstrip("?")
        headers = [pair for pair in request.headers.raw if pair[0] not in _OF_ONE_CONNECTION]
        forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": self.host}
        headers += [(name.encode(), value.encode()) for name, value in forwarded.items()]
        headers.append((b"host", self.host.encode()))
        outgoing = self._http.build_request(request.method, url, headers=headers, content=await request.body())
        try:
            answer = await self._http.send(outgoing, stream=True)
        except httpx.TransportError:
            return Response("The Space does not answer.", 502)
        response = StreamingResponse(_pieces(answer), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = [pair for pair in answer.headers.raw if pair[0].lower() not in _OF_ONE_CONNECTION]
        return response


async def _pieces(answer: httpx.Response) -> AsyncGenerator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except (httpx.TransportError, asyncio.CancelledError):
        await answer.aclose()
        raise
