"""Upload body: what has arrived of an upload waits in a temporary file, not in memory."""

from __future__ import annotations

import asyncio
import tempfile
from typing import BinaryIO, cast

from starlette.requests import Request

_IN_MEMORY = 256 * 1024
"""Bytes of a body that stay in memory: those of masks and of questions."""


async def read_upload(request: Request) -> bytes:
    """Return the body of a request when all of it is here. Its size is bounded by the RateLimit middleware."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
        file = cast("BinaryIO", spooled)
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > _IN_MEMORY:
                # A slow disk would block the event loop, and with it every visitor.
                await asyncio.to_thread(file.write, chunk)
            else:
                file.write(chunk)
        file.seek(0)
        return await asyncio.to_thread(file.read) if size > _IN_MEMORY else file.read()
