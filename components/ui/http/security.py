"""Security headers, and the check of the `Origin` header: two ASGI middlewares."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components import messages
from components.ui.http.allowlist import is_open
from components.ui.http.client_address import is_https
from components.ui.http.csp import HEADER, OF_ASSETS, policy
from components.ui.http.responses import program_refusal, refusal

HEADERS = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
"""On every answer. Without `X-Frame-Options`, which takes no list of sites: a Space is framed by huggingface.co."""
PAGE_HEADERS = {
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-DNS-Prefetch-Control": "off",
}
"""On every answer but files of the page's own, where browsers ignore them: 7 kB of a first visit of 54 answers."""
HTTPS_HEADERS = {"Cross-Origin-Opener-Policy": "same-origin"}
"""Over https only: elsewhere browsers ignore this header and log a warning."""
_ALL = HEADERS | PAGE_HEADERS
_FOREIGN = "Pages of other sites may not use this app. A proxy before it must pass on the Host header."


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer; outermost, so that refusals have them too."""

    def __init__(self, app: ASGIApp, frames: Collection[str] = ()) -> None:
        """`frames`: see `policy`."""
        self._app, self._policy = app, policy(frames=frames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # The page has its own already, with the nonces of CspNonces.
                is_asset = headers.setdefault(HEADER, self._policy) == OF_ASSETS
                headers.update(HEADERS if is_asset else _ALL | (HTTPS_HEADERS if is_https(scope) else {}))
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class OriginCheck:
    """ASGI middleware that refuses closed paths and requests from the pages of other sites."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        refused = _refused(scope, Headers(scope=scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


def _refused(scope: Scope, headers: Headers) -> Response | None:
    if not is_open(scope):
        return refusal(scope, 404, messages.NOTHING_HERE)
    # Gradio 6.31 reflects any `Origin` with credentials, so another site's page could read every answer.
    origin = headers.get("origin")
    if origin is not None and not is_own_origin(origin, headers):
        return program_refusal(scope, 403, _FOREIGN)
    return None


def is_own_origin(origin: str, headers: Headers) -> bool:
    """Return whether an `Origin` is this app's own, by `Sec-Fetch-Site`, `Host` or a proxy's `X-Forwarded-Host`.

    A page of another site can set none of these headers. Browsers send `Sec-Fetch-Site` over https and to localhost
    only. Programs send no `Origin` at all.
    """
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    host = _host_of(origin)
    forwarded = headers.get("x-forwarded-host", "").split(",")[0].strip()
    return bool(host) and host in (headers.get("host", "").lower(), forwarded.lower())


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # an opening bracket of an IPv6 address without the closing one
        return ""
