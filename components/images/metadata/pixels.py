"""Pixels as a text: settings in the lowest bits of the alpha channel or the colors, which outlive other metadata.

They stand column by column. After a signature of 15 characters come the number of bits, in 32 bits, and the text in
UTF-8, plain or packed by gzip.
"""

from __future__ import annotations

import math
import zlib

from PIL import Image

from components.images.decoding import open_image
from components.images.inspect import FORMATS, PIXEL_LIMIT
from components.images.metadata.exif import BROKEN
from components.images.structure import TooSlow

_SIGNATURES = {
    "A": {b"stealth_pnginfo": False, b"stealth_pngcomp": True},
    "RGB": {b"stealth_rgbinfo": False, b"stealth_rgbcomp": True},
}
"""Whether the text is packed, by signatures, and the channels in which they stand."""
_SIGNATURE_BYTES = 15
_HEAD_BYTES = _SIGNATURE_BYTES + 4
_MAX_BYTES = 4 * 1024 * 1024
"""Bytes of a text."""
_GZIP = 31
"""Window bits of zlib for data with gzip's head."""
_BITS = bytes(ord("0") + (value & 1) for value in range(256))


def pixel_texts(data: bytes) -> list[str]:
    """Return the text in the pixels of an image file; an empty list without one, or for a damaged file."""
    try:
        with open_image(data, FORMATS) as image:
            if image.mode not in ("RGB", "RGBA", "LA") or image.width * image.height > PIXEL_LIMIT:
                return []
            present = [channels for channels in _SIGNATURES if set(channels) <= set(image.getbands())]
            return [text for channels in present for text in _texts_in(image, channels)]
    except (TooSlow, Image.DecompressionBombError, *BROKEN):
        return []


def _texts_in(image: Image.Image, channels: str) -> list[str]:
    """Return the text in these channels of an image."""
    head = _bytes_of(_values(image, channels, 8 * _HEAD_BYTES))
    bits = int.from_bytes(head[_SIGNATURE_BYTES:], "big")
    is_packed = _SIGNATURES[channels].get(head[:_SIGNATURE_BYTES])
    if is_packed is None or not 0 < bits <= 8 * _MAX_BYTES:
        return []
    body = _bytes_of(_values(image, channels, 8 * _HEAD_BYTES + bits)[8 * _HEAD_BYTES :])
    if is_packed:
        body = zlib.decompressobj(_GZIP).decompress(body, _MAX_BYTES)
    return [body.decode("utf-8", "replace")]


def _values(image: Image.Image, channels: str, count: int) -> bytes:
    """Return the first values of these channels, column by column, from no more columns than they take."""
    columns = min(image.width, math.ceil(count / (image.height * len(channels))))
    strip = image.crop((0, 0, columns, image.height))
    strip = strip.getchannel("A") if channels == "A" else strip.convert("RGB")
    return strip.transpose(Image.Transpose.TRANSPOSE).tobytes()[:count]


def _bytes_of(values: bytes) -> bytes:
    """Return the lowest bits of some bytes, eight a byte."""
    digits = values[: len(values) // 8 * 8].translate(_BITS)
    return int(digits or b"0", 2).to_bytes(len(digits) // 8, "big")
