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
from components.ui.http.client_address import client_address, is_https
from components.ui.http.responses import refusal

COOKIE = "playground_browser"
PAYLOAD_KEY = "playground.payload"
"""Key of an ASGI scope under which PayloadValidation stores the JSON object that was posted."""
_MAX_SESSIONS, _MAX_PER_ADDRESS = 20_000, 2_000
"""Sessions remembered, of all clients and of one address; the one used longest ago is forgotten beyond it."""
_STREAM = "/gradio_api/queue/data"
_CALL = "/gradio_api/call/"
_CLAIM_PATHS = ("/gradio_api/queue/join", _CALL, "/gradio_api/cancel")
_EVENT = re.compile(rb'"event_id": ?"([0-9a-f]{32})"')
_COOKIE_VALUE = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""A session hash or an event id. Both are remembered, here and by Gradio."""


class Sessions:
    """ASGI middleware that answers 404 to a session of another browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._owners: dict[str, tuple[str, str]] = {}
        """Cookie and address by session hash or event id; the cookie is "" for one that began without.

        The latest used last, as in `_by_address`.
        """
        self._by_address: dict[str, dict[str, None]] = {}

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
            names = [name for name in (payload.get("session_hash"), payload.get("event_id")) if isinstance(name, str)]
            if not all(map(_NAME.fullmatch, names)):
                return False
            session = payload.get("session_hash")
            return not isinstance(session, str) or self._claim(session, scope)
        if path == _STREAM:
            # Exactly one: Gradio would read one of several, and this check another.
            sessions = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            # Looked up, not claimed: the session's first event was posted before its stream is opened.
            return len(sessions) == 1 and self._is_owner(cookie, sessions[0])
        if path.startswith(_CALL):
            return self._is_owner(cookie, path.rstrip("/").rpartition("/")[2])
        return True

    def _is_owner(self, cookie: str, session: str) -> bool:
        return session in self._owners and self._owners[session][0] == cookie

    def _claim(self, session: str, scope: Scope) -> bool:
        """Make a new session this cookie's; return whether it is."""
        cookie = _cookie(scope)
        owner, address = self._forget(session) or (cookie, client_address(scope))
        self._owners[session] = owner, address
        same = self._by_address.setdefault(address, {})
        same[session] = None
        if len(same) > _MAX_PER_ADDRESS:
            self._forget(next(iter(same)))
        if len(self._owners) > _MAX_SESSIONS:
            self._forget(next(iter(self._owners)))
        return owner == cookie

    def _forget(self, session: str) -> tuple[str, str] | None:
        """Forget a session; return its cookie and address."""
        if (found := self._owners.pop(session, None)) is None:
            return None
        same = self._by_address[found[1]]
        del same[session]
        if not same:
            del self._by_address[found[1]]
        return found

    def _claiming_event(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that claims the event id in Gradio's answer to a program's call."""
        body = bytearray()

        async def send_on(message: Message) -> None:
            body.extend(message.get("body", b""))
            # Claimed before the answer leaves: the program may open its event stream at once.
            if message["type"] == "http.response.body" and (event := _EVENT.search(body)):
                self._claim(event[1].decode(), scope)
            await send(message)

        return send_on


def _cookie(scope: Scope) -> str:
    """Return our cookie; "" without one, and for a value that was not made here."""
    value = HTTPConnection(scope).cookies.get(COOKIE, "")
    return value if _COOKIE_VALUE.fullmatch(value) else ""


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
