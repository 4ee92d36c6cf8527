"""Content-Security-Policy: nothing is loaded from or sent to another site, and only the app's scripts run."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.ui.http.language import VARY, page_language
from components.ui.http.page_html import PageHtml

HEADER = "Content-Security-Policy"
OF_ASSETS = "default-src 'none'; frame-ancestors 'none'"
"""Policy of a script, style sheet or picture, which is no page: the page's own is a third of a kB in each answer."""
SPACES_SITE = "https://huggingface.co"
"""Site that shows a Space's page inside its own."""


def policy(nonce: str = "", *, frames: Collection[str] = ()) -> str:
    """Return the header's value; inline scripts run only where they carry `nonce`.

    `frames`: origins besides Hugging Face whose pages may show this one in a frame.
    """
    inline = f" 'nonce-{nonce}'" if nonce else ""
    return "; ".join(
        (
            "default-src 'none'",
            # Gradio builds the templates and scripts of its HTML components by `Function`.
            f"script-src 'self'{inline} 'unsafe-eval'",
            "script-src-attr 'none'",
            # Gradio's components carry styles in attributes.
            "style-src 'self' 'unsafe-inline'",
            # Previews of running jobs are data URIs.
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(("frame-ancestors 'self'", SPACES_SITE, *sorted(frames))),
        )
    )


class CspNonces:
    """ASGI middleware: give the inline scripts of Gradio's page a random nonce, and allow no other inline scripts.

    What `html` returns for the visitor's language is put into the page before: Gradio's own `head=` is added by its
    scripts.
    """

    def __init__(self, app: ASGIApp, html: Callable[[str], PageHtml], frames: Collection[str] = ()) -> None:
        self._app, self._html, self._frames = app, html, frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "http" and (scope["method"], scope["path"]) == ("GET", "/"):
            await self._app(scope, receive, self._with_nonce(send, scope))
        else:
            await self._app(scope, receive, send)

    def _with_nonce(self, send: Send, scope: Scope) -> Send:
        nonce = secrets.token_hex(16)
        start: Message = {}
        page = bytearray()

        async def send_page(message: Message) -> None:
            # The start waits for the whole page: its length changes with the nonces.
            if message["type"] == "http.response.start":
                start.update(message)
                return
            page.extend(message.get("body", b""))
            if not message.get("more_body", False):
                content = self._with_pieces(bytes(page), scope) if start["status"] == 200 else bytes(page)
                # Without quotes: the page's settings contain HTML inside JSON strings, which a quote would end.
                content = content.replace(b"<script", f"<script nonce={nonce}".encode())
                headers = MutableHeaders(scope=start)
                headers[HEADER], headers["Content-Length"] = policy(nonce, frames=self._frames), str(len(content))
                headers["Cache-Control"] = "private"
                headers.add_vary_header(VARY)
                await send(start)
                await send({"type": "http.response.body", "body": content})

        return send_page

    def _with_pieces(self, page: bytes, scope: Scope) -> bytes:
        return self._html(page_language(scope)).put_into(page, scope)
