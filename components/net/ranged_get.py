"""Ranged GET: the first bytes of a public URL, limited in size and time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from components import messages
from components.errors import SiteUnavailable
from components.net.public_transport import PrivateAddressError
from components.net.public_url import is_public_https

MAX_REDIRECTS = 5
"""Redirects that are followed; each target is checked."""
TIMEOUT_SECONDS = 15.0
"""Seconds for all of it, redirects and slow drips included."""
_MEASURED_BYTES = 64
"""Bytes that `measure` is called with."""
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "sdxl-lora-playground"}


class PublicWeb(Protocol):
    """Connections to public addresses; no API key is ever sent there."""

    def stream(self, method: str, url: str, **options: Any) -> AbstractAsyncContextManager[httpx.Response]:
        """Open one exchange as `httpx.AsyncClient.stream` does."""
        ...


@dataclass(frozen=True, slots=True)
class PartialResponse:
    """First bytes of the resource at a URL."""

    status: int
    """HTTP status code."""
    content: bytes
    size: int | None
    """Bytes of the whole resource; None when the server did not say, or sent it compressed."""

    @property
    def is_page(self) -> bool:
        """Return whether it starts like an HTML page."""
        return self.content[:64].lstrip().lower().startswith((b"<!doctype", b"<html"))


Measure = Callable[[bytes], int]
"""From the first bytes, how many bytes are needed in all."""


async def fetch_prefix(web: PublicWeb, url: str, limit: int, measure: Measure | None = None) -> PartialResponse:
    """Return at most the first `limit` bytes of a public https URL, by a GET with a Range header.

    `measure` may lower the limit once it has seen the first bytes. Raises SiteUnavailable when the URL cannot be
    reached or leads to a private address, and what `measure` raises.
    """
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            for _ in range(MAX_REDIRECTS + 1):
                if not is_public_https(url):
                    raise SiteUnavailable(messages.LEADS_INSIDE)
                headers = {**_HEADERS, "Range": f"bytes=0-{limit - 1}"}
                async with web.stream("GET", url, headers=headers) as response:
                    if response.next_request is None:
                        return await _read_prefix(response, limit, measure)
                    url = str(response.next_request.url)
    except PrivateAddressError as error:
        raise SiteUnavailable(messages.LEADS_INSIDE) from error
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise SiteUnavailable(messages.SITE_NOT_REACHED) from error
    raise SiteUnavailable(messages.SITE_NOT_REACHED)


async def _read_prefix(response: httpx.Response, limit: int, measure: Measure | None) -> PartialResponse:
    encoding = response.headers.get("content-encoding", "identity").lower()
    is_uncompressed = encoding == "identity"
    needed, content = limit, bytearray()
    async for chunk in response.aiter_raw():  # a server may ignore Range and send the whole file
        content += chunk[: limit - len(content)]
        if measure and is_uncompressed and response.is_success and len(content) >= _MEASURED_BYTES:
            needed, measure = min(limit, measure(bytes(content[:_MEASURED_BYTES]))), None
        if len(content) >= needed:
            break
    prefix = bytes(content) if is_uncompressed else _decompressed(bytes(content), encoding, limit)
    return PartialResponse(response.status_code, prefix, _total_size(response) if is_uncompressed else None)


def _decompressed(content: bytes, encoding: str, limit: int) -> bytes:
    """Return at most `limit` bytes of content that was compressed despite `Accept-Encoding: identity`.

    Raises SiteUnavailable for an encoding that is not known, or damaged data.
    """
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise SiteUnavailable(messages.SITE_NOT_REACHED)
    try:
        # MAX_WBITS | 32 detects gzip and zlib headers; decompressobj, unlike decompress, accepts data that is cut off.
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, limit)
    except zlib.error as error:
        raise SiteUnavailable(messages.SITE_NOT_REACHED) from error


def _total_size(response: httpx.Response) -> int | None:
    is_part = response.status_code == 206  # Content-Range: bytes 0-99/1234, or /* for an unknown size
    length = response.headers.get("content-range" if is_part else "content-length", "").rpartition("/")[2]
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else None
