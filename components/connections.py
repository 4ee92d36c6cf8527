"""How the API and the servers of pictures are reached: addresses, connections, and how long they are waited for."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from components.fetching import new_outside


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the network is waited for, in seconds."""

    connect: float = 5.0
    step: float = 20.0
    """For each piece that is read or written."""
    pool: float = 5.0
    """For a free connection."""
    call: float = 45.0
    """For a whole exchange with the API: httpx alone lets a slow drip outlive its read timeout."""
    quick_call: float = 10.0
    """For a price or a balance, while a person waits for it."""
    download: float = 60.0
    """For a whole picture."""
    upload: float = 120.0
    """For a picture on its way up: a slow line takes that long for 4 MB."""

    @property
    def timeout(self) -> httpx.Timeout:
        """Return the limits of each step, as httpx takes them."""
        return httpx.Timeout(self.step, connect=self.connect, pool=self.pool)


PATIENCE = Patience()
LEFT_TO_END = 120.0
"""Seconds after which connections that were replaced are closed: what was under way on them has ended."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of one host: an API that is asked at one of them may name its pictures by another."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the API is and the key it takes. `base_url` may carry a path."""

    base_url: str
    key: str = field(repr=False)

    def url(self, path: str) -> str:
        """Return the address of an API path such as `/api/v3/balance`."""
        return f"{self.base_url}{path}"

    def owns(self, url: str) -> bool:
        """Tell whether `url` lies at the API's own scheme, host and port: the key may go there."""
        origin = origin_of(url)
        return origin is not None and origin == origin_of(self.base_url)

    @property
    def is_loopback(self) -> bool:
        """Tell whether the API runs on this computer."""
        origin = origin_of(self.base_url)
        return origin is not None and origin[1] in _LOOPBACK

    def serves(self, url: str) -> bool:
        """Tell whether `url` lies on the API's own host and port, by whatever name: pictures may come from there."""
        ours, theirs = origin_of(self.base_url), origin_of(url)
        if ours is None or theirs is None or ours == theirs:
            return ours is not None and ours == theirs
        return ours[::2] == theirs[::2] and ours[1] in _LOOPBACK and theirs[1] in _LOOPBACK


class Connections:
    """One pool of connections, made anew after a pool timeout: connections that leak from it never come back."""

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        self._make = make
        self._now = make()
        self._replaced: list[tuple[float, httpx.AsyncClient]] = []

    @asynccontextmanager
    async def stream(self, method: str, url: str, **given: Any) -> AsyncGenerator[httpx.Response]:
        """Open one exchange as httpx does, on the pool that is to be used now."""
        http = self._now
        try:
            async with http.stream(method, url, **given) as response:
                yield response
        except httpx.PoolTimeout:
            await self._renew(http)
            raise

    async def aclose(self) -> None:
        """Close everything."""
        for client in (self._now, *(client for _, client in self._replaced)):
            await client.aclose()

    async def _renew(self, broken: httpx.AsyncClient) -> None:
        """Replace a pool, once; what is under way on it may end."""
        if broken is self._now:
            self._now = self._make()
            self._replaced.append((time.monotonic(), broken))
        latest = time.monotonic() - LEFT_TO_END
        ended = [client for since, client in self._replaced if since < latest]
        self._replaced = [(since, client) for since, client in self._replaced if since >= latest]
        for client in ended:
            await client.aclose()


def api_connections(endpoint: Endpoint, patience: Patience = PATIENCE) -> Connections:
    """Return connections to the API; the caller closes them. Proxies never see loopback calls.

    Idle connections are dropped before a server does so (uvicorn: after 5 s): a POST on one that the server
    is just closing would be lost without our knowing whether it arrived.
    """
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=4)
    trust_env = not endpoint.is_loopback

    def make() -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=patience.timeout, limits=limits, follow_redirects=False, trust_env=trust_env)

    return Connections(make)


def outside_connections(patience: Patience = PATIENCE) -> Connections:
    """Return guarded connections to addresses that others chose; the caller closes them."""
    return Connections(lambda: new_outside(patience.timeout))


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port as httpx will use them; None for what is no address it can open."""
    try:
        parts = httpx.URL(url)
        host = parts.host
    except (httpx.InvalidURL, ValueError):
        return None
    port = {"http": 80, "https": 443}.get(parts.scheme) if parts.port is None else parts.port
    return (parts.scheme, host, port) if port and host else None
