"""Conversion: an image of a format that the page does not show, as a PNG file, and the name of its format."""

from __future__ import annotations

import io
import struct

from PIL import Image, features

from components.images.decoding import open_image, upright, with_eight_bits
from components.images.inspect import PIXEL_LIMIT
from components.images.structure import TooSlow

# Pillow may have been built without the decoders of some.
_FORMATS = tuple(
    name
    for name, feature in (("GIF", ""), ("BMP", ""), ("TIFF", ""), ("AVIF", "avif"), ("JPEG2000", "jpg_2000"))
    if not feature or features.check(feature)
)
_WITHOUT_RANGE = ("F", "I")
"""Modes of Pillow whose black and white nobody knows: they are not guessed."""
_BIG_TIFF = (b"II+\0", b"MM\0+")
"""TIFF with offsets of 64 bits, whose tags are not counted before Pillow copies them."""
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, TooSlow)

_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
}
"""Formats by the brands of an ISO base media file; `mif1` and `msf1` are also those of AVIF."""
_STARTS = {
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    **dict.fromkeys((b"II*\0", b"MM\0*", *_BIG_TIFF), "TIFF"),
    **dict.fromkeys((b"GIF87a", b"GIF89a"), "GIF"),
}
SUFFIXES = {"JPEG XL": "jxl", "JPEG 2000": "jp2", "TIFF": "tif", "GIF": "gif", "AVIF": "avif", "HEIC": "heic"}
"""Suffixes of file names by the names of formats."""


def format_of(content: bytes) -> str | None:
    """Return the name of a picture format that other programs open, by its first bytes; None for anything else."""
    if content[4:8] == b"ftyp":
        # Of those with a common brand the compatible ones tell.
        is_avif = b"avif" in content[8:64]
        return "AVIF" if is_avif else _BRANDS.get(content[8:12])
    return next((name for start, name in _STARTS.items() if content.startswith(start)), None)


def converted(content: bytes) -> bytes | None:
    """Return the first image of a GIF, BMP, TIFF, AVIF or JPEG 2000 file as a PNG file.

    None for any other file, and one that cannot be read.
    """
    if content.startswith(_BIG_TIFF):
        return None
    try:
        with open_image(content, _FORMATS) as image:
            if image.width * image.height > PIXEL_LIMIT or image.mode in _WITHOUT_RANGE:
                return None
            # Before it is turned: of a TIFF that is done by Pillow, while it is loaded.
            image.load()
            return _png(with_eight_bits(upright(image)))
    except (*_BROKEN, Image.DecompressionBombError):
        return None


def _png(image: Image.Image) -> bytes:
    # A profile of CMYK or gray says nothing of the colors that were made from it.
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    file = io.BytesIO()
    colored = image.convert("RGBA" if image.has_transparency_data else "RGB")
    colored.save(file, "PNG", icc_profile=profile)
    return file.getvalue()
