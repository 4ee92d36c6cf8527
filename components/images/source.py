"""Source image: an uploaded image or mask, decoded safely, upright, in sRGB, without metadata. Pure but for Pillow."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from threading import Lock

from PIL import Image, ImageCms, UnidentifiedImageError, features

from components import messages
from components.errors import InvalidRequest
from components.images.decoding import open_image, upright, with_eight_bits
from components.images.display_p3 import DISPLAY_P3, has_numbers_of_p3
from components.images.inspect import FORMATS, PIXEL_LIMIT
from components.images.jpeg_end import with_end
from components.images.structure import TooSlow
from components.images.webp_pixels import webp_pixels
from components.messages.message import Message

BYTE_LIMIT = 40 * 1024 * 1024
"""Bytes of a file: upscaled PNG files have more than the 20 MB that the API takes, and are stored smaller."""
MIN_SIDE = 16
"""Pixels of the shorter side, at least."""
MAX_ASPECT = 10
"""Longer side divided by the shorter one, at most."""
_SOURCE_FORMATS = (*FORMATS, *(("AVIF",) if features.check("avif") else ()))
_SHORT_SIDE, _LONG_SIDE = 1536, 4096
"""Pixels of the stored image, at most: enough for any size that can be requested, and no more."""
_LARGE_PIXELS = 12_000_000
"""Pixels from which one image at a time is decoded: 40 million take up to 440 MB of memory as AVIF (measured)."""
_LARGE_TURN = Lock()
_STEPS = b"mpet"
"""Kind of color conversion with any number of steps: 80 kB of them took 23 seconds (measured). Few have it."""
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error)
"""Errors of Pillow's decoders for truncated or forged files; which one depends on the format."""


def normalize_upload(data: bytes) -> Image.Image:
    """Return an uploaded image as RGB in sRGB, upright, on white, without metadata, no larger than needed.

    Raises InvalidRequest at `image` for a file that is too large, too small, too narrow, damaged or no image.
    """
    with opened(data, "image") as image:
        _check_shape(image.width, image.height)
        if image.format == "JPEG":
            image.draft(
                None, _stored_size(image.width, image.height)
            )  # decodes at a half or a quarter, if that is enough
        pixels = decoded(image, data)
        if has_numbers_of_p3(data):
            pixels.info["icc_profile"] = DISPLAY_P3
        flat = _flatten(pixels, "white")
        if flat is not pixels:
            pixels.close()  # at 40 megapixels each copy that is kept takes 160 MB
        # Made small first: a conversion of colors at 40 megapixels takes three seconds, and turning one more copy.
        return _bare(_to_srgb(turned_upright(_shrunk(flat))))


def png(image: Image.Image) -> bytes:
    """Return an image as a PNG file, compressed for speed rather than size."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


@contextmanager
def opened(data: bytes, field: str) -> Generator[Image.Image]:
    """Open an image file by its content; raise InvalidRequest for what is wrong with it, here and in the block."""
    if len(data) > BYTE_LIMIT:
        raise InvalidRequest(field, messages.SOURCE_TOO_LARGE)
    try:
        with open_image(with_end(data), _SOURCE_FORMATS) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise InvalidRequest(field, messages.SOURCE_TOO_MANY_PIXELS)
            with _LARGE_TURN if image.width * image.height > _LARGE_PIXELS else nullcontext():
                yield image
    except TooSlow as error:
        raise InvalidRequest(field, messages.SOURCE_TOO_SLOW) from error
    except Image.DecompressionBombError as error:
        raise InvalidRequest(field, messages.SOURCE_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise InvalidRequest(field, messages.NOT_A_SOURCE) from error
    except _BROKEN as error:
        raise InvalidRequest(field, messages.SOURCE_DAMAGED) from error


def decoded(image: Image.Image, data: bytes) -> Image.Image:
    """Return an opened image of a file with its pixels. Raises TooSlow, and what Pillow raises for damaged ones."""
    if image.format == "WEBP" and (pixels := webp_pixels(image, data)):
        return pixels
    image.load()
    return image


def _check_shape(width: int, height: int) -> None:
    message: Message | None = None
    if min(width, height) < MIN_SIDE:
        message = messages.SOURCE_TOO_SMALL
    elif max(width, height) > MAX_ASPECT * min(width, height):
        message = messages.SOURCE_TOO_NARROW
    if message:
        raise InvalidRequest("image", message)


def turned_upright(image: Image.Image, by: Image.Image | None = None) -> Image.Image:
    """Return an image as its EXIF data, or those of `by`, turn it; as it is where they are forged."""
    try:
        return upright(image, by)
    except _BROKEN:  # forged EXIF data; the image itself is whole
        return image


def _flatten(image: Image.Image, background: str) -> Image.Image:
    """Return an image without transparency, with 8 bits a channel: L, RGB, RGBX or CMYK."""
    image = with_eight_bits(image)
    if image.has_transparency_data:
        solid = image if image.mode == "RGBA" else image.convert("RGBA")
        flat = Image.new("RGB", image.size, background)
        flat.paste(solid, mask=solid)
        flat.info |= image.info  # a new image has none; its profile and its orientation are still needed
        return flat
    return image if image.mode in ("L", "RGB", "RGBX", "CMYK") else image.convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    """Return the image as RGB, converted to sRGB by its ICC profile; a profile that cannot be read is ignored."""
    profile = image.info.get("icc_profile")
    if profile and _STEPS not in profile:
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, embedded, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or image.convert("RGB")
        except (ImageCms.PyCMSError, *_BROKEN):
            pass  # damaged, or made for another kind of image, such as a CMYK profile in an RGB file
    return image.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    """Return the image at its stored size, with its profile."""
    size = _stored_size(image.width, image.height)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)


def _bare(image: Image.Image) -> Image.Image:
    """Return the image without metadata."""
    copy = Image.new("RGB", image.size)  # image.copy() would copy `info` too, with EXIF data and profile
    copy.paste(image)
    return copy


def _stored_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _SHORT_SIDE / min(width, height), _LONG_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
