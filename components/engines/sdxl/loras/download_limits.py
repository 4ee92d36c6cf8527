"""Size and time limits of LoRA downloads and of the check before them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from components.engines.sdxl import messages
from components.engines.sdxl.loras.header_check import Head, read_head
from components.errors import EngineError

CONNECT_SECONDS = 4.0
"""Seconds for the connection and for each read of a header."""
MAX_FILE_BYTES = 2 * 1024**3
"""Bytes of a LoRA that is fetched."""
HEAD_SECONDS = 8.0
"""Seconds for a file's whole header: a site may send it byte by byte."""
FILE_SECONDS = 30 * 60.0
"""Seconds for the whole of a file."""


def in_time(pieces: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    """Yield the pieces. Raise EngineError after `seconds`."""
    until = time.monotonic() + seconds
    for piece in pieces:
        if time.monotonic() > until:
            raise EngineError(messages.LORA_AWAY)
        yield piece


def content_length(headers: Mapping[str, str]) -> int | None:
    """Return a file's size in bytes by the response's headers; None: not in them."""
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def check_size(size: int | None, largest: int) -> None:
    """Raise EngineError for a file that is too large to be fetched."""
    if size is not None and size > largest:
        raise EngineError(messages.LORA_TOO_LARGE)


def head_in(headers: Mapping[str, str], pieces: Iterable[bytes], largest: int) -> Head:
    """Return the head of the file in a response, reading no more of it. Raise EngineError."""
    check_size(size := content_length(headers), largest)
    return read_head(in_time(pieces, HEAD_SECONDS), size)
