"""Outpainting: an image made wider or taller, and the mask of the area that is to be generated. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image

from components import messages
from components.domain.schema import ModelSchema, Range
from components.errors import InvalidRequest
from components.images.extend_edges import extend_edges
from components.images.fit import FitMode, fit

OVERLAP = 16
"""Pixels of the original at a seam that are generated again, so that the seam does not show."""
_GRID = 8
"""Sides are multiples of this, in pixels."""
_MIN_SIDE = 64
"""Pixels of a side of the original, at least, after scaling."""
_BLUR = 1 / 80
"""Radius of the blur of extended edges, as a share of the longer side."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""


@dataclass(frozen=True, slots=True)
class Padding:
    """Pixels to add on each side. Raises InvalidRequest for a negative side, or nothing to add."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def __post_init__(self) -> None:
        if min(self.left, self.top, self.right, self.bottom) < 0 or not self.across + self.down:
            raise InvalidRequest("image", messages.NOTHING_TO_ADD)

    @property
    def across(self) -> int:
        """Return the pixels that are added to the width."""
        return self.left + self.right

    @property
    def down(self) -> int:
        """Return the pixels that are added to the height."""
        return self.top + self.bottom


@dataclass(frozen=True, slots=True)
class Outpainted:
    """Image with padding around it."""

    image: Image.Image
    unchanged: Box
    """Box of the original without its seams, which stays the same."""
    scale: float
    """Scale of the original; below 1 when the whole would have been larger than legal."""

    @property
    def mask(self) -> Image.Image:
        """Return an L mask of the image's size: 255 is to be generated, 0 stays."""
        mask = Image.new("L", self.image.size, 255)
        mask.paste(0, self.unchanged)
        return mask


def outpaint(image: Image.Image, padding: Padding, schema: ModelSchema) -> Outpainted:
    """Return an RGB image with padding around it, whose sides are legal ones; it is scaled down where needed.

    Raises InvalidRequest when a side would be too short, or when a side of the original would fall below 64 pixels.
    """
    whole = image.width + padding.across, image.height + padding.down
    scale = min(1.0, schema.range("width").maximum / whole[0], schema.range("height").maximum / whole[1])
    left, across, width = _axis(image.width, padding.left, padding.right, scale, schema.range("width"))
    top, down, height = _axis(image.height, padding.top, padding.bottom, scale, schema.range("height"))
    original, _ = fit(image, across, down, FitMode.CROP)
    canvas = extend_edges(original, (width, height), (left, top), blur=max(width, height) * _BLUR)
    return Outpainted(canvas, _unchanged_box((left, top, left + across, top + down), canvas.size), scale)


def _axis(side: int, before: int, after: int, scale: float, allowed: Range) -> tuple[int, int, int]:
    """Return the start and length of the original on one axis, and the length of the whole, in pixels."""
    whole = _legal_side((side + before + after) * scale, allowed)
    if not before + after:
        return 0, _checked_side(whole), whole
    inner = _checked_side(min(round(side * scale), whole))
    return round((whole - inner) * before / (before + after)), inner, whole


def _legal_side(length: float, allowed: Range) -> int:
    """Return the nearest legal side. Raises InvalidRequest for a length that is below the legal ones."""
    first = math.ceil(allowed.minimum / _GRID) * _GRID
    if length < first - _GRID / 2:
        raise InvalidRequest("image", messages.TOO_NARROW_TO_GO_ON)
    return max(first, min(round(length / _GRID) * _GRID, int(allowed.maximum) // _GRID * _GRID))


def _checked_side(side: int) -> int:
    if side < _MIN_SIDE:
        raise InvalidRequest("image", messages.TOO_NARROW_TO_GO_ON)
    return side


def _unchanged_box(box: Box, size: tuple[int, int]) -> Box:
    """Return the box of the original without its seams; the border of the whole image is no seam."""
    left, top, right, bottom = box
    return (
        left + OVERLAP if left else 0,
        top + OVERLAP if top else 0,
        right - OVERLAP if right < size[0] else size[0],
        bottom - OVERLAP if bottom < size[1] else size[1],
    )
