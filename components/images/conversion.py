"""Conversion: an image of a format that the page does not keep, as a PNG file."""

from __future__ import annotations

import io

from PIL import Image

from components.images.decoding import open_image, upright
from components.images.inspect import PIXEL_LIMIT
from components.images.structure import TooSlow

_STARTS = {b"GIF87a": (0, "GIF"), b"GIF89a": (0, "GIF"), b"ftypavif": (4, "AVIF"), b"ftypavis": (4, "AVIF")}
"""First bytes of the formats, and where they stand."""


def converted(content: bytes) -> bytes | None:
    """Return a GIF or AVIF file's first image as a PNG file; None for any other file, and one that cannot be read."""
    found = next((name for start, (at, name) in _STARTS.items() if content.startswith(start, at)), None)
    if found is None:
        return None
    try:
        with open_image(content, (found,)) as image:
            if image.width * image.height > PIXEL_LIMIT:
                return None
            shown = upright(image)
            file = io.BytesIO()
            shown.convert("RGBA" if shown.has_transparency_data else "RGB").save(file, "PNG")
            return file.getvalue()
    # Pillow may have been built without AVIF, of which it then raises KeyError.
    except (OSError, SyntaxError, ValueError, KeyError, EOFError, TooSlow, Image.DecompressionBombError):
        return None
