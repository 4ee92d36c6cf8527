"""Who may use the API: everybody, or those with the key."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.server.envelope import refusal
from components.server.refusals import wrong_key

GUARDED = "/api/"
"""Files are handed out under names that nobody can guess, and tickets are as good as a key."""


class Gate:
    """ASGI middleware: a call below /api/ needs the bearer key, when there is one."""

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
