"""Streets: rows of houses with lit windows and a wet road."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from components.engines.demo.brush.colours import Colour, mix
from components.engines.demo.brush.strokes import glow, gradient
from components.engines.demo.scene.stage import Stage

WALLS: tuple[Colour, ...] = (
    (224, 164, 132), (238, 204, 158), (170, 188, 204), (206, 130, 112), (150, 170, 186), (232, 218, 196),
)  # fmt: skip
NEON: tuple[Colour, ...] = ((255, 62, 165), (64, 224, 255), (168, 96, 255), (255, 190, 60), (80, 255, 178))
LAMP: Colour = (255, 214, 128)


def paint_city(stage: Stage) -> None:
    """Three rows of buildings, the far ones in the haze, mirrored in the road when it is dark or wet."""
    for row in range(3):
        _row(stage, row / 2)
        glow(stage.image, (stage.width / 2, stage.horizon), stage.unit * 0.8, stage.light.haze, 0.22 * (1 - row / 2))
    _road(stage)


def _row(stage: Stage, near: float) -> None:
    rng = stage.rng("row", near)
    x = -stage.unit * rng.uniform(0.0, 0.1)
    while x < stage.width:
        wide = stage.unit * rng.uniform(0.08, 0.15) * (0.75 + 0.5 * near)
        middle = abs((x + wide / 2) / stage.width - 0.5) * 2
        tall = min(stage.horizon * 0.86, stage.unit * rng.uniform(0.26, 0.52)) * (1 - 0.32 * near)
        tall *= 0.62 + 0.5 * middle if near else 1.0
        _building(stage, (x, stage.horizon - tall, x + wide, stage.horizon + stage.unit * 0.03), near, rng)
        x += wide + (stage.unit * rng.uniform(0, 0.02) if near else 0)


def _building(stage: Stage, box: tuple[float, float, float, float], near: float, rng: random.Random) -> None:
    neon = "neon" in stage.scene.features
    wall = mix(rng.choice(WALLS), (60, 52, 110), 0.7) if neon else rng.choice(WALLS)
    depth = 0.74 * (1 - near) ** 1.1 + 0.06
    top, foot = stage.ground(wall, depth), stage.ground(mix(wall, (70, 60, 96), 0.3), depth)
    left, up, right, down = (round(v) for v in box)
    stage.image.paste(gradient((max(1, right - left), max(1, down - up)), ((0, top), (1, foot))), (left, up))
    pen = ImageDraw.Draw(stage.image)
    roof = mix(top, (30, 26, 50), 0.25)
    kind = rng.random()
    if kind < 0.3 and near:
        pen.polygon([(left - 3, up), ((left + right) / 2, up - (right - left) * 0.4), (right + 3, up)], fill=roof)
    elif kind < 0.5:
        pen.line(((left + right) / 2, up, (left + right) / 2, up - stage.unit * 0.05), fill=roof, width=3)
    else:
        pen.rectangle((left - 2, up - stage.unit * 0.008, right + 2, up + 2), fill=roof)
    pen.rectangle((right - (right - left) * 0.12, up, right, down), fill=mix(top, foot, 0.9))
    if stage.wants("window"):
        _windows(stage, (left, up, right, down), depth, rng)
    if neon and near and rng.random() < 0.75:
        _sign(stage, (left, up, right, down), rng)


def _windows(stage: Stage, box: tuple[int, int, int, int], depth: float, rng: random.Random) -> None:
    pen, (left, up, right, down) = ImageDraw.Draw(stage.image), box
    columns = max(2, round((right - left) / (stage.unit * 0.026)))
    step = (right - left) * 0.86 / columns
    rows = max(2, int((down - up) / (step * 1.45)) - 1)
    dark = stage.ground((70, 100, 134), depth)
    lit_share = 0.55 if stage.light.night else (0.35 if stage.light.low_sun else 0.0)
    neon = "neon" in stage.scene.features
    for row in range(rows):
        for column in range(columns):
            x, y = left + step * (column + 0.5), up + step * 1.45 * (row + 0.55)
            lamp = rng.choice(NEON) if neon and rng.random() < 0.35 else LAMP
            shine = rng.random() < lit_share
            colour = (
                mix(mix(lamp, (255, 255, 255), rng.uniform(0, 0.3)), stage.light.haze, depth * 0.65) if shine else dark
            )
            pen.rectangle((x, y, x + step * 0.52, y + step * 0.8), fill=colour)


def _sign(stage: Stage, box: tuple[int, int, int, int], rng: random.Random) -> None:
    """Hang a glowing sign on a wall."""
    colour, (left, up, right, down) = rng.choice(NEON), box
    x = left + (right - left) * rng.uniform(0.2, 0.7)
    y = up + (down - up) * rng.uniform(0.15, 0.45)
    wide, tall = (right - left) * rng.uniform(0.14, 0.26), (down - up) * rng.uniform(0.18, 0.34)
    glow(stage.image, (x + wide / 2, y + tall / 2), max(wide, tall) * 1.5, colour, 0.55)
    pen = ImageDraw.Draw(stage.image)
    frame, rim = mix(colour, (255, 255, 255), 0.3), max(2, round(stage.unit * 0.004))
    plate = mix(colour, (20, 10, 50), 0.65)
    pen.rounded_rectangle((x, y, x + wide, y + tall), radius=wide * 0.3, fill=plate, outline=frame, width=rim)
    for index in range(3):
        middle = y + tall * (index + 0.8) / 3.6
        pen.ellipse((x + wide * 0.3, middle - wide * 0.2, x + wide * 0.7, middle + wide * 0.2), fill=colour)


def _road(stage: Stage) -> None:
    top, size = round(stage.horizon), stage.image.size
    tall = stage.height - top
    base = (232, 238, 246) if stage.snowy else (112, 112, 126)
    stops = (
        (0.0, stage.ground(mix(base, (255, 240, 220), 0.12), 0.3)),
        (1.0, stage.ground(mix(base, (30, 30, 56), 0.42), 0)),
    )
    road = gradient((stage.width, tall), stops)
    if stage.light.night or stage.light.low_sun or "rain" in stage.scene.weathers:
        high = min(top, round(tall * 1.5))
        above = ImageOps.flip(stage.image.crop((0, top - high, size[0], top)))
        small = above.resize((max(1, size[0] // 8), max(1, tall // 14)), Image.Resampling.BOX).filter(
            ImageFilter.BoxBlur(1)
        )
        road = Image.blend(road, small.resize(road.size, Image.Resampling.BICUBIC), 0.55)
    stage.image.paste(road, (0, top))
    pen = ImageDraw.Draw(stage.image)
    kerb = stage.ground((206, 200, 200), 0.15)
    pen.rectangle((0, top - stage.unit * 0.006, stage.width, top + stage.unit * 0.012), fill=kerb)
    _markings(stage, top, tall)


def _markings(stage: Stage, top: int, tall: int) -> None:
    """Dash the middle of a road that runs towards the viewer's right and left."""
    pen = ImageDraw.Draw(stage.image)
    y, step = top + tall * 0.44, stage.unit * 0.16
    colour = stage.ground((240, 226, 180), 0.25)
    offset = stage.rng("markings").uniform(0, step)
    for index in range(-1, int(stage.width / step) + 2):
        x = index * step + offset
        pen.polygon(
            [(x, y), (x + step * 0.5, y), (x + step * 0.47, y + tall * 0.03), (x - step * 0.04, y + tall * 0.03)],
            fill=colour,
        )
