"""Structure of an image file: a file of more parts than any program writes is refused before it is decoded."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from components.images.exif_tags import is_bounded

MAX_SCANS = 100
"""Scans of a JPEG, however small it is; programs write about ten, and 15 are let in at any size."""
SCANNED_PIXELS = 600_000_000
"""Pixels times scans of a JPEG. A scan costs 45 ms at 40 megapixels, and no more than 6 bytes (measured)."""
MAX_PARTS = 20_000
"""Chunks or segments of a file; 40 MB in chunks of 8 kB are 5,000."""

_MAX_BETWEEN = 65_536
"""Bytes between two segments of a JPEG; programs write none. Pillow reads each by itself: 18 MB took 20 seconds."""
_EXIF = b"Exif\0\0"
_END, _SCAN, _APP1 = 0xD9, 0xDA, 0xE1
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""Markers of the segments that have the size in pixels."""
_USUAL_SCANS = 15
_WITHOUT_LENGTH = (0x01, 0xD8)
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""Marker of a JPEG: neither a stuffed byte, nor one that fills up, nor a restart marker."""
_SEARCHED_BYTES = 256 * 1024
"""Bytes that are searched at once: meanwhile no other thread runs."""


class TooSlow(Exception):
    """A file takes too long to read: it has too many parts, or its deadline has passed."""


def check_structure(data: bytes) -> None:
    """Raise TooSlow for a PNG, JPEG, WebP or TIFF file of too many parts; damage is left to the decoder."""
    check = next((check for start, check in _CHECKS.items() if data.startswith(start)), None)
    try:
        if check:
            check(data)
    except (struct.error, IndexError):
        pass


def _check_jpeg(data: bytes) -> None:
    exif, scans, most = b"", 0, MAX_SCANS
    for number, (marker, start, end) in enumerate(_jpeg_segments(data)):
        if marker in _FRAMES:
            most = min(most, _most_scans(*struct.unpack_from(">HH", data, start + 1)))
        scans += marker == _SCAN
        if scans > most or number > MAX_PARTS:
            raise TooSlow
        # Counted in the whole file, which is an upper bound: few files need a walk beyond the first scan.
        if marker == _SCAN and scans == 1 and data.count(bytes((0xFF, _SCAN))) <= most:
            break
        # Pillow joins the EXIF data of several segments.
        if marker == _APP1 and data.startswith(_EXIF, start):
            exif += data[start + len(_EXIF) : end]
    _check_exif(exif)


def _most_scans(height: int, width: int) -> int:
    return max(_USUAL_SCANS, SCANNED_PIXELS // max(1, width * height))


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of the content of each segment up to the end of the image."""
    at, marker = 2, 0
    while True:
        found = next_marker(data, at)
        if marker != _SCAN and (len(data) if found is None else found) - at > _MAX_BETWEEN:
            raise TooSlow
        if found is None or (marker := data[found + 1]) == _END:
            return
        at = found + 2
        length = 0 if marker in _WITHOUT_LENGTH else struct.unpack_from(">H", data, at)[0]
        yield marker, at + 2, at + length
        at += length


def next_marker(data: bytes, at: int) -> int | None:
    """Return the position of the next marker of a JPEG; None without one."""
    for start in range(at, len(data), _SEARCHED_BYTES):
        # One byte more, since a marker has two.
        if found := _MARKER.search(data, start, start + _SEARCHED_BYTES + 1):
            return found.start()
    return None


def _check_png(data: bytes) -> None:
    def chunk(at: int) -> tuple[bytes, int, int]:
        length, name = struct.unpack_from(">I4s", data, at)
        return name, length, at + 12 + length

    _check_chunks(data, 8, chunk, b"eXIf")


def _check_webp(data: bytes) -> None:
    def chunk(at: int) -> tuple[bytes, int, int]:
        name, length = struct.unpack_from("<4sI", data, at)
        return name, length, at + 8 + length + length % 2

    _check_chunks(data, 12, chunk, b"EXIF")


def _check_chunks(data: bytes, at: int, chunk: Callable[[int], tuple[bytes, int, int]], exif_name: bytes) -> None:
    """Check the chunks from a position on; `chunk` returns name, length and the position of the next."""
    for _ in range(MAX_PARTS):
        name, length, following = chunk(at)
        if name == exif_name:
            _check_exif(data[at + 8 : at + 8 + length])
        at = following
        if at >= len(data) or name == b"IEND":
            return
    raise TooSlow


def _check_exif(exif: bytes) -> None:
    if not is_bounded(exif):
        raise TooSlow


_CHECKS: dict[bytes, Callable[[bytes], None]] = {
    b"\x89PNG\r\n\x1a\n": _check_png,
    b"\xff\xd8": _check_jpeg,
    b"RIFF": _check_webp,
    **dict.fromkeys((b"II*\0", b"MM\0*"), _check_exif),  # TIFF: its tags are those of EXIF data
}
