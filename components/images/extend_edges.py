"""Edges: a canvas larger than an image, filled beyond the image's edges with its mirrored, blurred copies. Pure."""

from __future__ import annotations

import math

from PIL import Image, ImageFilter, ImageOps


def extend_edges(image: Image.Image, size: tuple[int, int], at: tuple[int, int], blur: float) -> Image.Image:
    """Return an RGB canvas of `size` with the image at `at`, unchanged, and mirrored copies of it all around.

    Neighbouring copies are mirrored along the axis on which they meet, so that no seam shows. `blur` is the radius of
    the Gaussian blur of the copies. All values are in pixels.
    """
    canvas = Image.new("RGB", size)
    for column in _copies(at[0], image.width, size[0]):
        for row in _copies(at[1], image.height, size[1]):
            tile = ImageOps.mirror(image) if column % 2 else image
            tile = ImageOps.flip(tile) if row % 2 else tile
            canvas.paste(tile, (at[0] + column * image.width, at[1] + row * image.height))
    extended = canvas.filter(ImageFilter.GaussianBlur(blur))
    extended.paste(image, at)
    return extended


def _copies(start: int, step: int, length: int) -> range:
    """Return the numbers of the copies that cover a side; 0 is the image itself, negative ones lie before it."""
    return range(-math.ceil(start / step), math.ceil((length - start) / step))
