"""EXIF data: texts in the UserComment, where JPEG and WebP files have a recipe, and tags of cameras. By Pillow.

A1111 writes its infotext there as UTF-16BE, so the same is done here.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from typing import Any

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
_GRAPH_TAGS = (0x0110, 0x010F, 0x010E, 0x0131, 0x013B)
"""Model, Make, ImageDescription, Software and Artist, in which ComfyUI's savers write graphs: `prompt:{...}`."""
_GRAPH_NAMES = ("prompt", "workflow", "parameters")
_XP_COMMENT = 0x9C9C
"""Windows' comment, in UTF-16."""
# A UserComment begins with eight bytes that name its character code; eight zeros mean undefined.
_UNICODE, _ASCII = b"UNICODE\0", b"ASCII\0\0\0"
_CODES = (_UNICODE, _ASCII, b"JIS\0\0\0\0\0", b"\0" * 8, b"Unicode\0")
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""Byte order marks."""
_MAX_WORDS = 65_536
"""Characters of a description in which settings are looked for."""
_MAX_BYTES = 4 * 1024 * 1024 + 65_536
"""Bytes of EXIF data, which PNG and WebP files may have more of: one tag may be a list of millions of numbers."""
_ASCII_FROM = 30_000
"""Characters above which an ASCII text is written as ASCII: a JPEG segment has room for 64 kB of EXIF data."""


def with_comment(exif: bytes, text: str) -> bytes:
    """Return EXIF data with `text` as its UserComment; other tags stay. It begins with `Exif` and two zero bytes."""
    tags = _parse(exif)
    tags.pop(_USER_COMMENT, None)
    tags.get_ifd(_EXIF_IFD)[_USER_COMMENT] = _encoded(text)
    return tags.tobytes()


def without_comment(exif: bytes) -> bytes:
    """Return EXIF data without its UserComment; empty when no other tag is left."""
    tags = _parse(exif)
    ifd = tags.get_ifd(_EXIF_IFD)
    ifd.pop(_USER_COMMENT, None)
    tags.pop(_USER_COMMENT, None)
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


def exif_texts(exif: bytes) -> list[str]:
    """Return the texts in EXIF data that may be a recipe: the UserComment, then ComfyUI's graphs."""
    tags = _parse(exif)
    # Some programs write it among the first tags, where it does not belong.
    comment = tags.get_ifd(_EXIF_IFD).get(_USER_COMMENT) or tags.get(_USER_COMMENT)
    texts = [decode_comment(_bytes_of(comment))] if comment else []
    described = [_plain(_bytes_of(tags[tag])) for tag in _GRAPH_TAGS if tag in tags]
    named = [text.partition(":") for text in described]
    graphs = {name.strip().lower(): text for name, colon, text in named if colon and len(name) < 20}
    texts += [graphs[name] for name in _GRAPH_NAMES if name in graphs]
    texts += [text for text in described if text.lstrip().startswith("{") or "steps:" in text[:_MAX_WORDS].lower()]
    if tagged := tags.get(_XP_COMMENT):
        texts.append(_bytes_of(tagged).decode("utf-16-le", "replace").strip("\0"))
    return texts


def _bytes_of(value: Any) -> bytes:
    """Return a tag's value as the bytes in the file: Pillow decodes texts as Latin-1, and bytes as tuples."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("latin-1", "replace")
    is_list = isinstance(value, tuple) and all(isinstance(one, int) and 0 <= one < 256 for one in value)
    return bytes(value) if is_list else b""


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


def decode_comment(comment: bytes) -> str:
    """Return a UserComment as text, in each of the encodings that programs write, whatever its first bytes say."""
    body = comment[8:] if comment[:8] in _CODES else comment
    if body[:2] in _MARKS:
        return body[2:].decode(_MARKS[body[:2]], "replace").rstrip("\0")
    # UTF-8 has no zero bytes but at its end, and UTF-16 of a recipe has one beside each plain letter.
    if b"\0" not in body.rstrip(b"\0"):
        with suppress(UnicodeDecodeError):
            return _in_order(body.rstrip(b"\0").decode())
        if comment[:8] != _UNICODE:
            return _plain(body)
    # The specification leaves the byte order open; a recipe has more plain letters in the right one.
    big, little = (body.decode(code, "replace") for code in ("utf-16-be", "utf-16-le"))
    return (big if _plain_letters(big) >= _plain_letters(little) else little).rstrip("\0")


def _in_order(text: str) -> str:
    """Return a text whose UTF-16 was read in the wrong order by who wrote it, in the right one; others as they are."""
    exchanged = text.encode("utf-16-be", "surrogatepass").decode("utf-16-le", "replace")
    return exchanged if _plain_letters(exchanged) > len(text) / 2 else text


def _plain(body: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return body.strip(b"\0").decode()
    return body.strip(b"\0").decode("latin-1")


def _plain_letters(text: str) -> int:
    return len(text.encode("ascii", "ignore").replace(b"\0", b""))
