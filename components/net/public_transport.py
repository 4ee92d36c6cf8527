"""Public transport: an httpx transport that connects to public addresses only (SSRF guard).

A name is resolved once, and the connection goes to the address that was checked. A check before the request would be
open to DNS rebinding: a second lookup at connection time may return a private address.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import cast
from urllib.request import getproxies

import httpcore
import httpx

from components.net.public_url import is_public
from components.net.tls import tls_context

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Resolver: host and port to IP addresses. Raises OSError when the name is not found."""


MAX_ADDRESSES = 4
"""Addresses of a name that are tried: it may have dozens, each with its own connect timeout."""


class PrivateAddressError(httpx.ConnectError):
    """A name resolved to an address of this machine or its network.

    An error of httpx, not of httpcore, so that httpcore passes it on unchanged.
    """


async def resolve_host(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name, each once, by the system's resolver. Raises OSError."""
    loop = asyncio.get_running_loop()
    entries = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def check_addresses(host: str, addresses: list[str]) -> None:
    """Raise PrivateAddressError unless a name has addresses and all of them are public."""
    # One private address among public ones is enough to refuse: the name server chooses their order.
    if not addresses or not all(is_public(address) for address in addresses):
        raise PrivateAddressError(f"{host} is not a public address")


def is_proxied() -> bool:
    """Return whether a proxy is set for https."""
    return bool({"https", "all"} & set(getproxies()))


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Network backend of httpcore that connects to public addresses only."""

    def __init__(self, resolve: Resolve = resolve_host) -> None:
        self._real = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a name that accepts a connection.

        Raises PrivateAddressError, and httpcore.ConnectError or httpcore.ConnectTimeout.
        """
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        check_addresses(host, addresses)
        return await self._connect_first(addresses, port, timeout, local_address, socket_options)

    async def _connect_first(
        self,
        addresses: list[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        last_error: Exception | None = None
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return await self._real.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last_error = error
        raise last_error or httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raise PrivateAddressError: no Unix socket is public."""
        raise PrivateAddressError("a socket in the file system")

    async def sleep(self, seconds: float) -> None:
        """Suspend for `seconds`; httpcore calls this between its retries."""
        await asyncio.sleep(seconds)


class PublicTransport(httpx.AsyncBaseTransport):
    """httpx transport over PublicNetwork. httpx has no parameter for a network backend, httpcore has.

    For GET and HEAD only: a request body is not passed on.
    """

    def __init__(self, resolve: Resolve = resolve_host) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls_context(),
            max_connections=50,
            max_keepalive_connections=20,
            keepalive_expiry=4,  # seconds; servers close idle connections too, uvicorn after 5
            network_backend=PublicNetwork(resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises PrivateAddressError, httpx.ConnectError, httpx.PoolTimeout, or httpx.TransportError for the rest.
        """
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            response = await self._pool.handle_async_request(
                httpcore.Request(request.method, target, headers=request.headers.raw, extensions=request.extensions)
            )
        except httpcore.ConnectError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except httpcore.PoolTimeout as error:
            raise httpx.PoolTimeout(str(error), request=request) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise httpx.TransportError(str(error), request=request) from error
        body = _Body(response)
        return httpx.Response(response.status, headers=response.headers, stream=body, extensions=response.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_stream():
                yield chunk
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise httpx.ReadError(str(error)) from error

    async def aclose(self) -> None:
        await self._response.aclose()


def public_client(timeout: httpx.Timeout, resolve: Resolve = resolve_host) -> httpx.AsyncClient:
    """Return a client for addresses that visitors or sites choose. Redirects are not followed.

    Where a proxy is set for https, it is used without the guard: the proxy resolves names, not this process.
    """
    if is_proxied():
        return httpx.AsyncClient(verify=tls_context(), timeout=timeout, follow_redirects=False)
    transport = PublicTransport(resolve)
    return httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)
