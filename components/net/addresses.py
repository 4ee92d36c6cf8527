"""IP addresses as sockets and proxies write them, and what of one stands for a subscriber."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
_SUBSCRIBER_PREFIX = 64
"""Bits of the IPv6 prefix that a provider assigns to one subscriber, who may use any address in it."""
_LONGEST = 80
"""Characters of an address with its port and its zone."""


def parse_address(text: str) -> Address | None:
    """Return the address in `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`; None for anything else."""
    return _parsed(text) if len(text) <= _LONGEST else None


@lru_cache(4096)
def _parsed(text: str) -> Address | None:
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


def subscriber_of(address: Address) -> str:
    """Return an IPv4 address, or the /64 network of an IPv6 address, as text."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), _SUBSCRIBER_PREFIX), strict=False))
