"""What others answer who are asked about a LoRA before it may wait in line: in time, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from components.engines.sdxl import sentences
from components.errors import EngineError

PATIENCE = 4.0
"""Seconds for one word of theirs."""
LARGEST_FILE = 2 * 1024**3
"""Bytes of a LoRA that is fetched."""
WHOLE_PATIENCE = 8.0
"""Seconds for all that a file's header takes: they may send it drop by drop."""


def in_time(pieces: Iterable[bytes], seconds: float = WHOLE_PATIENCE) -> Iterator[bytes]:
    """Pass pieces on as long as there is time. Raise EngineError after that."""
    until = time.monotonic() + seconds
    for piece in pieces:
        if time.monotonic() > until:
            raise EngineError(sentences.LORA_AWAY)
        yield piece


def told_size(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes a file has by an answer's headers; None: they do not tell."""
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


def check_size(size: int | None, largest: int) -> None:
    """Raise EngineError for a file that is too large to be fetched."""
    if size is not None and size > largest:
        raise EngineError(sentences.LORA_TOO_LARGE)
