"""Fit: an image brought to a size by crop, pad or match. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from PIL import Image

from components.domain.schema import ModelSchema, Range
from components.images.extend_edges import extend_edges

_TARGET_AREA = 1024 * 1024
"""Pixels of the images that SDXL was trained on."""
_USUAL_DEVIATION = 0.3
"""Share of the target area by which a size may differ and still be kept."""
_GRID = 8
"""Sides are multiples of this, in pixels."""
_BLUR = 1 / 40
"""Radius of the blur of extended edges, as a share of the longer side."""


class FitMode(Enum):
    """How an image is brought to a size of another aspect ratio."""

    CROP = "crop"
    """Fill the size; what is too much is cut off on both sides equally."""
    PAD = "pad"
    """Show the whole image; the rest of the size is filled with its extended edges, blurred."""
    MATCH = "match"
    """As CROP, for a size that `match_size` chose: at most a few pixels are cut off."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Box of the whole source in a fitted image, in pixels of that; parts of it may lie outside."""

    x: float
    y: float
    width: float
    height: float


def fit(image: Image.Image, width: int, height: int, mode: FitMode) -> tuple[Image.Image, Placement]:
    """Return the image at exactly that size in pixels, not stretched, and where the source lies in it.

    `image` is RGB.
    """
    if mode is FitMode.PAD:
        return _padded(image, width, height)
    scale = max(width / image.width, height / image.height)
    across, down = width / scale, height / scale
    left, top = max(0.0, (image.width - across) / 2), max(0.0, (image.height - down) / 2)
    box = (left, top, min(left + across, image.width), min(top + down, image.height))
    fitted = image.resize((width, height), Image.Resampling.LANCZOS, box=box)
    placement = Placement(-left * scale, -top * scale, image.width * scale, image.height * scale)
    return fitted, placement


def match_size(width: int, height: int, schema: ModelSchema) -> tuple[int, int]:
    """Return the legal size of about one megapixel whose aspect ratio is nearest to `width` / `height`.

    A size that is such a one stays as it is: an image of the model's own is edited without being resampled.
    """
    if _is_usual(width, height, schema):
        return width, height
    aspect = width / height
    sizes = [(side, _nearest(side / aspect, schema.range("height"))) for side in _grid(schema.range("width"))]
    return min(sizes, key=lambda size: _misfit(size, aspect))


def _padded(image: Image.Image, width: int, height: int) -> tuple[Image.Image, Placement]:
    scale = min(width / image.width, height / image.height)
    size = min(width, max(1, round(image.width * scale))), min(height, max(1, round(image.height * scale)))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    canvas = extend_edges(small, (width, height), (left, top), blur=max(width, height) * _BLUR)
    return canvas, Placement(left, top, *size)


def _is_usual(width: int, height: int, schema: ModelSchema) -> bool:
    is_legal = width in _grid(schema.range("width")) and height in _grid(schema.range("height"))
    return is_legal and abs(width * height / _TARGET_AREA - 1) <= _USUAL_DEVIATION


def _grid(allowed: Range) -> range:
    """Return the legal sides in pixels."""
    first = math.ceil(allowed.minimum / _GRID) * _GRID
    return range(first, int(allowed.maximum) + 1, _GRID)


def _nearest(value: float, allowed: Range) -> int:
    """Return the nearest legal side, the smaller of two that are equally near."""
    sides = _grid(allowed)
    steps = math.ceil((value - sides.start) / _GRID - 0.5)
    return sides[max(0, min(steps, len(sides) - 1))]


def _misfit(size: tuple[int, int], aspect: float) -> float:
    """Return the penalty of a size: the error of its aspect ratio, and with a tenth of the weight that of its area."""
    shape = abs(math.log(size[0] / size[1] / aspect))
    return shape + 0.1 * abs(math.log(size[0] * size[1] / _TARGET_AREA))
