"""Compact copy: an image of the same size in a smaller file. Reads the image file, nothing else."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from components.images.decoding import open_image
from components.images.inspect import FORMATS
from components.images.structure import TooSlow

_QUALITY = 85
"""WebP quality, 0 to 100: about a tenth of the PNG file's bytes."""


def compact(source: Path | bytes) -> bytes | None:
    """Return a WebP file without metadata from a stored image, a path or bytes; None when it cannot be decoded.

    Stored images were checked against PIXEL_LIMIT when they came, so their pixels fit into memory.
    """
    try:
        with open_image(source.read_bytes() if isinstance(source, Path) else source, FORMATS) as image:
            pixels = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (TooSlow, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    file = io.BytesIO()
    pixels.save(file, "WEBP", quality=_QUALITY, method=2)
    return file.getvalue()
