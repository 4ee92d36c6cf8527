"""EXIF tags: how many bytes they name, and whether all of them are there, read before Pillow copies any of them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PREFIX = b"Exif\0\0"
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_TYPE_BYTES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
"""Bytes of one value by the type of a tag (TIFF 6.0); other types are skipped by every reader."""
_DIRECTORIES = (0x8769, 0x8825, 0xA005)
"""Tags that point to further tags: Exif, GPS, interoperability."""
_SPARE_BYTES = 65_536


def is_whole(exif: bytes) -> bool:
    """Return whether EXIF data has all bytes that its tags name; its reader drops the tags of a damaged one."""
    body = exif.removeprefix(_PREFIX)
    try:
        return all(start + size <= len(body) for start, size in _values(body))
    except (KeyError, struct.error):
        return False


def is_bounded(exif: bytes) -> bool:
    """Return whether the values of all tags fit into about twice the bytes of the EXIF data.

    Several tags may name the same bytes, and Pillow copies them for each: 1 MB became 2 GB (measured).
    """
    body, total = exif.removeprefix(_PREFIX), 0
    try:
        for _, size in _values(body):
            total += min(size, len(body))
            if total > 2 * len(body) + _SPARE_BYTES:
                return False
    except (KeyError, struct.error):
        pass  # damaged: its reader stops here too
    return True


def _values(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and size in bytes of each value that is stored apart from its tag."""
    order = _ORDERS[body[:4]]
    starts, seen = list(struct.unpack_from(f"{order}I", body, 4)), set[int]()
    while starts:
        start = starts.pop()
        if start in seen:
            continue
        seen.add(start)
        (count,) = struct.unpack_from(f"{order}H", body, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, type_, number, value = struct.unpack_from(f"{order}HHII", body, at)
            size = number * (_TYPE_BYTES[type_] if type_ < len(_TYPE_BYTES) else 0)
            if tag in _DIRECTORIES:
                starts.append(value)
            elif size > 4:  # shorter ones stand in the tag itself
                yield value, size
