"""Strokes: gradients, ridges, shapes, glow and grain, of which every background is made."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageOps

from components.engines.demo.brush.colours import Colour, mix

Point = tuple[float, float]
"""x and y in pixels, from the top left."""
RIM = 180
"""Pillow's radial gradient has 0 in the middle, 181 in the middle of each side and 255 in the corners."""


def gradient(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """Return an RGB image that changes from top to bottom; stops are (0 to 1, colour), rising."""
    rows = max(2, min(size[1], 96))
    column = Image.new("RGB", (1, rows))
    column.putdata([_at(stops, y / (rows - 1)) for y in range(rows)])
    return column.resize((max(1, size[0]), max(1, size[1])), Image.Resampling.BILINEAR)


def _at(stops: Sequence[tuple[float, Colour]], place: float) -> Colour:
    for (start, one), (end, other) in pairwise(stops):
        if place <= end:
            return mix(one, other, (place - start) / max(1e-6, end - start))
    return stops[-1][1]


def ridge(rng: random.Random, width: int, base: float, height: float, waves: float) -> list[Point]:
    """Return the outline of a range of hills: y around `base`, up to `height` above it, about `waves` hills wide."""
    parts = [(rng.uniform(0.7, 1.3) * waves * k, rng.uniform(0, math.tau), 1 / k) for k in (1, 2.1, 4.7)]
    step = max(4, width // 96)
    points: list[Point] = []
    for x in range(-step, width + 2 * step, step):
        lift = sum(math.sin(x / width * math.tau * f + phase) * share for f, phase, share in parts)
        points.append((x, base - height * (0.5 + lift / 3.4)))
    return points


def height_at(points: Sequence[Point], x: float) -> float:
    """Return the y of a ridge at x."""
    return min(points, key=lambda point: abs(point[0] - x))[1]


def shape_mask(size: tuple[int, int], shapes: Sequence[Sequence[Point]]) -> Image.Image:
    """Return an L mask of `size`, 255 inside the shapes, with smooth edges."""
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    pen = ImageDraw.Draw(mask)
    for shape in shapes:
        pen.polygon([(x * 2, y * 2) for x, y in shape], fill=255)
    return mask.reduce(2)


def fill_shapes(image: Image.Image, shapes: Sequence[Sequence[Point]], colour: Colour, share: float = 1.0) -> None:
    """Paint shapes in one colour; only their bounding box is processed."""
    xs = [x for shape in shapes for x, _ in shape]
    ys = [y for shape in shapes for _, y in shape]
    if not xs:
        return
    left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
    right, bottom = min(image.width, math.ceil(max(xs)) + 1), min(image.height, math.ceil(max(ys)) + 1)
    if right <= left or bottom <= top:
        return
    moved = [[(x - left, y - top) for x, y in shape] for shape in shapes]
    mask = shape_mask((right - left, bottom - top), moved)
    if share < 1:
        mask = mask.point([round(v * share) for v in range(256)])
    image.paste(colour, (left, top), mask)


def fill_below(image: Image.Image, line: Sequence[Point], top: Colour, bottom: Colour) -> None:
    """Paint all that lies below a ridge, from `top` at its crest to `bottom` at the image's lower edge."""
    crest = max(0, math.floor(min(y for _, y in line)))
    if crest >= image.height:
        return
    deepest = min(image.height, math.ceil(max(y for _, y in line)) + 1)
    paint = gradient((image.width, image.height - crest), ((0, top), (1, bottom)))
    shape = [(x, y - crest) for x, y in line]
    rim = max(1, deepest - crest)
    mask = Image.new("L", paint.size, 255)
    shape += [(image.width + 40, rim + 4), (-40, rim + 4)]
    mask.paste(shape_mask((image.width, rim), [shape]), (0, 0))
    image.paste(paint, (0, crest), mask)


def glow(image: Image.Image, centre: Point, radius: float, colour: Colour, share: float) -> None:
    """Paint a soft round light: `share` (0 to 1) in its middle, nothing at `radius` pixels."""
    side = max(2, round(radius * 2))
    falloff = [round(max(0.0, (RIM - v) / RIM) ** 2 * 255 * share) for v in range(256)]
    small = Image.radial_gradient("L").point(falloff)
    left, top = round(centre[0] - side / 2), round(centre[1] - side / 2)
    box = (max(0, left), max(0, top), min(image.width, left + side), min(image.height, top + side))
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    scale = 256 / side
    part = ((box[0] - left) * scale, (box[1] - top) * scale, (box[2] - left) * scale, (box[3] - top) * scale)
    size = (box[2] - box[0], box[3] - box[1])
    image.paste(colour, box, small.resize(size, Image.Resampling.BILINEAR, box=part))


def disc(image: Image.Image, centre: Point, radius: float, colour: Colour) -> None:
    """Paint a round spot with a smooth edge; radius in pixels."""
    side = math.ceil(radius * 2) + 2
    mask = Image.new("L", (side * 4, side * 4))
    middle = side * 2
    reach = radius * 4
    ImageDraw.Draw(mask).ellipse((middle - reach, middle - reach, middle + reach, middle + reach), fill=255)
    image.paste(colour, (round(centre[0] - side / 2), round(centre[1] - side / 2)), mask.reduce(4))


def cloudy(rng: random.Random, size: tuple[int, int], cells: int, softness: int = 2) -> Image.Image:
    """Return soft random light and dark as an L image; `cells` patches along the longer side."""
    longer = max(size)
    across = max(2, round(size[0] / longer * cells)), max(2, round(size[1] / longer * cells))
    big = across[0] * softness, across[1] * softness
    one = Image.frombytes("L", across, rng.randbytes(across[0] * across[1]))
    two = Image.frombytes("L", big, rng.randbytes(big[0] * big[1]))
    coarse = one.resize(size, Image.Resampling.BICUBIC)
    return Image.blend(coarse, two.resize(size, Image.Resampling.BICUBIC), 0.35)


def grain(rng: random.Random, size: tuple[int, int], tile: int = 192) -> Image.Image:
    """Return paper grain: an L image of fine random values."""
    one = Image.frombytes("L", (tile, tile), rng.randbytes(tile * tile))
    row = Image.new("L", (size[0], tile))
    for x in range(0, size[0], tile):
        row.paste(one, (x, 0))
    sheet = Image.new("L", size)
    for y in range(0, size[1], tile):
        sheet.paste(row if y % (2 * tile) else ImageOps.mirror(row), (0, y))
    return sheet


def tempered(values: Image.Image, strength: float) -> Image.Image:
    """Return an L image closer to mid grey: `strength` 0 is all 128, 1 is unchanged."""
    return values.point([round(128 + (v - 128) * strength) for v in range(256)])


def soft_light(image: Image.Image, values: Image.Image) -> Image.Image:
    """Return an RGB image lightened and darkened by an L image around mid grey."""
    return ImageChops.soft_light(image, Image.merge("RGB", (values, values, values)))
