"""Bodies of responses: read within limits that count what they unpack to, while it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import BinaryIO

import httpx

from components import messages
from components.errors import ImageUnavailable

RESPONSE_LIMIT = 64 * 1024 * 1024
"""Bytes of a JSON response about tasks: four inline images of 10 MB, and a third more for base64."""
PLAIN_LIMIT = 16 * 1024 * 1024
"""Bytes of any other JSON response; a list of a thousand models has about three million."""
IMAGE_LIMIT = 40 * 1024 * 1024
"""Bytes of a downloaded image."""
GZIP_OR_NONE: Mapping[str, str] = {"Accept-Encoding": "gzip"}
"""Header of API calls."""
NO_COMPRESSION: Mapping[str, str] = {"Accept-Encoding": "identity"}
"""Header of image downloads: images are compressed already."""

# httpx unpacks a whole chunk of up to 64 kB before it can be counted: of gzip that is 64 MB at most, while 2 kB of
# brotli, or of gzip in gzip, are gigabytes.
_BOUNDED = ("", "identity", "gzip")


async def read_body(response: httpx.Response, limit: int = RESPONSE_LIMIT) -> bytes:
    """Return the body of an API's response. Raises httpx.HTTPError, also for one of more than `limit` bytes."""
    _require_bounded(response)
    content = bytearray()
    # Counted here: Content-Length may be missing, and counts compressed bytes.
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > limit:
            # A kind of httpx.HTTPError: to callers the answer is lost, so after a submit a task may exist.
            raise httpx.DecodingError("response too long", request=response.request)
    return bytes(content)


async def save_image(response: httpx.Response, target: BinaryIO) -> None:
    """Write the body to `target`. Raises ImageUnavailable, httpx.HTTPError or OSError."""
    _require_bounded(response)
    size = 0
    async for chunk in response.aiter_bytes(256 * 1024):
        size += len(chunk)
        if size > IMAGE_LIMIT:
            raise ImageUnavailable(messages.TOO_MANY_BYTES)
        # A slow disk would block the event loop, and with it every visitor.
        await asyncio.to_thread(target.write, chunk)


def _require_bounded(response: httpx.Response) -> None:
    if response.headers.get("content-encoding", "").strip().lower() not in _BOUNDED:
        raise httpx.DecodingError("encoding not asked for", request=response.request)
