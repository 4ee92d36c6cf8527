"""Request bodies within limits, and the server's address in a request."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from components.messages.message import Message
from components.server.errors import malformed, missing, too_large
from components.server.tasks.uploads import MEGABYTE, PICTURE_LIMIT
from components.server.tasks.validate import Body, whole


def base_of(request: Request) -> str:
    """Return the server's address as the client reached it, from the Host header, without a final slash."""
    return str(request.base_url).rstrip("/")


JSON_LIMIT = 30 * MEGABYTE
"""Bytes; enough for the largest image as a data URI."""
FORM_OVERHEAD = 64 * 1024
"""Bytes of boundaries, headers and small fields around a file."""


async def read_body(request: Request, limit: int, what: str) -> bytes:
    """Return the whole body. Raise Refused above `limit` bytes; `what` is named then.

    As much again is read and discarded: a response before the body is read is lost in a connection reset.
    """
    body, seen = bytearray(), 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= limit:
            body += chunk
        elif seen > 2 * limit:
            break
    if seen > limit:
        raise too_large(what, limit)
    return bytes(body)


async def read_form_file(request: Request, name: str) -> bytes:
    """Return the file of a multipart form. Raise Refused above PICTURE_LIMIT bytes."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise malformed(Message("server_not_a_form"))
    raw = await read_body(request, PICTURE_LIMIT + FORM_OVERHEAD, "file")
    parser = MultiPartParser(request.headers, _once(raw), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise malformed(Message("server_form_unreadable")) from error
    try:
        file = form.get(name)
        if not isinstance(file, UploadFile):
            raise missing(name)
        return _fitting(await file.read())
    finally:
        await form.close()


def _fitting(data: bytes) -> bytes:
    if len(data) > PICTURE_LIMIT:
        raise too_large("file", PICTURE_LIMIT)
    return data


async def _once(raw: bytes) -> AsyncGenerator[bytes, None]:
    yield raw


def page_number(body: Body, name: str, most: int, default: int | None = None) -> int:
    """Return the number or size of a page, from 1 to `most`; without a default it is required. Raise Refused."""
    value = body.get(name, default)
    if value is None:
        raise missing(name)
    return whole(name, value, (1, most))
