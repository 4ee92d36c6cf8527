"""Endpoint: base URL and key of an API, the URLs that belong to it, and its connection pool."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from components.net.http_pool import DEFAULT_TIMEOUTS, HttpPool, Timeouts
from components.net.tls import tls_context

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of this computer: an API that is called by one of them may name its images by another."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Base URL and key of an API. `base_url` has no trailing slash and may have a path."""

    base_url: str
    key: str = field(repr=False)

    def url(self, path: str) -> str:
        """Return the URL of an API path such as `/api/v3/balance`."""
        return f"{self.base_url}{path}"

    def owns(self, url: str) -> bool:
        """Return whether `url` has the API's own scheme, host and port, so that the key may be sent there."""
        origin = origin_of(url)
        return origin is not None and origin == origin_of(self.base_url)

    @property
    def is_loopback(self) -> bool:
        """Return whether the API runs on this computer."""
        origin = origin_of(self.base_url)
        return origin is not None and origin[1] in _LOOPBACK

    def serves(self, url: str) -> bool:
        """Return whether `url` has the API's own scheme, host and port, so that images may be downloaded from there.

        All names of the loopback interface count as one host.
        """
        own, other = origin_of(self.base_url), origin_of(url)
        if own is None or other is None or own == other:
            return own is not None and own == other
        # Scheme and port.
        return own[::2] == other[::2] and own[1] in _LOOPBACK and other[1] in _LOOPBACK


def api_connections(endpoint: Endpoint, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> HttpPool:
    """Return a connection pool for the API; the caller closes it. Proxies are not used for a loopback address."""
    # Idle connections are closed before a server does so (uvicorn: after 5 s). A POST on a connection that the server
    # is just closing would be lost without knowing whether it arrived.
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=4)
    trust_env = not endpoint.is_loopback

    def create() -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=tls_context(),
            timeout=timeouts.timeout,
            limits=limits,
            follow_redirects=False,
            trust_env=trust_env,
        )

    return HttpPool(create)


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port as httpx uses them; None for a URL that it cannot open."""
    try:
        parts = httpx.URL(url)  # not urlsplit: two parsers that disagree on the host would defeat the check
        host = parts.host
    except (httpx.InvalidURL, ValueError):
        return None
    port = {"http": 80, "https": 443}.get(parts.scheme) if parts.port is None else parts.port
    return (parts.scheme, host, port) if port and host else None
