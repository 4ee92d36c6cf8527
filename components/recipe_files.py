"""A text in the metadata of a picture file: put in, taken out, read. Bytes to bytes, the image data as it was."""

from __future__ import annotations

from typing import Protocol

from components import jpeg_file, png_file, webp_file
from components.recipe_exif import BROKEN

LONGEST = 65_536
"""Characters of a text that is read."""


class _Kind(Protocol):
    def with_text(self, data: bytes, text: str, /) -> bytes: ...
    def clean(self, data: bytes, /) -> bytes: ...
    def text_of(self, data: bytes, /) -> str: ...


_KINDS: dict[bytes, _Kind] = {b"\x89PNG\r\n\x1a\n": png_file, b"\xff\xd8": jpeg_file, b"RIFF": webp_file}


def with_text(data: bytes, text: str) -> bytes:
    """Return the file with a text as its recipe; a damaged file, or one without room for it, as it is."""
    kind = _kind(data)
    try:
        return kind.with_text(data, text) if kind else data
    except BROKEN:
        return data


def clean(data: bytes) -> bytes:
    """Return the file without any metadata but how its colours are to be read; a damaged file as it is."""
    kind = _kind(data)
    try:
        return kind.clean(data) if kind else data
    except BROKEN:
        return data


def text_of(data: bytes) -> str:
    """Return the recipe in a file, as whatever program wrote it; empty where there is none, or far too much."""
    kind = _kind(data)
    try:
        text = kind.text_of(data) if kind else ""
    except BROKEN:
        return ""
    return text if len(text) <= LONGEST else ""


def _kind(data: bytes) -> _Kind | None:
    return next((kind for start, kind in _KINDS.items() if data.startswith(start)), None)
