"""JPEG metadata: a recipe in EXIF data or comments. Raises ValueError, LookupError or struct.error if damaged."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress

from components.images.metadata.exif import BROKEN, exif_texts, orientation_of, with_comment, without_comment
from components.images.metadata.xmp import xmp_texts
from components.images.structure import MAX_PARTS, next_marker

# Markers, each after 0xFF: SOI, EOI, SOS and COM; application segments APP0 (JFIF) to APP15, of which APP1 has EXIF
# data, APP2 ICC profiles, and APP14 Adobe's colour transform.
_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_EXIF, _ICC, _XMP = b"Exif\0\0", b"ICC_PROFILE\0", b"http://ns.adobe.com/xap/1.0/\0"
_ORDERS = (b"II*\0", b"MM\0*")
"""First bytes of EXIF data, which name its order of bytes."""
_Segment = tuple[int, bytes, bytes]
"""Marker, content, and the whole segment."""
_MAX_SEGMENT_BYTES = 0xFFFF - 2
"""Bytes of one segment's content: its length field has 16 bits and counts itself."""
_PART_PREFIX = b"parameters\0"
"""Start of each comment segment of a recipe that does not fit into one EXIF segment."""


def write_text(data: bytes, text: str) -> bytes:
    """Return the file with `text` as its EXIF comment, or in comment segments of its own if that is too long."""
    segments = [*_segments(data)]
    old_exif = _exif_in(segments)
    exif, parts = with_comment(old_exif, text), []
    if len(exif) > _MAX_SEGMENT_BYTES:
        exif, parts = without_comment(old_exif), _parts(text.encode())
    added = [*_exif_segments(exif), *(_segment(_COMMENT, part) for part in parts)]
    others = [segment for segment in segments if not _is_exif(*segment[:2]) and not _is_part(*segment[:2])]
    return _joined(others, added)


def strip(data: bytes) -> bytes:
    """Return the file without metadata, except for colour profile and orientation."""
    segments = [*_segments(data)]
    orientation = orientation_of(_exif_in(segments))
    essential = [segment for segment in segments if _is_essential(*segment[:2])]
    return _joined(essential, [_segment(_APP1, orientation)] if orientation else [])


def read_texts(data: bytes) -> list[str]:
    """Return the texts in comment segments, in EXIF data and in XMP data."""
    segments = [*_segments(data)]
    parts = [body.removeprefix(_PART_PREFIX) for marker, body, _ in segments if _is_part(marker, body)]
    texts = [b"".join(parts).decode("utf-8", "replace")] if parts else []
    for exif in _exif_blocks(segments):
        with suppress(*BROKEN):
            texts += exif_texts(exif)
    for marker, body, _ in segments:
        if marker == _APP1 and body.startswith(_XMP):
            texts += xmp_texts(body[len(_XMP) :])
        elif marker == _COMMENT and (body[:1] == b"{" or b"Steps:" in body):
            texts.append(body.decode("utf-8", "replace"))
    return texts


def _joined(segments: list[_Segment], added: list[bytes]) -> bytes:
    """Return a file with segments added where EXIF data belongs: right behind SOI, or behind the JFIF segment."""
    raw = [whole for *_, whole in segments]
    at = 2 if segments[1][0] == _APP0 else 1
    return b"".join((*raw[:at], *added, *raw[at:]))


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _parts(text: bytes) -> list[bytes]:
    size = _MAX_SEGMENT_BYTES - len(_PART_PREFIX)
    return [_PART_PREFIX + text[start : start + size] for start in range(0, len(text), size)]


def _exif_in(segments: list[_Segment]) -> bytes:
    return next(iter(_exif_blocks(segments)), b"")


def _exif_blocks(segments: list[_Segment]) -> list[bytes]:
    """Return the blocks of EXIF data: one over several segments, of which only the first has a byte order, is one."""
    blocks: list[list[bytes]] = []
    for body in (body for marker, body, _ in segments if _is_exif(marker, body)):
        if blocks and not body.startswith(_ORDERS, len(_EXIF)):
            blocks[-1].append(body[len(_EXIF) :])
        else:
            blocks.append([body])
    return [b"".join(parts) for parts in blocks]


def _exif_segments(exif: bytes) -> list[bytes]:
    size, body = _MAX_SEGMENT_BYTES - len(_EXIF), exif.removeprefix(_EXIF)
    return [_segment(_APP1, _EXIF + body[start : start + size]) for start in range(0, len(body), size)]


def _segments(data: bytes) -> Iterator[_Segment]:
    """Yield marker, content and the whole of each segment up to EOI; a scan's segment includes its image data.

    Bytes behind EOI are dropped: other programs append data there.
    """
    yield _START, b"", data[:2]
    start, marker = 2, _START
    for _ in range(MAX_PARTS):
        prefix, marker = data[start], data[start + 1]
        if prefix != 0xFF:
            raise ValueError
        end = start + 2
        if marker != _END:
            end += struct.unpack_from(">H", data, end)[0]
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        yield marker, data[start + 4 : end], data[start:end]
        if marker == _END:
            return
        start = end
    raise ValueError


def _end_of_scan(data: bytes, at: int) -> int:
    """Return the position of the next marker in image data, behind the bytes that may fill up the space before it."""
    found = next_marker(data, at)
    if found is None:
        raise ValueError
    return found


def _is_exif(marker: int, body: bytes) -> bool:
    return marker == _APP1 and body.startswith(_EXIF)


def _is_part(marker: int, body: bytes) -> bool:
    return marker == _COMMENT and body.startswith(_PART_PREFIX)


def _is_essential(marker: int, body: bytes) -> bool:
    """Return whether the image would look different without a segment: APP2 and APP14 define its colours."""
    if _APP0 <= marker <= _APP15:
        return marker in (_APP0, _APP14) or (marker == _APP2 and body.startswith(_ICC))
    return marker != _COMMENT
