"""Decoding of foreign image files, which ends: few parts, and a deadline that is looked at with every block read."""

from __future__ import annotations

import io

from PIL import Image

from components.clock import Clock
from components.images.exif_tags import is_bounded
from components.images.structure import TooSlow, check_structure

SECONDS = 20.0
"""Longest time from opening a file to its last block; 40 megapixels take about two."""
_ORIENTATION = 0x0112
_ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class TimedBytes(io.BytesIO):
    """File in memory whose reads raise TooSlow after a deadline. Decoders read blocks of 64 kB, and each chunk."""

    def __init__(self, data: bytes, seconds: float, clock: Clock) -> None:
        super().__init__(data)
        self._clock, self._deadline = clock, clock.monotonic() + seconds

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        if self._clock.monotonic() > self._deadline:
            raise TooSlow
        return super().read(size)


def open_image(data: bytes, formats: tuple[str, ...], clock: Clock | None = None) -> Image.Image:
    """Return an image file, opened and not decoded yet. Raises TooSlow, here and while it is decoded.

    WebP files are decoded in one block: their time is bounded by their pixels alone, which the caller checks.
    """
    check_structure(data)
    return Image.open(TimedBytes(data, SECONDS, clock or Clock()), formats=formats)


def orientation(image: Image.Image) -> int:
    """Return the orientation by EXIF data, 1 to 8; 1 without any."""
    exif = image.info.get("exif")
    if exif is None and (profile := image.info.get("Raw profile type exif")):  # in PNG files of ImageMagick
        exif = bytes.fromhex("".join(str(profile).split("\n")[3:]))
    if exif and not is_bounded(exif):
        raise TooSlow
    found = image.getexif().get(_ORIENTATION, 1)
    return found if found in _ROTATIONS else 1


def with_eight_bits(image: Image.Image) -> Image.Image:
    """Return an image of 16 bits as one of 8; `convert("L")` alone would clip everything above 255 to white."""
    return image.point(lambda value: value * (1 / 256)).convert("L") if image.mode.startswith("I") else image


def upright(image: Image.Image, by: Image.Image | None = None) -> Image.Image:
    """Return the image as its EXIF data, or those of `by`, turn it. Pillow's own function would copy all tags."""
    rotation = _ROTATIONS.get(orientation(by or image))
    return image if rotation is None else image.transpose(rotation)
