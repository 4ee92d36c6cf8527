"""A JPEG file as its segments. Every function raises ValueError, LookupError or struct.error for a damaged file."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from components.recipe_exif import text_in, with_comment

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_EXIF, _COLOURS = b"Exif\0\0", b"ICC_PROFILE\0"
_MOST_BYTES = 0xFFFF - 2
"""Of one segment."""


def with_text(data: bytes, text: str) -> bytes:
    """Return the file with a text as its EXIF comment. Raises ValueError too when there is no room for it."""
    segments = [*_segments(data)]
    found = next((body for marker, body, _ in segments if _is_exif(marker, body)), b"")
    exif = with_comment(found, text)
    if len(exif) > _MOST_BYTES:
        raise ValueError
    rest = [whole for marker, body, whole in segments if not _is_exif(marker, body)]
    place = 2 if segments[1][0] == _APP0 else 1
    segment = struct.pack(">BBH", 0xFF, _APP1, len(exif) + 2) + exif
    return b"".join((*rest[:place], segment, *rest[place:]))


def clean(data: bytes) -> bytes:
    """Return the file without metadata."""
    return b"".join(whole for marker, body, whole in _segments(data) if _is_picture(marker, body))


def text_of(data: bytes) -> str:
    """Return the recipe in its EXIF data; empty where there is none."""
    found = [body for marker, body, _ in _segments(data) if _is_exif(marker, body)]
    return text_in(found[0]) if found else ""


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Go through marker, content and the whole of each segment, scans with their image data, up to the end."""
    yield _START, b"", data[:2]
    place, marker = 2, _START
    while marker != _END:
        sign, marker = data[place], data[place + 1]
        if sign != 0xFF:
            raise ValueError
        end = place + 2
        if marker != _END:
            end += struct.unpack_from(">H", data, end)[0]
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        yield marker, data[place + 4 : end], data[place:end]
        place = end


def _end_of_scan(data: bytes, place: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        place = data.index(b"\xff", place)
        if data[place + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
            return place
        place += 1 if data[place + 1] == 0xFF else 2


def _is_exif(marker: int, body: bytes) -> bool:
    return marker == _APP1 and body.startswith(_EXIF)


def _is_picture(marker: int, body: bytes) -> bool:
    """Tell what the picture would look otherwise without: its colours stand in APP2 and APP14."""
    if _APP0 <= marker <= _APP15:
        return marker in (_APP0, _APP14) or (marker == _APP2 and body.startswith(_COLOURS))
    return marker != _COMMENT
