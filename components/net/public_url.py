"""Public URL: whether an https URL or an IP address is public, by its text alone. Pure; no name is resolved."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 reaches them (RFC 6052)."""
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""The part of IPv6 that IANA assigns for global unicast (RFC 4291)."""
_NUMBER = re.compile(r"\d+|0x[\da-f]*", re.ASCII)
"""Last part of a host that is an IPv4 address or none: by the URL standard, and to resolvers (inet_aton), 2130706433,
127.1, 0x7f000001, 127.0.0.0xf and 127.0.0.0x are addresses too.
"""
_NAME = re.compile(r"[a-z\d._-]+", re.ASCII)
"""All characters of host names; any other may be read in several ways, as `%31` and a backslash are."""
_MAX_NAME_LENGTH = 253
"""Characters (RFC 1035)."""
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home", ".arpa")
"""Names of local networks: RFC 6761, RFC 6762, ICANN's `.internal`, RFC 8375, and two that routers use."""


def is_public_https(url: str) -> bool:
    """Return whether `url` is https on port 443, without user information, to a host that is not plainly private."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or not parts.hostname:
        return False
    return _is_public_host(parts.hostname.rstrip("."))


def is_public(address: str) -> bool:
    """Return whether an IP address is globally reachable; False for what is no IP address.

    An IPv6 address with an embedded IPv4 address (mapped, 6to4, NAT64) counts as that IPv4 address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])  # a resolver may append the zone: fe80::1%eth0
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        embedded = parsed.ipv4_mapped or parsed.sixtofour or _nat64_target(parsed)
        if not embedded and parsed not in _GLOBAL_UNICAST:
            return False
        parsed = embedded or parsed
    return parsed.is_global and not parsed.is_multicast  # is_global is True for multicast


def _nat64_target(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a NAT64 address stands for; None for any other address."""
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


def _is_public_host(host: str) -> bool:
    try:
        return is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return _is_public_name(host)


def _is_public_name(host: str) -> bool:
    try:
        # As it is looked up: 127.0.0.\u2460 is 127.0.0.1 by then. Too long a name is not looked up at all.
        name = host.encode("idna").decode().lower() if len(host) <= _MAX_NAME_LENGTH else ""
    except UnicodeError:
        return False
    is_name = "." in name and _NAME.fullmatch(name) and not _NUMBER.fullmatch(name.rpartition(".")[2])
    return bool(is_name) and not name.endswith(_PRIVATE_SUFFIXES)
