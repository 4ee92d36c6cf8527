"""End of a JPEG: a file that lacks it, as cameras and messengers write them, gets one if its image is whole."""

from __future__ import annotations

import struct

from PIL import Image, ImageChops

from components.images.decoding import open_image
from components.images.structure import MAX_PARTS, check_structure, next_marker

_START, _END = b"\xff\xd8", b"\xff\xd9"
_WITHOUT_LENGTH = (0x01, 0xD8)
_FILLING = b"\x55" * 4096
"""Bytes of an image that never was: where something is missing, they change what is seen."""
_ROWS = 4
"""Rows of an eighth of the size that may be missing: those of one block, or of two."""


def with_end(data: bytes) -> bytes:
    """Return a JPEG that lacks its last bytes with an end; any other file, and half an image, as it is.

    Raises what Pillow raises for a damaged file, and TooSlow.
    """
    if not data.startswith(_START):
        return data
    check_structure(data)
    if not _lacks_end(data):
        return data
    # Half of its end would make a marker with what follows.
    trimmed = data.removesuffix(_END[:1])
    return trimmed + _END if _is_whole(trimmed) else data


def _lacks_end(data: bytes) -> bool:
    at = len(_START)
    for _ in range(MAX_PARTS):
        found = next_marker(data, at)
        if found is None:
            return True
        marker, at = data[found + 1], found + 2
        if marker == _END[1]:
            return False
        if marker not in _WITHOUT_LENGTH:
            try:
                at += struct.unpack_from(">H", data, at)[0]
            except struct.error:
                return True
    return False


def _is_whole(data: bytes) -> bool:
    """Return whether bytes behind the last one change nothing, or no more than the last rows."""
    ended, filled = _eighth(data + _END), _eighth(data + _FILLING + _END)
    box = ImageChops.difference(ended, filled).getbbox()
    return box is None or ended.height - box[1] <= _ROWS


def _eighth(data: bytes) -> Image.Image:
    with open_image(data, ("JPEG",)) as image:
        image.draft("L", (1, 1))
        return image.convert("L")
