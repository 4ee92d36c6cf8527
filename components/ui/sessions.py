"""Whose stream of events is whose: a session belongs to the browser that used it first. One ASGI middleware.

Gradio hands a session's events to whoever names it, and the name is made by the page's script from `Math.random`.
So the page also gives each browser a cookie, and what a browser with a cookie began is nobody else's. Programs, and
browsers that keep no cookie, have the name alone: of their session, or of their call, which the server draws.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.ui.refusals import refusal
from components.ui.remote import is_https

COOKIE = "playground_browser"
POSTED = "playground.posted"
"""Where in an ASGI scope the JSON object that was posted stands."""
_MOST_SESSIONS = 20_000
_STREAM = "/gradio_api/queue/data"
_CALL = "/gradio_api/call/"
_CLAIMING = ("/gradio_api/queue/join", _CALL, "/gradio_api/cancel")


_EVENT = re.compile(rb'"event_id": ?"([0-9a-f]{32})"')


class Sessions:
    """Remembers which cookie a session began with, and refuses it to all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._owners: dict[str, str] = {}
        """Session to cookie, empty where there was none; the one used last stands last."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not self._may(scope):
            sentence = "This session is not known here. Reload the page and try again."
            await refusal(scope, 404, sentence)(scope, receive, send)
        elif scope["path"] == "/" and scope["method"] == "GET" and not _cookie(scope):
            await self._app(scope, receive, _with_cookie(scope, send))
        elif scope["path"].startswith(_CALL) and scope["method"] == "POST":
            await self._app(scope, receive, self._remembering(scope, send))
        else:
            await self._app(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        path, cookie = scope["path"], _cookie(scope)
        if scope["method"] == "POST" and path.startswith(_CLAIMING):
            posted: Mapping[str, Any] = scope.get(POSTED, {})
            session = posted.get("session_hash")
            return not isinstance(session, str) or self._claim(session, cookie)
        if path == _STREAM:
            named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            return len(named) == 1 and self._owners.get(named[0]) == cookie
        if path.startswith(_CALL):
            return self._owners.get(path.rstrip("/").rpartition("/")[2]) == cookie
        return True

    def _claim(self, session: str, cookie: str) -> bool:
        owner = self._owners.pop(session, cookie)
        self._owners[session] = owner
        if len(self._owners) > _MOST_SESSIONS:
            del self._owners[next(iter(self._owners))]
        return owner == cookie

    def _remembering(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that reads the name which Gradio gives to a program's call."""
        answer = bytearray()

        async def send_on(message: Message) -> None:
            answer.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and (event := _EVENT.search(answer)):
                self._claim(event[1].decode(), _cookie(scope))
            await send(message)

        return send_on


def _cookie(scope: Scope) -> str:
    return HTTPConnection(scope).cookies.get(COOKIE, "")


def _with_cookie(scope: Scope, send: Send) -> Send:
    """Return a `send` that gives the browser a cookie for as long as it is open, also inside a frame."""
    inside_frames = "; Secure; SameSite=None; Partitioned" if is_https(scope) else "; SameSite=Lax"
    cookie = f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly{inside_frames}"

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return send_with_cookie
