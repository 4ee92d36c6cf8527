"""Make a picture wider or taller: room is added around it, and the mask says that the room is to be painted.

Pure but for Pillow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageOps

from components import messages
from components.errors import InvalidRequest
from components.schema import Schema, Span
from components.source_pictures import Way, fit

OVERLAP = 16
"""Pixels of the old picture at a seam that are painted anew, so that it fades."""
_GRID = 8
_LEAST_KEPT = 64
"""Pixels of a side of the old picture; less is no picture to go on from."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""


@dataclass(frozen=True, slots=True)
class Room:
    """Pixels to add on each side."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def __post_init__(self) -> None:
        if min(self.left, self.top, self.right, self.bottom) < 0 or not self.across + self.down:
            raise InvalidRequest("image", messages.NO_ROOM_ASKED)

    @property
    def across(self) -> int:
        return self.left + self.right

    @property
    def down(self) -> int:
        return self.top + self.bottom


@dataclass(frozen=True, slots=True)
class Outpainted:
    """A picture with room around it."""

    image: Image.Image
    kept: Box
    """What stays as it is: the old picture without its seams."""
    scale: float
    """Below 1 when all of it had to become smaller to be legal."""

    @property
    def mask(self) -> Image.Image:
        """Return what is to be painted: 255 there, 0 where the old picture stays."""
        mask = Image.new("L", self.image.size, 255)
        mask.paste(0, self.kept)
        return mask


def outpaint(image: Image.Image, room: Room, schema: Schema) -> Outpainted:
    """Add room around a picture; its sides become legal ones, all of it smaller where that is needed.

    Raises InvalidRequest when a side would be too short, or too little of the old picture left.
    """
    whole = image.width + room.across, image.height + room.down
    scale = min(1.0, schema.width.maximum / whole[0], schema.height.maximum / whole[1])
    left, across, width = _axis(image.width, room.left, room.right, scale, schema.width)
    top, down, height = _axis(image.height, room.top, room.bottom, scale, schema.height)
    old, _ = fit(image, across, down, Way.CROP)
    made = _gone_on(old, (width, height), (left, top))
    return Outpainted(made, _kept((left, top, left + across, top + down), made.size), scale)


def _axis(side: int, before: int, after: int, scale: float, span: Span) -> tuple[int, int, int]:
    """Return where the old picture begins, how long it is, and how long the whole, in pixels."""
    whole = _legal((side + before + after) * scale, span)
    if not before + after:
        return 0, _checked(whole), whole
    old = _checked(min(round(side * scale), whole))
    return round((whole - old) * before / (before + after)), old, whole


def _legal(length: float, span: Span) -> int:
    """Return the nearest legal side. Raises InvalidRequest for what is shorter than legal."""
    first = math.ceil(span.minimum / _GRID) * _GRID
    if length < first - _GRID / 2:
        raise InvalidRequest("image", messages.TOO_NARROW_TO_GO_ON)
    return max(first, min(round(length / _GRID) * _GRID, int(span.maximum) // _GRID * _GRID))


def _checked(old: int) -> int:
    if old < _LEAST_KEPT:
        raise InvalidRequest("image", messages.TOO_NARROW_TO_GO_ON)
    return old


def _kept(old: Box, size: tuple[int, int]) -> Box:
    """Return the old picture's box without its seams; the border of the whole is no seam."""
    left, top, right, bottom = old
    return (
        left + OVERLAP if left else 0,
        top + OVERLAP if top else 0,
        right - OVERLAP if right < size[0] else size[0],
        bottom - OVERLAP if bottom < size[1] else size[1],
    )


def _gone_on(old: Image.Image, size: tuple[int, int], at: tuple[int, int]) -> Image.Image:
    """Return a canvas on which a picture goes on beyond its edges, mirrored and blurred."""
    canvas = Image.new("RGB", size)
    for column in _tiles(at[0], old.width, size[0]):
        for row in _tiles(at[1], old.height, size[1]):
            tile = ImageOps.mirror(old) if column % 2 else old
            canvas.paste(ImageOps.flip(tile) if row % 2 else tile, _place(at, old, column, row))
    soft = canvas.filter(ImageFilter.GaussianBlur(max(size) / 80))
    soft.paste(old, at)
    return soft


def _tiles(start: int, step: int, length: int) -> range:
    """Return the numbers of the copies that cover a side; 0 is the picture itself."""
    return range(-math.ceil(start / step), math.ceil((length - start) / step))


def _place(at: tuple[int, int], old: Image.Image, column: int, row: int) -> tuple[int, int]:
    return at[0] + column * old.width, at[1] + row * old.height
