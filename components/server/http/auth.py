"""Bearer authentication of the API; without a key every request is accepted."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.errors import wrong_key
from components.server.http.envelope import refusal

GUARDED = "/api/"
"""Files need no key: their names, and the tickets of uploads, cannot be guessed."""


class BearerAuth:
    """ASGI middleware: a request below /api/ needs the bearer key, when one is set."""

    def __init__(self, app: ASGIApp, key: str | None) -> None:
        self._app = app
        self._expected = None if key is None else f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(GUARDED) and not self._passes(scope):
            await refusal(wrong_key())(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _passes(self, scope: Scope) -> bool:
        sent = Headers(scope=scope).get("authorization", "").encode("latin-1")
        return self._expected is None or hmac.compare_digest(sent, self._expected)
