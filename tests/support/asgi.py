"""ASGI client and small ASGI apps for tests of middleware."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.ui.http.rate_limit import DEFAULT_RATES, RateLimit
from tests.support.addresses import HERE
from tests.support.fake_clock import FakeClock

JOIN, CALL, POLL, UPLOAD = (
    "/gradio_api/queue/join",
    "/gradio_api/call/generate",
    "/gradio_api/component_server/",
    "/gradio_api/upload",
)


def scope_of(
    path: str = "/", method: str = "GET", client: str | None = HERE, headers: Iterable[tuple[str, str]] = ()
) -> Scope:
    """Return the ASGI scope of a request; `client` is its address, None for an unknown one."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "query_string": b"",
        "client": (client, 1) if client else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


class AsgiClient:
    """ASGI client: calls an app as a server does and records its response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def request(self, scope: Scope, chunks: Iterable[bytes] = (), *, ends: bool = True) -> AsgiResponse:
        """Send a body in chunks and return the response; without `ends` the body never ends."""
        response = AsgiResponse()
        parts = list(chunks)
        messages: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        if ends:
            messages.append({"type": "http.request", "body": b"", "more_body": False})
        messages.reverse()
        response.unread = messages

        async def receive() -> Message:
            if not messages:
                await asyncio.Event().wait()
            return messages.pop()

        await self.app(scope, receive, response.receive)
        return response

    async def get(self, path: str = "/", **scope: Any) -> int:
        return (await self.request(scope_of(path, **scope))).status

    async def post(self, path: str, body: bytes = b"{}", **scope: Any) -> int:
        return (await self.request(scope_of(path, "POST", **scope), [body])).status


class AsgiResponse:
    """Response assembled from the messages that an app sends; `unread` are those it did not receive."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, {}, b""
        self.unread: list[Message] = []

    async def receive(self, message: Message) -> None:
        """Take one message from the app; its `send` callable."""
        if message["type"] == "http.response.start":
            assert not self.status, "answered twice"
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")

    @property
    def sentence(self) -> str:
        return json.loads(self.body)["error"]


class Echo:
    """App that reads its body to the end and records the bytes."""

    def __init__(self) -> None:
        self.seen = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async for chunk in Request(scope, receive).stream():
            self.seen += chunk
        await PlainTextResponse("reached")(scope, receive, send)


class BlockedApp:
    """App that leaves every request waiting until `free` is set."""

    def __init__(self) -> None:
        self.waiting, self.free = 0, asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.waiting += 1
        await self.free.wait()
        await PlainTextResponse("at last")(scope, receive, send)


def rate_limited(clock: FakeClock, app: ASGIApp, **changed: Any) -> AsgiClient:
    """Return a client of an app behind the rate limit, with some of the default rates changed."""
    return AsgiClient(RateLimit(app, clock, replace(DEFAULT_RATES, **changed)))
