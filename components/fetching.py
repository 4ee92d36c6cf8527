"""The guarded fetcher: public https only, looked up before it is connected to. For addresses that others chose.

The name is looked up once and the connection goes to the very address that was checked, so no second answer of a
name server can lead elsewhere.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import cast
from urllib.request import getproxies

import httpcore
import httpx

from components.addresses import is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Host and port to IP addresses. Raises OSError."""


class NotPublic(httpx.ConnectError):
    """A name led to an address inside this machine or its network."""


async def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name, by the system's own resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone."""

    def __init__(self, resolve: Resolve = look_up) -> None:
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
        """Connect to the first address of a name that answers; none of them may be an inner one."""
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotPublic(f"{host} is not a public address")
        return await self._first(addresses, port, timeout, local_address, socket_options)

    async def _first(
        self,
        addresses: list[str],
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        trouble: Exception | None = None
        for address in addresses[:4]:
            try:
                return await self._real.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble or httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing public is there."""
        raise NotPublic("a socket in the file system")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between its own tries."""
        await asyncio.sleep(seconds)


class PublicTransport(httpx.AsyncBaseTransport):
    """httpx over PublicNetwork; httpx itself offers no way to hand in a network backend."""

    def __init__(self, resolve: Resolve = look_up) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=50,
            max_keepalive_connections=20,
            keepalive_expiry=4,
            network_backend=PublicNetwork(resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx.ConnectError, NotPublic among them, or httpx.TransportError."""
        url = request.url
        wanted = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            response = await self._pool.handle_async_request(
                httpcore.Request(request.method, wanted, headers=request.headers.raw, extensions=request.extensions)
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
        """Close every connection."""
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


def new_outside(timeout: httpx.Timeout, resolve: Resolve = look_up) -> httpx.AsyncClient:
    """Return a client for other people's addresses. Where a proxy is set, the proxy looks names up, and it is used."""
    if {"https", "all"} & set(getproxies()):
        return httpx.AsyncClient(timeout=timeout, follow_redirects=False)
    transport = PublicTransport(resolve)
    return httpx.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)
