"""HTTP pool: an httpx client that is renewed after a pool timeout, and the timeouts of the network."""

from __future__ import annotations

import ssl
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import httpx

from components import messages
from components.errors import CertificateError, ConnectionFailed, PlaygroundError
from components.net.public_transport import public_client


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Timeouts of the network, in seconds."""

    connect: float = 5.0
    """For a TCP connection and its TLS handshake, each."""
    step: float = 20.0
    """For each read or write."""
    pool: float = 5.0
    """For a free connection of the pool."""
    call: float = 45.0
    """For a whole exchange with the API: httpx has no total timeout, so a slow drip would outlive `step`."""
    quick_call: float = 10.0
    """For a price or a balance, while a visitor waits for it."""
    download: float = 60.0
    """For a whole image, redirects included."""
    upload: float = 120.0
    """For an uploaded image: an uplink of 270 kbit/s takes this long for 4 MB."""

    @property
    def timeout(self) -> httpx.Timeout:
        """Return the timeouts of single steps for httpx."""
        return httpx.Timeout(self.step, connect=self.connect, pool=self.pool)


DEFAULT_TIMEOUTS = Timeouts()
DRAIN_SECONDS = 120.0
"""Seconds until a replaced pool may be closed: as long as the longest exchange on it, an upload, can take."""


class HttpPool:
    """Connection pool that is replaced after a pool timeout: leaked connections are never returned to a pool."""

    def __init__(self, create: Callable[[], httpx.AsyncClient]) -> None:
        _note_if_missing("sniffio")
        self._create = create
        self._current = create()
        self._replaced: list[tuple[float, httpx.AsyncClient]] = []

    @asynccontextmanager
    async def stream(self, method: str, url: str, **options: Any) -> AsyncGenerator[httpx.Response]:
        """Open one exchange as `httpx.AsyncClient.stream` does. Raises what httpx raises."""
        client = self._current
        try:
            async with client.stream(method, url, **options) as response:
                yield response
        except httpx.PoolTimeout:  # raised before a connection is assigned: nothing of the request was sent
            await self._renew(client)
            raise

    async def aclose(self) -> None:
        """Close the pool and all that it replaced."""
        for client in (self._current, *(client for _, client in self._replaced)):
            await client.aclose()

    async def _renew(self, broken: httpx.AsyncClient) -> None:
        """Replace a pool, but do not close it yet: exchanges that are under way on it may end."""
        if broken is self._current:  # several exchanges time out together; only the first one replaces the pool
            self._current = self._create()
            self._replaced.append((time.monotonic(), broken))
        cutoff = time.monotonic() - DRAIN_SECONDS
        drained = [client for since, client in self._replaced if since < cutoff]
        self._replaced = [(since, client) for since, client in self._replaced if since >= cutoff]
        for client in drained:
            await client.aclose()


def _note_if_missing(module: str) -> None:
    """Note that an optional module is missing: else each attempt to import it searches the disk, 0.1 ms of the loop.

    httpcore tries that with every lock and event, several times an exchange.
    """
    if module not in sys.modules and find_spec(module) is None:
        sys.modules[module] = None  # pyright: ignore[reportArgumentType] - documented: the import fails at once


def public_pool(timeouts: Timeouts = DEFAULT_TIMEOUTS) -> HttpPool:
    """Return a pool that connects to public addresses only (SSRF guard). The caller closes it."""
    return HttpPool(lambda: public_client(timeouts.timeout))


NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""Errors of httpx after which no byte of the request can have left, so that a paid POST may be repeated."""


def connection_error(error: httpx.TransportError) -> PlaygroundError:
    """Return the error for a connection that was not made: CertificateError for a TLS failure, which is not retried.

    httpx wraps an ssl.SSLError of the handshake as a ConnectError, so the chain of causes is searched for it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return CertificateError(messages.UNTRUSTED)
        cause = cause.__cause__ or cause.__context__
    return ConnectionFailed(messages.UNREACHABLE)
