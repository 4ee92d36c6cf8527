"""Whose stream of events is whose: a session belongs to the browser that used it first. One ASGI middleware.

Gradio hands a session's events to whoever names it, and the name is made by the page's script from `Math.random`.
So the page also gives each browser a cookie, and what a browser with a cookie began is nobody else's. Programs, and
browsers that keep no cookie, have the name of their session alone.
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
_PROGRAM_STREAM = re.compile(r"/gradio_api/call/(v2/)?[^/]+/(?P<event>[^/]+)/?")
_EVENT = re.compile(r"[0-9a-f]{32}")
"""Names of a program's calls are drawn by the server; any other name here would be somebody's session."""
_CLAIMING = ("/gradio_api/queue/join", "/gradio_api/call/", "/gradio_api/cancel")


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
        else:
            await self._app(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        path, cookie = scope["path"], _cookie(scope)
        if scope["method"] == "POST" and path.startswith(_CLAIMING):
            posted: Mapping[str, Any] = scope.get(POSTED, {})
            session = posted.get("session_hash")
            return session is None or self._claim(session, cookie)
        if path == _STREAM:
            named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            return len(named) == 1 and self._owners.get(named[0]) == cookie
        program = _PROGRAM_STREAM.fullmatch(path)
        return program is None or _EVENT.fullmatch(program["event"]) is not None

    def _claim(self, session: str, cookie: str) -> bool:
        owner = self._owners.pop(session, cookie)
        self._owners[session] = owner
        if len(self._owners) > _MOST_SESSIONS:
            del self._owners[next(iter(self._owners))]
        return owner == cookie


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
