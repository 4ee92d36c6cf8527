"""Forwarded headers: a proxy's word about client and scheme becomes the scope's. One ASGI middleware."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components.net.addresses import parse_address
from components.net.proxies import Proxies


class ForwardedHeaders:
    """ASGI middleware: the only reader of these headers, whose result all others find in the scope."""

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app, self._proxies = app, proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        await self._app(self._resolved(scope) if scope["type"] == "http" else scope, receive, send)

    def _resolved(self, scope: Scope) -> Scope:
        client = scope.get("client")
        peer = parse_address(client[0]) if client else None
        if peer is None or not self._proxies.believes(peer):
            return scope
        headers = Headers(scope=scope)
        address = self._proxies.client_of(peer, headers.getlist("x-forwarded-for"))
        scheme = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        # The port of a client behind a proxy is not known.
        found = {"client": client if address == peer else (str(address), 0)}
        return {**scope, **found, **({"scheme": scheme} if scheme in ("http", "https") else {})}
