"""Client address: the IP address that rate limits count on, behind proxies too."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Address = IPv4Address | IPv6Address
UNKNOWN = "unknown"
_SUBSCRIBER_PREFIX = 64
"""Bits of the IPv6 prefix that a provider assigns to one subscriber, who may use any address in it."""


def client_address(scope: Scope) -> str:
    """Return the client's IPv4 address, or its IPv6 /64 network; "unknown" without an address."""
    client = scope.get("client")
    peer = _address(client[0]) if client else None
    if peer is None:
        return UNKNOWN
    # A client that connects directly from the internet could write any X-Forwarded-For.
    if not peer.is_global:
        peer = _forwarded_client(Headers(scope=scope)) or peer
    return _network_of(peer)


def _forwarded_client(headers: Headers) -> Address | None:
    """Return the client that our proxies name in `X-Forwarded-For`, None without the header.

    Each proxy appends the address it saw, so only the right end was written by ours; the client may have forged all
    that stands left of it. Private addresses at that end are further proxies of ours.
    """
    nearest: Address | None = None
    for entry in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        address = _address(entry)
        if address is None:
            return nearest
        nearest = nearest or address
        if address.is_global:
            return address
    return nearest


def _address(text: str) -> Address | None:
    """Parse `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`; None for anything else."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    # `::ffff:1.2.3.4` is how a socket for both protocols reports an IPv4 client.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network_of(address: Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), _SUBSCRIBER_PREFIX), strict=False))


def is_https(scope: Scope) -> bool:
    """Return whether the browser used https, by `X-Forwarded-Proto` of a proxy, else by our own server's scheme."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return (forwarded or scope.get("scheme")) == "https"
