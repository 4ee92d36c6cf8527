"""The guarded fetcher: public https only, looked up before it is connected to. For addresses that others chose.

The name is looked up once and the connection goes to the very address that was checked, so no second answer of a
name server can lead elsewhere.
"""

from __future__ import annotations

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.request import getproxies

import httpcore
import httpx

from components import messages
from components.addresses import is_public, is_public_https
from components.errors import OutsideTrouble

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


# --- the beginning of what lies at an address ---

HOPS = 5
"""How often a site may send us on; each address is checked."""
SECONDS = 15.0
"""For all of it, redirects and slow drips included."""
_FIRST_LOOK = 64
"""Bytes from which is told how many are wanted."""
_QUIET = {"Accept-Encoding": "identity", "User-Agent": "sdxl-lora-playground"}


class Outside(Protocol):
    """Connections to other people's addresses; no key ever goes along."""

    def stream(self, method: str, url: str, **given: Any) -> AbstractAsyncContextManager[httpx.Response]:
        """Open one exchange."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """The beginning of what lies at an address."""

    status: int
    content: bytes
    size: int | None
    """Bytes of the whole; None: it was not told."""

    @property
    def is_page(self) -> bool:
        """Tell whether it begins as a web page does."""
        return self.content[:64].lstrip().lower().startswith((b"<!doctype", b"<html"))


Measure = Callable[[bytes], int]
"""From the first bytes, how many are wanted in all."""


async def read_beginning(outside: Outside, url: str, most: int, measure: Measure | None = None) -> Found:
    """Read no more than `most` bytes from a public https address, by a ranged request.

    Raises OutsideTrouble when it cannot be reached or leads inside, and whatever `measure` raises.
    """
    try:
        async with asyncio.timeout(SECONDS):
            for _ in range(HOPS + 1):
                if not is_public_https(url):
                    raise OutsideTrouble(messages.LEADS_INSIDE)
                headers = {**_QUIET, "Range": f"bytes=0-{most - 1}"}
                async with outside.stream("GET", url, headers=headers) as response:
                    if response.next_request is None:
                        return await _begun(response, most, measure)
                    url = str(response.next_request.url)
    except NotPublic as error:
        raise OutsideTrouble(messages.LEADS_INSIDE) from error
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise OutsideTrouble(messages.SITE_NOT_REACHED) from error
    raise OutsideTrouble(messages.SITE_NOT_REACHED)


async def _begun(response: httpx.Response, most: int, measure: Measure | None) -> Found:
    encoding = response.headers.get("content-encoding", "identity").lower()
    is_plain = encoding == "identity"
    wanted, content = most, bytearray()
    async for chunk in response.aiter_raw():
        content += chunk[: most - len(content)]
        if measure and is_plain and response.is_success and len(content) >= _FIRST_LOOK:
            wanted, measure = min(most, measure(bytes(content[:_FIRST_LOOK]))), None
        if len(content) >= wanted:
            break
    plain = bytes(content) if is_plain else _unpacked(bytes(content), encoding, most)
    return Found(response.status_code, plain, _size(response) if is_plain else None)


def _unpacked(content: bytes, encoding: str, most: int) -> bytes:
    """Return what a site packed unasked, `most` bytes of it. Raises OutsideTrouble for a packing we do not know."""
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise OutsideTrouble(messages.SITE_NOT_REACHED)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, most)
    except zlib.error as error:
        raise OutsideTrouble(messages.SITE_NOT_REACHED) from error


def _size(response: httpx.Response) -> int | None:
    is_part = response.status_code == 206
    told = response.headers.get("content-range" if is_part else "content-length", "").rpartition("/")[2]
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else None
