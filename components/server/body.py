"""Reads request bodies, counted as they stream: what a Content-Length says is never trusted."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import NoReturn

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from components.server.checks import Body, only_object
from components.server.refusals import malformed, missing, too_large

MEGABYTE = 1024 * 1024
JSON_LIMIT = 30 * MEGABYTE
"""Room for a picture of the greatest size as a data URI."""
PICTURE_LIMIT = 20 * MEGABYTE
FORM_OVERHEAD = 64 * 1024
"""Boundaries, headers and small fields around a file."""


async def read_body(request: Request, limit: int, what: str) -> bytes:
    """The whole body. Raise Refused above `limit` bytes.

    As much again is read and thrown away first: an answer sent over an unread body is lost to a reset.
    """
    kept, seen = bytearray(), 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= limit:
            kept += chunk
        elif seen > 2 * limit:
            break
    if seen > limit:
        raise too_large(what, limit)
    return bytes(kept)


def parse_object(raw: bytes) -> Body:
    """A JSON object. Raise Refused for anything else, NaN and Infinity included."""
    try:
        value: object = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise malformed("The body is not valid JSON") from error
    return only_object(value, "The body")


async def read_form_file(request: Request, name: str) -> bytes:
    """The file of a multipart form, at most PICTURE_LIMIT bytes."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise malformed("The body must be multipart/form-data")
    raw = await read_body(request, PICTURE_LIMIT + FORM_OVERHEAD, "The upload")
    parser = MultiPartParser(request.headers, _once(raw), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise malformed("The form cannot be read") from error
    try:
        file = form.get(name)
        if not isinstance(file, UploadFile):
            raise missing(name)
        return _fitting(await file.read())
    finally:
        await form.close()


def _fitting(data: bytes) -> bytes:
    if len(data) > PICTURE_LIMIT:
        raise too_large("The upload", PICTURE_LIMIT)
    return data


async def _once(raw: bytes) -> AsyncGenerator[bytes, None]:
    yield raw


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
