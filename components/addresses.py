"""Which web addresses lie outside this machine and its network, by their text alone. Nothing is looked up."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

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


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        is_number = host.rpartition(".")[2].removeprefix("0x").isdecimal()
        return "." in host and not is_number and not host.lower().endswith(_INSIDE)
