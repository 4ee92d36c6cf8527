"""Image decoding and encoding: format by content, size checked before decoding, EXIF rotation applied."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Literal

from PIL import Image, UnidentifiedImageError

from components.images.decoding import open_image, upright
from components.images.structure import TooSlow
from components.messages.message import Message
from components.server.errors import Refused, out_of_range

MAX_PIXELS = 40_000_000
MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # Pillow's name for a phone's JPEG with a second image in it
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
}
INPUTS = ("PNG", "JPEG", "WEBP")
"""Formats of input images; uploads may be any of MEDIA_TYPES."""

UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""Errors that Pillow's readers raise for broken files."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Mode = Literal["RGB", "L"]


def media_type_of(data: bytes) -> str | None:
    """Return the media type by content; None: no known image format."""
    try:
        with open_image(data, tuple(name for name in MEDIA_TYPES if name != "MPO")) as picture:
            return MEDIA_TYPES.get(picture.format or "")
    except (*UNREADABLE, *BOMBS, TooSlow):
        return None


def decode(field: str, data: bytes, mode: Mode) -> Image.Image:
    """Return an image, upright, in `mode`. Raise Refused naming `field` for a broken or oversized one."""
    try:
        with open_image(data, INPUTS) as picture:
            _check_pixels(field, picture)
            picture.load()
            return upright(picture).convert(mode)
    except BOMBS as error:
        raise _too_many(field) from error
    except TooSlow as error:
        raise out_of_range(Message("server_picture_too_slow", {"field": field})) from error
    except UNREADABLE as error:
        raise out_of_range(Message("server_not_an_image", {"field": field})) from error


def encode_png(picture: Image.Image) -> bytes:
    """Return a PNG, fast rather than small: it is sent over loopback."""
    buffer = BytesIO()
    picture.convert("RGB").save(buffer, "PNG", compress_level=2)
    return buffer.getvalue()


def _check_pixels(field: str, picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many(field)


def _too_many(field: str) -> Refused:
    return out_of_range(Message("server_too_many_pixels", {"field": field, "megapixels": MAX_PIXELS // 1_000_000}))
