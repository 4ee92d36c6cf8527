"""Check of the `Host` header: another site's name may lead to this computer, and its page would then be the app's own.

DNS rebinding: a page of `evil.example`, whose name is made to lead to 127.0.0.1, sends requests to this app as to its
own site, past every check of the `Origin`. Only a name can be made to lead elsewhere, so that addresses are let in.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from components import messages
from components.ui.http.responses import refusal

_HOST = re.compile(r"(?:\[(?P<v6>[^\[\]]*)\]|(?P<name>[^:\[\]]*))(?::\d*)?")
"""Name or address, and a port: what follows them is no part of it that may be left out."""


class HostCheck:
    """ASGI middleware that refuses requests for other names than the app's own."""

    def __init__(self, app: ASGIApp, names: Collection[str] | None) -> None:
        """`names` are let in besides addresses and `localhost`; None lets in any."""
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "http" and self._names is not None:
            # A browser always sends one.
            host = Headers(scope=scope).get("host", "")
            if not is_own_host(host, self._names):
                await refusal(scope, 403, messages.FOREIGN_HOST)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Return whether a `Host` is an address, empty, `localhost` or below it, or one of these names in lower case."""
    found = _HOST.fullmatch(host.strip())
    if not found:
        return False
    name = (found["v6"] or found["name"]).lower().removesuffix(".")
    return name in ("", "localhost") or name.endswith(".localhost") or name in names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
