"""TLS proxy in front of the app, like that of a Hugging Face Space.

A process of its own: killed at the end, it leaves no half-open connection of a browser in the tests' process.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import trustme
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.support.paths import ROOT
from tests.support.v3_service import free_port
from tests.support.waiting import wait_until

_OF_ONE_CONNECTION = {b"connection", b"keep-alive", b"transfer-encoding", b"host"}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_LISTENING = ("--host", "127.0.0.1", "--log-level", "critical")
_APP_SENDS_ITS_OWN = ("--no-server-header", "--no-date-header")


class TlsProxy:
    """HTTPS reverse proxy of `target` that adds the X-Forwarded headers; its certificate lies in `folder`."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target, self._certificate = target, folder / "proxy.pem"
        self.port = free_port()
        self.authority = trustme.CA()
        self._process: subprocess.Popen[bytes] | None = None

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
        """Start the process and wait until it listens."""
        certificate = self.authority.issue_cert("localhost", "127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self._certificate))
        command = [sys.executable, "-m", "uvicorn", f"{__name__}:proxy", "--factory", "--port", str(self.port)]
        command += [
            *_LISTENING,
            *_APP_SENDS_ITS_OWN,
            "--ssl-certfile",
            str(self._certificate),
            "--ssl-keyfile",
            str(self._certificate),
        ]
        environment = os.environ | {"PROXY_TARGET": self._target, "PROXY_HOST": self.host}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment)
        wait_until(lambda: self._listens() or not self._is_running(), pause=0.02)
        assert self._is_running()
        return self

    def stop(self) -> None:
        """Kill the process."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def proxy() -> Starlette:
    """Return the proxy as an ASGI app of the addresses in the environment."""
    target, host = os.environ["PROXY_TARGET"], os.environ["PROXY_HOST"]
    # No connection is reused: the app closes one after an error, which a reused one would meet.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    http = httpx.AsyncClient(timeout=None, limits=limits)

    async def forward(request: Request) -> Response:
        try:
            answer = await http.send(await _outgoing(request, http, target, host), stream=True)
        except httpx.TransportError:
            return Response("The Space does not answer.", 502)
        response = StreamingResponse(_pieces(answer), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = [pair for pair in answer.headers.raw if pair[0].lower() not in _OF_ONE_CONNECTION]
        return response

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with http:
            yield

    return Starlette(routes=[Route("/{path:path}", forward, methods=_METHODS)], lifespan=lifespan)


async def _outgoing(request: Request, http: httpx.AsyncClient, target: str, host: str) -> httpx.Request:
    url = f"{target}{request.scope['raw_path'].decode()}?{request.url.query}".rstrip("?")
    headers = [pair for pair in request.headers.raw if pair[0] not in _OF_ONE_CONNECTION]
    forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": host}
    headers += [(name.encode(), value.encode()) for name, value in forwarded.items()]
    headers.append((b"host", host.encode()))
    return http.build_request(request.method, url, headers=headers, content=await request.body())


async def _pieces(answer: httpx.Response) -> AsyncGenerator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except (httpx.TransportError, asyncio.CancelledError):
        await answer.aclose()
        raise
