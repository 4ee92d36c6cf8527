"""Thumbnail: a small WebP copy of an image. Reads the image file, nothing else."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from components.images.decoding import open_image
from components.images.inspect import FORMATS, PIXEL_LIMIT
from components.images.structure import TooSlow

SIDE = 512
"""Pixels of the longer side, at most."""
_QUALITY = 80
"""WebP quality, 0 to 100."""


def thumbnail(source: Path | bytes, *, most_pixels: int = PIXEL_LIMIT) -> bytes | None:
    """Return a small WebP file without metadata from an image, a path or bytes; None when it cannot be decoded.

    An image of more than `most_pixels` is not decoded.
    """
    try:
        with open_image(source.read_bytes() if isinstance(source, Path) else source, FORMATS) as image:
            if image.width * image.height > most_pixels:
                return None
            image.draft("RGB", (SIDE, SIDE))  # decodes a JPEG at a half, a quarter or an eighth, if that is enough
            small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (TooSlow, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=_QUALITY, method=2)
    return file.getvalue()
