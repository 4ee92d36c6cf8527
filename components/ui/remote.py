"""Who asks: the address that limits are counted on."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Address = IPv4Address | IPv6Address
UNKNOWN = "unknown"
_ONE_SUBSCRIBER = 64
"""Bits of an IPv6 address that a network hands to one subscriber, who may use any address below them."""


def remote(scope: Scope) -> str:
    """Return the asker's address; for IPv6, the network that one subscriber has."""
    client = scope.get("client")
    peer = _address(client[0]) if client else None
    if peer is None:
        return UNKNOWN
    if not peer.is_global:
        peer = _before_proxies(Headers(scope=scope)) or peer
    return _subscriber(peer)


def _before_proxies(headers: Headers) -> Address | None:
    """Return whom our proxies name in `X-Forwarded-For`.

    Each proxy appends whom it saw, so only the right end was written by ours; whatever stands left of it may have been
    forged by the asker. Private addresses at that end are proxies that handed the request on.
    """
    named: Address | None = None
    for entry in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        address = _address(entry)
        if address is None:
            return named
        named = named or address
        if address.is_global:
            return address
    return named


def _address(text: str) -> Address | None:
    """Return the address in a text as `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _subscriber(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), _ONE_SUBSCRIBER), strict=False))


def is_https(scope: Scope) -> bool:
    """Tell whether the browser came over https, as our server or the proxy before it saw."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return (forwarded or scope.get("scheme")) == "https"
