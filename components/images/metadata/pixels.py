"""Pixels as a text: settings in the lowest bits of the alpha channel or the colors, which outlive other metadata.

They stand column by column. After a signature of 15 characters come the number of bits, in 32 bits, and the text in
UTF-8, plain or packed by gzip.
"""

from __future__ import annotations

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
            channels = [image.getchannel("A")] if "A" in image.mode else []
            channels += [image.convert("RGB")] if "RGB" in image.mode else []
            return [text for one in channels for text in _texts_in(one.transpose(Image.Transpose.TRANSPOSE))]
    except (TooSlow, Image.DecompressionBombError, *BROKEN):
        return []


def _texts_in(columns: Image.Image) -> list[str]:
    """Return the text in an alpha channel, or in colors, whose rows and columns are exchanged."""
    values = columns.tobytes()
    head = _bytes_of(values[: 8 * _HEAD_BYTES])
    bits = int.from_bytes(head[_SIGNATURE_BYTES:], "big")
    is_packed = _SIGNATURES["RGB" if columns.mode == "RGB" else "A"].get(head[:_SIGNATURE_BYTES])
    if is_packed is None or not 0 < bits <= 8 * _MAX_BYTES:
        return []
    body = _bytes_of(values[8 * _HEAD_BYTES : 8 * _HEAD_BYTES + bits])
    if is_packed:
        body = zlib.decompressobj(_GZIP).decompress(body, _MAX_BYTES)
    return [body.decode("utf-8", "replace")]


def _bytes_of(values: bytes) -> bytes:
    """Return the lowest bits of some bytes, eight a byte."""
    digits = values[: len(values) // 8 * 8].translate(_BITS)
    return int(digits or b"0", 2).to_bytes(len(digits) // 8, "big")
