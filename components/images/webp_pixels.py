"""WebP pixels: a still WebP file decoded into one buffer, by the libwebp that Pillow has loaded.

Pillow itself reads every file as an animation: two canvases and a copy beside the image, 610 MB at 40 megapixels.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

from PIL import Image

from components.images.structure import TooSlow

ANIMATED_PIXELS = 12_000_000
"""Pixels of an animation, at most: Pillow's decoder takes 15 bytes for each."""
_CHANNELS = 4
_IS_EXTENDED, _FLAGS, _ANIMATED = b"VP8X", 20, 0x02
"""Kind of the first chunk of a file with flags, the place of these, and the one of animations."""


def webp_pixels(image: Image.Image, data: bytes) -> Image.Image | None:
    """Return the pixels of an opened WebP file as RGBA, or RGBX where it has no transparency, with its metadata.

    None for an animation, and where libwebp cannot be called: Pillow decodes those. Raises TooSlow for a large
    animation, and OSError for a damaged file.
    """
    if _is_animation(data):
        if image.width * image.height > ANIMATED_PIXELS:
            raise TooSlow
        return None
    decode = _decoder()
    if decode is None:
        return None
    stride = image.width * _CHANNELS
    pixels = bytearray(image.height * stride)
    target = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    if not decode(data, len(data), target, len(pixels), stride):
        raise OSError("damaged WebP file")
    mode = "RGBA" if image.mode == "RGBA" else "RGBX"
    # Pillow takes any buffer; its types name `bytes` alone.
    decoded = Image.frombuffer(mode, image.size, pixels, "raw", mode, 0, 1)  # pyright: ignore[reportArgumentType]
    decoded.info |= image.info
    return decoded


def _is_animation(data: bytes) -> bool:
    return data[12:16] == _IS_EXTENDED and bool(data[_FLAGS] & _ANIMATED)


@cache
def _decoder() -> Callable[..., int | None] | None:
    """Return libwebp's function; None where Pillow was linked with it statically, as on Windows."""
    module = find_spec("PIL._webp")
    try:
        # A library's names include those of the libraries that it was linked with.
        function = ctypes.CDLL(module.origin if module else None).WebPDecodeRGBAInto
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    function.restype = ctypes.c_void_p
    return function
