"""What browsers of other sites may not do with this app, and the headers that browsers heed: two ASGI middlewares."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.ui.doors import is_open
from components.ui.policy import HEADER, policy
from components.ui.refusals import refusal
from components.ui.remote import is_https

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}
"""On every answer. No `X-Frame-Options`: it knows no list of sites, and a Space stands in a frame of another site."""
HTTPS_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}
"""Over https alone: elsewhere browsers heed it not, and complain."""
_FOREIGN = "Pages of other sites may not use this app. A proxy before it must pass on the Host header."


class SafeHeaders:
    """Put the headers on every answer, refusals included: one ASGI middleware, before all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault(HEADER, policy())
                headers.update(HEADERS | (HTTPS_HEADERS if is_https(scope) else {}))
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Guard:
    """Turn away other sites' pages, and whoever asks for a closed address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refused = _refused(scope, Headers(scope=scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


def _refused(scope: Scope, headers: Headers) -> Response | None:
    if not is_open(scope):
        return refusal(scope, 404, "There is nothing here.")
    origin = headers.get("origin")
    if origin is not None and not is_own(origin, headers):
        return refusal(scope, 403, _FOREIGN)
    return None


def is_own(origin: str, headers: Headers) -> bool:
    """Tell whether an `Origin` is this app's own address, as the browser or a proxy before us names it.

    A page of another site can set none of the headers that decide; `Sec-Fetch-Site` is the browser's own word, given
    over https and on this computer. Programs send no `Origin`.
    """
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    host = _host_of(origin)
    forwarded = headers.get("x-forwarded-host", "").split(",")[0].strip()
    return bool(host) and host in (headers.get("host", "").lower(), forwarded.lower())


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # a bracket without its other half
        return ""
