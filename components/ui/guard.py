"""What browsers of other sites may not do with this app, and what the page may not load: one ASGI middleware."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio builds its HTML components by `Function` and starts by inline scripts.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self' https://huggingface.co",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
_CLOSED = (
    "/gradio_api/deep_link",
    "/gradio_api/file=http",
    "/gradio_api/proxy=",
    "/gradio_api/run-history",
    "/gradio_api/runs",
    "/gradio_api/vibe-",
    "/monitoring",
)
"""Routes Gradio has whatever it is told: links that hold everybody's inputs, fetches of other sites, statistics."""


class Guard:
    """Turn away other sites' pages and closed routes; put the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if refusal := _refusal(scope["path"], Headers(scope=scope)):
            await refusal(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def _refusal(path: str, headers: Headers) -> PlainTextResponse | None:
    if path.startswith(_CLOSED):
        return PlainTextResponse("This is closed here.", status_code=404)
    origin = headers.get("origin")
    if origin is not None and not is_own(origin, headers):
        return PlainTextResponse(
            "Pages of other sites may not use this app. A proxy before it must pass on the Host header.",
            status_code=403,
        )
    return None


def is_own(origin: str, headers: Headers) -> bool:
    """Tell whether an `Origin` is this app's own address, as the browser or a proxy before us names it.

    A page of another site can set none of the headers that decide; `Sec-Fetch-Site` is the browser's own word, given
    over https and on this computer. Programs send no `Origin`.
    """
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    host = urlsplit(origin).netloc.lower()
    forwarded = headers.get("x-forwarded-host", "").split(",")[0].strip()
    return bool(host) and host in (headers.get("host", "").lower(), forwarded.lower())
