"""Pictures that people give: made upright, bare of metadata, fitted to a size.

Pure but for Pillow.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from PIL import Image, ImageCms, ImageFilter, ImageOps, UnidentifiedImageError

from components import messages
from components.errors import InvalidRequest, Sentence
from components.pictures import FORMATS, PIXEL_LIMIT
from components.schema import Schema, Span

BYTE_LIMIT = 20 * 1024 * 1024
SMALLEST = 16
"""Pixels of a side."""
WIDEST = 10
"""The long side may be so many times the short one."""
_SHORT_SIDE, _LONG_SIDE = 1536, 4096
"""Pixels: what is kept of a picture covers any size that can be asked for, and is no larger than needed."""
_USUAL_AREA = 1024 * 1024
"""Pixels that SDXL likes best."""
_GRID = 8
_HALF = 128
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, struct.error, zlib.error)
"""What Pillow raises, by format, at a file that is cut off or forged."""


class Way(Enum):
    """How a picture comes to a size of another shape."""

    CROP = "crop"
    """Fill the size; what stands over is cut off evenly."""
    PAD = "pad"
    """Show all of it; its edges go on, blurred, over what is left."""
    MATCH = "match"
    """The size was chosen by `match_size`: at most a few pixels are cut off."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the whole source lies in a fitted picture, in its pixels; parts of it may lie outside."""

    x: float
    y: float
    width: float
    height: float


def upright(data: bytes) -> Image.Image:
    """Read a picture of a person: RGB, upright, without metadata, no larger than can be used.

    Raises InvalidRequest for what is too large, too small, too narrow, damaged or no picture.
    """
    with _opened(data, "image") as image:
        _check_shape(image.width, image.height)
        if image.format == "JPEG":
            image.draft(None, _kept_size(image.width, image.height))  # decodes a half or a quarter, if that is enough
        image.load()
        return _shrunk(_in_srgb(_flat(_turned(image), "white")))


def png(image: Image.Image) -> bytes:
    """Write a picture as a PNG file, quickly rather than small."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def fit(image: Image.Image, width: int, height: int, way: Way) -> tuple[Image.Image, Placement]:
    """Bring a picture to exactly that size, in pixels, without stretching it."""
    if way is Way.PAD:
        return _padded(image, width, height)
    scale = max(width / image.width, height / image.height)
    across, down = width / scale, height / scale
    left, top = max(0.0, (image.width - across) / 2), max(0.0, (image.height - down) / 2)
    box = (left, top, min(left + across, image.width), min(top + down, image.height))
    fitted = image.resize((width, height), Image.Resampling.LANCZOS, box=box)
    place = Placement(-left * scale, -top * scale, image.width * scale, image.height * scale)
    return fitted, place


def match_size(width: int, height: int, schema: Schema) -> tuple[int, int]:
    """Return the legal size of about one megapixel whose shape is nearest to that of a picture."""
    aspect = width / height
    sizes = [(one, _nearest(one / aspect, schema.height)) for one in _grid(schema.width)]
    return min(sizes, key=lambda size: _misfit(size, aspect))


def binary_mask(data: bytes, size: tuple[int, int], *, resize: bool = False) -> Image.Image:
    """Read a mask: 255 is to change, 0 is to keep, nothing between. Where a picture is see-through, that decides.

    Raises InvalidRequest for what is no picture, and for another size unless it is to be resized.
    """
    with _opened(data, "mask_image") as image:
        if image.size != size and not resize and _turned_size(image) != size:
            raise InvalidRequest("mask_image", messages.MASK_NOT_FITTED)
        image.load()
        turned = _turned(image)
        grey = _grey_of_mask(turned)
    sharp = grey.point([0] * _HALF + [255] * (256 - _HALF))
    return sharp if sharp.size == size else sharp.resize(size, Image.Resampling.NEAREST)


@contextmanager
def _opened(data: bytes, field: str) -> Generator[Image.Image]:
    """Open a picture by its content, and say in words what is wrong with it."""
    if len(data) > BYTE_LIMIT:
        raise InvalidRequest(field, messages.SOURCE_TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of size before we have refused it
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > PIXEL_LIMIT:
                    raise InvalidRequest(field, messages.SOURCE_TOO_MANY_PIXELS)
                yield image
    except Image.DecompressionBombError as error:
        raise InvalidRequest(field, messages.SOURCE_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise InvalidRequest(field, messages.NOT_A_SOURCE) from error
    except _BROKEN as error:
        raise InvalidRequest(field, messages.SOURCE_DAMAGED) from error


def _check_shape(width: int, height: int) -> None:
    told: Sentence | None = None
    if min(width, height) < SMALLEST:
        told = messages.SOURCE_TOO_SMALL
    elif max(width, height) > WIDEST * min(width, height):
        told = messages.SOURCE_TOO_NARROW
    if told:
        raise InvalidRequest("image", told)


def _turned(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:  # forged metadata says nothing; the picture itself is whole
        return image


def _turned_size(image: Image.Image) -> tuple[int, int]:
    try:
        is_lying = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except _BROKEN:
        is_lying = False
    return (image.height, image.width) if is_lying else image.size


def _flat(image: Image.Image, ground: str) -> Image.Image:
    """Return a picture without transparency, in 8 bits: L, RGB or CMYK."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        solid = image.convert("RGBA")
        flat = Image.new("RGB", image.size, ground)
        flat.paste(solid, mask=solid.getchannel("A"))
        flat.info["icc_profile"] = image.info.get("icc_profile")
        return flat
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture as RGB in the colours that screens show; a profile that cannot be read is ignored."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return found or image.convert("RGB")
        except (ImageCms.PyCMSError, *_BROKEN):
            pass
    return image.convert("RGB")


def _shrunk(image: Image.Image) -> Image.Image:
    """Return a picture that holds nothing but its pixels, of the size that is kept."""
    size = _kept_size(image.width, image.height)
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    return bare


def _kept_size(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _SHORT_SIDE / min(width, height), _LONG_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _padded(image: Image.Image, width: int, height: int) -> tuple[Image.Image, Placement]:
    scale = min(width / image.width, height / image.height)
    size = min(width, max(1, round(image.width * scale))), min(height, max(1, round(image.height * scale)))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    canvas = _edges_gone_on(small, (width, height), (left, top))
    canvas.paste(small, (left, top))
    return canvas, Placement(left, top, *size)


def _edges_gone_on(small: Image.Image, size: tuple[int, int], at: tuple[int, int]) -> Image.Image:
    """Return a canvas over which the edges of a picture go on, mirrored and blurred more and more."""
    across, down = small.size
    canvas = Image.new("RGB", size)
    mirrored = {"x": ImageOps.mirror(small), "y": ImageOps.flip(small)}
    for x in range(at[0] % (2 * across) - 2 * across, size[0], across):
        for y in range(at[1] % (2 * down) - 2 * down, size[1], down):
            is_turned = ((x - at[0]) // across + (y - at[1]) // down) % 2
            canvas.paste(mirrored["x" if at[0] else "y"] if is_turned else small, (x, y))
    return canvas.filter(ImageFilter.GaussianBlur(max(size) / 40))


def _grid(span: Span) -> range:
    first = math.ceil(span.minimum / _GRID) * _GRID
    return range(first, int(span.maximum) + 1, _GRID)


def _nearest(value: float, span: Span) -> int:
    return min(_grid(span), key=lambda one: abs(one - value))


def _misfit(size: tuple[int, int], aspect: float) -> float:
    """Return how bad a size is: a wrong shape counts, and less so another area."""
    shape = abs(math.log(size[0] / size[1] / aspect))
    return shape + 0.1 * abs(math.log(size[0] * size[1] / _USUAL_AREA))


def _grey_of_mask(image: Image.Image) -> Image.Image:
    if image.has_transparency_data:
        alpha = image.convert("RGBA").getchannel("A")
        if alpha.getextrema() != (255, 255):
            return alpha
        image = image.convert("RGB")
    return _flat(image, "black").convert("L")
