"""Client address: the IP address that limits count on, and whether the browser used https."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.net.addresses import parse_address, subscriber_of

UNKNOWN = "unknown"


def client_address(scope: Mapping[str, Any]) -> str:
    """Return the client's IPv4 address, or its IPv6 /64 network; "unknown" without an address.

    Behind a proxy it is that of the client, which ForwardedHeaders has put into the scope.
    """
    client = scope.get("client")
    address = parse_address(client[0]) if client else None
    return subscriber_of(address) if address else UNKNOWN


def address_of(request: Any) -> str:
    """Return `client_address` of a gr.Request or of Starlette's."""
    # gr.Request wraps Starlette's.
    scope = getattr(getattr(request, "request", request), "scope", None)
    return client_address(scope) if isinstance(scope, Mapping) else UNKNOWN


def is_https(scope: Mapping[str, Any]) -> bool:
    """Return whether the browser used https, by a proxy's word or by our own server's scheme."""
    return scope.get("scheme") == "https"
