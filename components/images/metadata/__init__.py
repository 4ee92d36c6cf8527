"""Image metadata: a recipe (settings as text) in PNG, JPEG and WebP files: write, read, strip.

Bytes to bytes; the compressed image data is never changed, and decoded only for a text in the pixels themselves.
"""

from __future__ import annotations

from typing import Protocol

from components.images.metadata import jpeg, png, webp
from components.images.metadata.exif import BROKEN

MAX_TEXT_LENGTH = 4 * 1024 * 1024
"""Characters of a text; of a longer one only its length is known."""


class _Format(Protocol):
    """Functions of a module for one file format; each raises one of BROKEN for a damaged file."""

    def write_text(self, data: bytes, text: str, /) -> bytes: ...
    def strip(self, data: bytes, /) -> bytes: ...
    def read_texts(self, data: bytes, /) -> list[str]: ...


_FORMATS: dict[bytes, _Format] = {b"\x89PNG\r\n\x1a\n": png, b"\xff\xd8": jpeg, b"RIFF": webp}


def write_text(data: bytes, text: str) -> bytes:
    """Return the file with `text` as its recipe; unchanged when it is damaged, or of another format."""
    format_ = _format_of(data)
    try:
        return format_.write_text(data, text) if format_ else data
    except BROKEN:
        return data


def strip(data: bytes) -> bytes:
    """Return the file without metadata, except for colour profile and orientation; unchanged when it is damaged."""
    format_ = _format_of(data)
    try:
        return format_.strip(data) if format_ else data
    except BROKEN:
        return data


def read_texts(data: bytes) -> tuple[str, ...]:
    """Return the texts in a file in which programs write settings, as they wrote them, the likeliest first.

    One above MAX_TEXT_LENGTH is a text too, cut off behind it.
    """
    format_ = _format_of(data)
    try:
        texts = format_.read_texts(data) if format_ else []
    except BROKEN:
        return ()
    return tuple(text[: MAX_TEXT_LENGTH + 1] for text in texts if text.strip("\0 \t\r\n"))


def read_text(data: bytes) -> str:
    """Return the likeliest text with settings in a file; empty without one, or above MAX_TEXT_LENGTH."""
    text = next(iter(read_texts(data)), "")
    return text if len(text) <= MAX_TEXT_LENGTH else ""


def _format_of(data: bytes) -> _Format | None:
    return next((format_ for start, format_ in _FORMATS.items() if data.startswith(start)), None)
