"""EXIF data: a recipe in the UserComment, where JPEG and WebP files have it, and the orientation. Parsed by Pillow.

A1111 writes its infotext there as UTF-16BE, so the same is done here.
"""

from __future__ import annotations

import struct
import zlib

from PIL import Image

from components.images.exif_tags import is_bounded, is_whole

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""Errors of parsers for truncated or forged files."""
# Tags of the EXIF specification: pointer to the Exif IFD, UserComment in it, Orientation, Model and Make.
_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_ORIENTATION = 0x0112
_COMFYUI_TAGS = (0x0110, 0x010F)
"""Tags in which ComfyUI writes its graph, as `prompt:{...}`."""
# A UserComment begins with eight bytes that name its character code; eight zeros mean undefined.
_UNICODE, _ASCII = b"UNICODE\0", b"ASCII\0\0\0"
_MAX_BYTES = 1024 * 1024
"""Bytes of EXIF data, which PNG and WebP files may have more of: one tag may be a list of millions of numbers."""
_ASCII_FROM = 30_000
"""Characters above which an ASCII text is written as ASCII: a JPEG segment has room for 64 kB of EXIF data."""


def with_comment(exif: bytes, text: str) -> bytes:
    """Return EXIF data with `text` as its UserComment; other tags stay. It begins with `Exif` and two zero bytes."""
    tags = _parse(exif)
    tags.get_ifd(_EXIF_IFD)[_USER_COMMENT] = _encoded(text)
    return tags.tobytes()


def without_comment(exif: bytes) -> bytes:
    """Return EXIF data without its UserComment; empty when no other tag is left."""
    tags = _parse(exif)
    ifd = tags.get_ifd(_EXIF_IFD)
    ifd.pop(_USER_COMMENT, None)
    if not ifd:
        tags.pop(_EXIF_IFD, None)
    return tags.tobytes() if len(tags) else b""


def orientation_of(exif: bytes) -> bytes:
    """Return EXIF data with the orientation alone; empty for an upright image, or damaged EXIF data."""
    try:
        orientation = _parse(exif).get(_ORIENTATION, 1)
    except BROKEN:
        return b""
    if orientation not in range(2, 9):  # 1 is upright, 2 to 8 are rotated or mirrored
        return b""
    tags = Image.Exif()
    tags[_ORIENTATION] = orientation
    return tags.tobytes()


def read_comment(exif: bytes) -> str:
    """Return the recipe in EXIF data: the UserComment, or ComfyUI's graph; empty without both."""
    tags = _parse(exif)
    comment = tags.get_ifd(_EXIF_IFD).get(_USER_COMMENT)
    if comment:
        return _decoded(comment if isinstance(comment, bytes) else str(comment).encode())
    texts = [str(tags.get(tag, "")) for tag in _COMFYUI_TAGS]
    return next((text.removeprefix("prompt:") for text in texts if text.startswith("prompt:")), "")


def _parse(exif: bytes) -> Image.Exif:
    # Pillow only warns of damaged EXIF data and drops it; saving that would lose the tags.
    if exif and not (len(exif) <= _MAX_BYTES and is_bounded(exif) and is_whole(exif)):
        raise ValueError
    tags = Image.Exif()
    tags.load(exif)
    tags.get_ifd(_EXIF_IFD)
    return tags


def _encoded(text: str) -> bytes:
    if len(text) > _ASCII_FROM and text.isascii():
        return _ASCII + text.encode()
    return _UNICODE + text.encode("utf-16-be")


def _decoded(comment: bytes) -> str:
    if not comment.startswith(_UNICODE):
        return comment.removeprefix(_ASCII).removeprefix(b"\0" * 8).decode("utf-8", "replace").strip("\0")
    # The specification leaves the byte order open. Recipes end in an ASCII character, whose zero byte tells the order;
    # a byte order mark precedes that.
    text = comment.removeprefix(_UNICODE)
    is_little = text.startswith(b"\xff\xfe") or (text[-1:] == b"\0" and text[-2:] != b"\0\0")
    return (
        text.decode("utf-16-le", "replace").removeprefix("\ufeff")
        if is_little
        else text.decode("utf-16-be", "replace")
    )
