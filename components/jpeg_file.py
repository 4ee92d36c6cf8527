"""A JPEG file as its segments. Every function raises ValueError, LookupError or struct.error for a damaged file."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from components.recipe_exif import rotation_in, text_in, with_comment, without_comment

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_EXIF, _COLOURS = b"Exif\0\0", b"ICC_PROFILE\0"
_Segment = tuple[int, bytes, bytes]
"""Marker, content and the whole of it."""
_MOST_BYTES = 0xFFFF - 2
"""Of one segment."""
_PART = b"parameters\0"
"""Begins each comment segment of a recipe that has no room in one segment, where other programs look for it."""


def with_text(data: bytes, text: str) -> bytes:
    """Return the file with a text as its EXIF comment, or in comment segments of its own when it is too long."""
    segments = [*_segments(data)]
    found = _exif_in(segments)
    exif, parts = with_comment(found, text), []
    if len(exif) > _MOST_BYTES:
        exif, parts = without_comment(found), _parts(text.encode())
    made = [*([_segment(_APP1, exif)] if exif else []), *(_segment(_COMMENT, part) for part in parts)]
    rest = [one for one in segments if not _is_exif(*one[:2]) and not _is_part(*one[:2])]
    return _with_first(rest, made)


def clean(data: bytes) -> bytes:
    """Return the file without metadata but how it is turned."""
    segments = [*_segments(data)]
    turned = rotation_in(_exif_in(segments))
    picture = [one for one in segments if _is_picture(*one[:2])]
    return _with_first(picture, [_segment(_APP1, turned)] if turned else [])


def text_of(data: bytes) -> str:
    """Return the recipe in its own comment segments or its EXIF data; empty where there is none."""
    segments = [*_segments(data)]
    parts = [body.removeprefix(_PART) for marker, body, _ in segments if _is_part(marker, body)]
    if parts:
        return b"".join(parts).decode("utf-8", "replace")
    exif = _exif_in(segments)
    return text_in(exif) if exif else ""


def _with_first(segments: list[_Segment], made: list[bytes]) -> bytes:
    """Return a file with segments added where EXIF data belong."""
    wholes = [whole for *_, whole in segments]
    place = 2 if segments[1][0] == _APP0 else 1
    return b"".join((*wholes[:place], *made, *wholes[place:]))


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _parts(text: bytes) -> list[bytes]:
    size = _MOST_BYTES - len(_PART)
    return [_PART + text[place : place + size] for place in range(0, len(text), size)]


def _exif_in(segments: list[_Segment]) -> bytes:
    return next((body for marker, body, _ in segments if _is_exif(marker, body)), b"")


def _segments(data: bytes) -> Iterator[_Segment]:
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


def _is_part(marker: int, body: bytes) -> bool:
    return marker == _COMMENT and body.startswith(_PART)


def _is_picture(marker: int, body: bytes) -> bool:
    """Tell what the picture would look otherwise without: its colours stand in APP2 and APP14."""
    if _APP0 <= marker <= _APP15:
        return marker in (_APP0, _APP14) or (marker == _APP2 and body.startswith(_COLOURS))
    return marker != _COMMENT
