"""Pictures given and pictures made: fitted to sizes the model can paint, and back."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

GRAIN = 8
"""Both sides of what the model paints are multiples of it."""
SEAM = 4
"""Pixels within the mask over which new and old flow into each other."""

Size = tuple[int, int]


def painted_size(width: int, height: int) -> Size:
    """Return the size to paint for one that is ordered: never smaller."""
    return -(-width // GRAIN) * GRAIN, -(-height // GRAIN) * GRAIN


def fitted(picture: Image.Image, size: Size, mode: Literal["RGB", "L"]) -> Image.Image:
    """Fit a given picture to the size ordered: cropped about the middle, never stretched."""
    plain = picture.convert(mode)
    return plain if plain.size == size else ImageOps.fit(plain, size, Image.Resampling.LANCZOS)


def widened(picture: Image.Image, size: Size) -> Image.Image:
    """Repeat the last row and column until a picture has the size to paint."""
    if picture.size == size:
        return picture
    right, below = size[0] - picture.width, size[1] - picture.height
    pixels = np.asarray(picture)
    edges = [(0, below), (0, right)] + [(0, 0)] * (pixels.ndim - 2)
    return Image.fromarray(np.pad(pixels, edges, mode="edge"))


def cropped(picture: Image.Image, size: Size) -> Image.Image:
    """Cut a painted picture to the size ordered."""
    return picture if picture.size == size else picture.crop((0, 0, *size))


def hard(mask: Image.Image) -> Image.Image:
    """Return a mask of nothing but black and white, as the model takes it."""
    return mask.point([0] * 128 + [255] * 128)


def pasted_back(source: Image.Image, painted: Image.Image, mask: Image.Image) -> Image.Image:
    """Put the source back outside the mask, to the last bit; the seam lies within it."""
    inside = hard(mask)
    soft = inside.filter(ImageFilter.GaussianBlur(SEAM))
    return Image.composite(painted, source, ImageChops.darker(inside, soft))
