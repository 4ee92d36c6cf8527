"""Small copies of pictures, for lists. Pure but for reading the file it is given."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from components.pictures import FORMATS

SIDE = 512
"""Pixels of the longer side, at most."""
_QUALITY = 80


def thumbnail(picture: Path | bytes) -> bytes | None:
    """Return a stored picture as a small WebP file without metadata; None when it cannot be read.

    What is in the store was checked when it came, so its pixels are few enough to be held.
    """
    try:
        with Image.open(picture if isinstance(picture, Path) else io.BytesIO(picture), formats=FORMATS) as image:
            image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than it must be
            small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=_QUALITY, method=2)
    return file.getvalue()
