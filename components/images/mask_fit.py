"""Mask fit: the mask of an image, brought to where that image lies in its frame. Pure."""

from __future__ import annotations

import math

from PIL import Image

from components.images.fit import Placement

_SAME_SHAPE = 0.03
"""Difference of the logarithms of two aspect ratios up to which they count as the same: sizes are rounded."""


def fit_mask(mask: Image.Image, source: tuple[int, int], size: tuple[int, int], placement: Placement) -> Image.Image:
    """Return a mask of 0 and 255 at the size of a fitted image; what lies beyond the source stays 0.

    `placement` is where the source image, of size `source`, lies in the fitted one. A mask in the shape of the fitted
    image alone was made for that; any other one belongs to the source, over which it is stretched.
    """
    if mask.size == size or (not _have_same_shape(mask.size, source) and _have_same_shape(mask.size, size)):
        return mask if mask.size == size else mask.resize(size, Image.Resampling.NEAREST)
    across, down = mask.width / placement.width, mask.height / placement.height
    box = (across, 0.0, -placement.x * across, 0.0, down, -placement.y * down)
    return mask.transform(size, Image.Transform.AFFINE, box, Image.Resampling.NEAREST, fillcolor=0)


def _have_same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(math.log(one[0] / one[1] * other[1] / other[0])) <= _SAME_SHAPE
