"""Which web addresses lie outside this machine and its network, by their text alone. Nothing is looked up."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IN_USE = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6 for the open internet."""
_INSIDE = (".localhost", ".local", ".internal", ".lan", ".home", ".arpa")


def is_public_https(url: str) -> bool:
    """Tell whether `url` is https on its usual port, without a user, to a host that is not plainly an inner one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or not parts.hostname:
        return False
    return _is_public(parts.hostname.rstrip("."))


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet; one that IPv6 wraps around IPv4 is that IPv4 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or _translated(found)
        if not wrapped and found not in _IN_USE:
            return False
        found = wrapped or found
    return found.is_global and not found.is_multicast


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a network without IPv4 reaches by this one."""
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


def _is_public(host: str) -> bool:
    try:
        return is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        is_number = host.rpartition(".")[2].removeprefix("0x").isdecimal()
        return "." in host and not is_number and not host.lower().endswith(_INSIDE)
