"""The Content-Security-Policy: nothing is loaded from another site or sent to one, and no script runs but ours."""

from __future__ import annotations

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "Content-Security-Policy"


def policy(nonce: str = "") -> str:
    """Return the policy; the scripts that stand in a page's own text run by its nonce alone."""
    own_text = f" 'nonce-{nonce}'" if nonce else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self'{own_text} 'unsafe-eval'",  # Gradio builds its HTML components by `Function`
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",  # Gradio's components carry theirs in attributes
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self' https://huggingface.co",
        )
    )


class Nonces:
    """ASGI middleware: mark the scripts in the text of Gradio's page, drawn anew each time, and allow no others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/"):
            await self._app(scope, receive, _marking(send))
        else:
            await self._app(scope, receive, send)


def _marking(send: Send) -> Send:
    nonce = secrets.token_hex(16)
    start: Message = {}
    page = bytearray()

    async def send_marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        page.extend(message.get("body", b""))
        if not message.get("more_body", False):
            # Without quotes: the page's settings hold pieces of HTML inside strings of JSON.
            marked = bytes(page).replace(b"<script", f"<script nonce={nonce}".encode())
            headers = MutableHeaders(scope=start)
            headers[HEADER], headers["Content-Length"] = policy(nonce), str(len(marked))
            await send(start)
            await send({"type": "http.response.body", "body": marked})

    return send_marked
