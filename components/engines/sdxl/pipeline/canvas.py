"""Image sizes: fit input images to sizes the model supports, and crop results back."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

GRAIN = 8
"""Width and height of the model's images are multiples of it."""
SEAM = 4
"""Pixels within the mask over which new and old flow into each other."""

Size = tuple[int, int]


def model_size(width: int, height: int) -> Size:
    """Return the model's size for a requested one: never smaller."""
    return -(-width // GRAIN) * GRAIN, -(-height // GRAIN) * GRAIN


def fitted(picture: Image.Image, size: Size, mode: Literal["RGB", "L"]) -> Image.Image:
    """Fit an input image to the requested size: cropped about the middle, never stretched."""
    plain = picture.convert(mode)
    return plain if plain.size == size else ImageOps.fit(plain, size, Image.Resampling.LANCZOS)


def widened(picture: Image.Image, size: Size) -> Image.Image:
    """Repeat the last row and column until an image has the model's size."""
    if picture.size == size:
        return picture
    right, below = size[0] - picture.width, size[1] - picture.height
    pixels = np.asarray(picture)
    edges = [(0, below), (0, right)] + [(0, 0)] * (pixels.ndim - 2)
    return Image.fromarray(np.pad(pixels, edges, mode="edge"))


def cropped(picture: Image.Image, size: Size) -> Image.Image:
    """Crop a generated image to the requested size."""
    return picture if picture.size == size else picture.crop((0, 0, *size))


def hard(mask: Image.Image) -> Image.Image:
    """Return a mask of nothing but black and white, as the model takes it."""
    return mask.point([0] * 128 + [255] * 128)


def pasted_back(source: Image.Image, generated: Image.Image, mask: Image.Image) -> Image.Image:
    """Put the source back outside the mask, to the last bit; the seam lies within it."""
    inside = hard(mask)
    soft = inside.filter(ImageFilter.GaussianBlur(SEAM))
    return Image.composite(generated, source, ImageChops.darker(inside, soft))
