"""Gradio sessions tied to browsers: a session belongs to the cookie that used it first. One ASGI middleware.

Gradio 6.31 gives a session's events to any client that names its hash, and the page's script makes the hash by
`Math.random`, which can be guessed. So the page also sets a random cookie, and a session that began with a cookie is
refused without it. Programs, and browsers that store no cookies, have the hash alone: of their session, or of their
call, whose event id the server draws.
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

from components import messages
from components.ui.http.client_address import is_https
from components.ui.http.responses import refusal

COOKIE = "playground_browser"
PAYLOAD_KEY = "playground.payload"
"""Key of an ASGI scope under which PayloadValidation stores the JSON object that was posted."""
_MAX_SESSIONS = 20_000
_STREAM = "/gradio_api/queue/data"
_CALL = "/gradio_api/call/"
_CLAIM_PATHS = ("/gradio_api/queue/join", _CALL, "/gradio_api/cancel")
_EVENT = re.compile(rb'"event_id": ?"([0-9a-f]{32})"')


class Sessions:
    """ASGI middleware that answers 404 to a session of another browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._owners: dict[str, str] = {}
        """Cookie by session hash or event id, "" for one that began without a cookie; the latest used last."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not self._is_allowed(scope):
            await refusal(scope, 404, messages.SESSION_UNKNOWN)(scope, receive, send)
        # Never replaced: a new cookie would shut the browser's other tabs out of their sessions.
        elif scope["path"] == "/" and scope["method"] == "GET" and not _cookie(scope):
            await self._app(scope, receive, _with_cookie(scope, send))
        elif scope["path"].startswith(_CALL) and scope["method"] == "POST":
            await self._app(scope, receive, self._claiming_event(scope, send))
        else:
            await self._app(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        path, cookie = scope["path"], _cookie(scope)
        if scope["method"] == "POST" and path.startswith(_CLAIM_PATHS):
            payload: Mapping[str, Any] = scope.get(PAYLOAD_KEY, {})
            session = payload.get("session_hash")
            return not isinstance(session, str) or self._claim(session, cookie)
        if path == _STREAM:
            # Exactly one: Gradio would read one of several, and this check another.
            sessions = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            # Looked up, not claimed: the session's first event was posted before its stream is opened.
            return len(sessions) == 1 and self._owners.get(sessions[0]) == cookie
        if path.startswith(_CALL):
            return self._owners.get(path.rstrip("/").rpartition("/")[2]) == cookie
        return True

    def _claim(self, session: str, cookie: str) -> bool:
        """Make a new session this cookie's; return whether it is."""
        owner = self._owners.pop(session, cookie)
        self._owners[session] = owner
        if len(self._owners) > _MAX_SESSIONS:
            del self._owners[next(iter(self._owners))]
        return owner == cookie

    def _claiming_event(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that claims the event id in Gradio's answer to a program's call."""
        body = bytearray()

        async def send_on(message: Message) -> None:
            body.extend(message.get("body", b""))
            # Claimed before the answer leaves: the program may open its event stream at once.
            if message["type"] == "http.response.body" and (event := _EVENT.search(body)):
                self._claim(event[1].decode(), _cookie(scope))
            await send(message)

        return send_on


def _cookie(scope: Scope) -> str:
    return HTTPConnection(scope).cookies.get(COOKIE, "")


def _with_cookie(scope: Scope, send: Send) -> Send:
    """Return a `send` that sets a session cookie of 128 random bits."""
    # A Space's page is framed by huggingface.co, where browsers that block third-party cookies accept only
    # `Partitioned` ones; `SameSite=None` needs https.
    inside_frames = "; Secure; SameSite=None; Partitioned" if is_https(scope) else "; SameSite=Lax"
    cookie = f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly{inside_frames}"

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", cookie)
        await send(message)

    return send_with_cookie
