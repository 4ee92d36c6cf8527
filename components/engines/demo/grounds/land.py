"""Grounds of earth: meadow, hills, mountains, forest, snow, desert, moon and mars."""

from __future__ import annotations

import random

from PIL import ImageDraw

from components.engines.demo.brush.colours import Colour, mix
from components.engines.demo.brush.strokes import Point, fill_below, fill_shapes, glow, height_at, ridge
from components.engines.demo.scene.stage import Stage

GRASS: tuple[Colour, ...] = ((124, 178, 74), (98, 168, 84), (150, 184, 72), (112, 172, 104))
SNOW: Colour = (240, 246, 252)
BLOSSOMS: tuple[Colour, ...] = ((255, 255, 255), (255, 214, 92), (244, 128, 160), (190, 130, 232), (240, 92, 80))


def paint_meadow(stage: Stage) -> None:
    """Rolling hills, near ones lighter, with grass and flowers."""
    rng = stage.rng("meadow")
    green = SNOW if stage.snowy else rng.choice(GRASS)
    if stage.scene.backdrops & {"mountain"}:
        paint_peaks(stage, 0.5)
    rolling(stage, green, 4)
    if not stage.snowy:
        _blades(stage, green)
        _blossoms(stage)


def rolling(stage: Stage, colour: Colour, layers: int) -> None:
    """Paint layers of hills from the haze to the feet."""
    rng, bottom = stage.rng("hills"), stage.height
    for index in range(layers):
        near = index / max(1, layers - 1)
        base = stage.horizon + (bottom - stage.horizon) * (0.02 + 0.34 * near)
        rise = stage.unit * (0.16 - 0.09 * near)
        line = ridge(rng, stage.width, base, rise, rng.uniform(0.7, 1.6) * max(1.0, stage.width / stage.height))
        shade = mix(colour, (40, 84, 92) if not stage.snowy else (150, 180, 220), 0.36 * (1 - near))
        top = stage.ground(mix(shade, (255, 250, 200), 0.14), 0.62 * (1 - near) ** 1.4)
        fill_below(stage.image, line, top, stage.ground(mix(shade, (24, 60, 60), 0.16), 0.4 * (1 - near)))
        if index < layers - 1 and stage.wants("tree", "pine", "forest"):
            _distant_trees(stage, line, near, rng)


def _distant_trees(stage: Stage, line: list[Point], near: float, rng: random.Random) -> None:
    """Set small trees on a ridge, in groves."""
    colour = stage.ground((190, 208, 226) if stage.snowy else (58, 112, 74), 0.55 * (1 - near))
    shapes: list[list[Point]] = []
    for _ in range(round((3 + 2 * rng.random()) * max(1.0, stage.width / stage.height))):
        middle = rng.uniform(0, stage.width)
        for _ in range(rng.randint(2, 6)):
            x = middle + rng.gauss(0, stage.unit * 0.035)
            tall = stage.unit * (0.024 + 0.035 * near) * rng.uniform(0.7, 1.3)
            shapes.append(conifer(x, height_at(line, x) + tall * 0.12, tall))
    for shape in shapes:
        fill_shapes(stage.image, [shape], colour)


def conifer(x: float, foot: float, tall: float, slim: float = 1.0) -> list[Point]:
    """Return the outline of a fir: five skirts and a stem, standing on `foot`; `slim` below 1 is narrower."""
    right: list[Point] = [(x, foot - tall)]
    for level, reach in ((0.78, 0.10), (0.62, 0.15), (0.45, 0.20), (0.28, 0.25), (0.10, 0.29)):
        out = tall * reach * slim
        right += [(x + out, foot - tall * level), (x + out * 0.62, foot - tall * (level + 0.025))]
    right += [(x + tall * 0.035, foot - tall * 0.11), (x + tall * 0.035, foot)]
    return right + [(2 * x - px, y) for px, y in reversed(right)]


def _blades(stage: Stage, green: Colour) -> None:
    """Draw grass strokes, more and longer towards the viewer."""
    rng, pen = stage.rng("blades"), ImageDraw.Draw(stage.image)
    top = stage.horizon + (stage.height - stage.horizon) * 0.42
    for _ in range(round((240 + 420 * stage.detail) * max(0.5, stage.width / 1024))):
        near = rng.random() ** 0.7
        x, y = rng.uniform(0, stage.width), top + (stage.height - top) * near
        tall, tone = stage.unit * (0.006 + 0.02 * near) * rng.uniform(0.6, 1.3), rng.uniform(-0.22, 0.28)
        target = (255, 250, 190) if tone > 0 else (20, 60, 50)
        lean = rng.uniform(-0.4, 0.4) * tall
        pen.line((x, y, x + lean, y - tall), fill=stage.ground(mix(green, target, abs(tone)), 0.1), width=2)


def _blossoms(stage: Stage) -> None:
    if not stage.wants("flower", "flowers"):
        return
    rng, pen = stage.rng("blossoms"), ImageDraw.Draw(stage.image)
    colours = rng.sample(BLOSSOMS, 3)
    many = 150 if "flowers" in stage.scene.features else 46
    top = stage.horizon + (stage.height - stage.horizon) * 0.5
    for _ in range(round(many * (0.6 + 0.6 * stage.detail) * max(0.5, stage.width / 1024))):
        near = rng.random()
        x, y = rng.uniform(0, stage.width), top + (stage.height - top) * near
        size = stage.unit * (0.0025 + 0.0045 * near)
        colour = stage.ground(rng.choice(colours), 0.1)
        for dx, dy in ((-1, 0), (1, 0), (0, -0.9), (0, 0.9)):
            px, py = x + dx * size, y + dy * size
            pen.ellipse((px - size, py - size, px + size, py + size), fill=colour)
        pen.ellipse(
            (x - size * 0.7, y - size * 0.7, x + size * 0.7, y + size * 0.7), fill=stage.ground((250, 200, 70), 0)
        )


def paint_mountain(stage: Stage) -> None:
    """A range of peaks behind green or white foothills."""
    paint_peaks(stage, 1.0)
    rolling(stage, SNOW if stage.snowy else (122, 164, 92), 3)
    if not stage.snowy:
        _blades(stage, (122, 164, 92))
        _blossoms(stage)


def paint_peaks(stage: Stage, size: float) -> None:
    """Paint two rows of peaks on the horizon, lit from the side of the sun."""
    rng = stage.rng("peaks")
    sun_left = stage.orb[0] < stage.width / 2
    wide = max(1.0, stage.width / stage.height)
    for row, (depth, tall) in enumerate(((0.62, 0.44), (0.34, 0.34))):
        many = round((3 + row) * wide)
        for index in rng.sample(range(many), many):
            x = stage.width * ((index + rng.uniform(0.2, 0.8)) / many)
            high = min(stage.unit * tall, stage.horizon * 0.72) * size * rng.uniform(0.7, 1.15)
            _peak(stage, (x, stage.horizon + stage.unit * 0.06), high, depth, sun_left)


def _peak(stage: Stage, foot: Point, high: float, depth: float, sun_left: bool) -> None:
    rng = stage.rng("peak", *foot)
    (x, y), half = foot, high * rng.uniform(0.75, 1.0)
    rock = stage.ground((104, 116, 142), depth)
    dark = stage.ground((70, 80, 112), depth)
    white = stage.ground((250, 252, 255), depth * 0.55)
    dim = stage.ground((176, 196, 226), depth * 0.6)
    side = 1 if sun_left else -1
    fold = x + side * half * 0.12
    top = (x, y - high)
    fill_shapes(stage.image, [[top, (x - half, y), (x + half, y)]], rock)
    fill_shapes(stage.image, [[top, (x + side * half, y), (fold, y), (x + side * half * 0.2, y - high * 0.5)]], dark)
    if stage.snowy or high > stage.unit * 0.16:
        cap = rng.uniform(0.55, 0.68) if not stage.snowy else 0.3
        line = [(x + half * (1 - cap) * t, y - high * cap + (high * 0.07 if i % 2 else -high * 0.05))
                for i, t in enumerate((-0.96, -0.6, -0.25, 0.1, 0.5, 0.94))]  # fmt: skip
        fill_shapes(stage.image, [[top, *line]], white)
        shaded = [p for p in line if (p[0] - x) * side >= 0]
        if len(shaded) > 1:
            fill_shapes(stage.image, [[top, *shaded]], dim)


def paint_snow(stage: Stage) -> None:
    """White rolling ground under far peaks, with blue shadows."""
    paint_peaks(stage, 0.62)
    rolling(stage, SNOW, 4)


def paint_forest(stage: Stage) -> None:
    """Rows of trees fading into the haze, with a clearing in front."""
    rng = stage.rng("forest")
    green = SNOW if stage.snowy else rng.choice(((104, 140, 74), (92, 136, 84), (126, 140, 70)))
    if "mountain" in stage.scene.backdrops:
        paint_peaks(stage, 0.8)
    rows = 4
    for row in range(rows):
        near = row / (rows - 1)
        base = stage.horizon + (stage.height - stage.horizon) * (0.02 + 0.22 * near)
        depth = 0.78 * (1 - near) ** 1.1 + 0.06
        colour = stage.ground((150, 176, 206) if stage.snowy else (34, 84, 66), depth)
        if stage.wants("tree", "pine"):
            _row_of_trees(stage, base, near, colour, rng)
        line = ridge(rng, stage.width, base + stage.unit * 0.02, stage.unit * 0.05, 1.5)
        top = stage.ground(mix(green, (255, 250, 200), 0.12), depth * 0.8)
        fill_below(stage.image, line, top, stage.ground(mix(green, (20, 50, 46), 0.35), depth * 0.4))
        glow(stage.image, (stage.width / 2, base), stage.unit * 0.55, stage.light.haze, 0.34 * (1 - near))
    if not stage.snowy:
        _blades(stage, green)


def _row_of_trees(stage: Stage, base: float, near: float, colour: Colour, rng: random.Random) -> None:
    """Fill the width with firs, leaving the middle open in the nearer rows; each is lit on the side of the sun."""
    gap = stage.unit * (0.055 + 0.075 * near)
    sunny = -1 if stage.orb[0] < stage.width / 2 else 1
    x = -gap
    while x < stage.width + gap:
        x += gap * rng.uniform(0.6, 1.3)
        tall = stage.unit * (0.24 + 0.34 * near) * rng.uniform(0.65, 1.2)
        slim, tone = rng.uniform(0.7, 1.0), rng.uniform(-0.10, 0.14)
        if abs(x / stage.width - 0.5) < 0.30 * near:
            continue
        own = mix(colour, stage.light.sky[2] if tone > 0 else (10, 24, 40), abs(tone))
        outline = conifer(x, base + stage.unit * 0.07, tall, slim)
        fill_shapes(stage.image, [outline], own)
        lit_half = [(x + sunny * abs(px - x) * 0.96, y) for px, y in outline[: len(outline) // 2]]
        fill_shapes(stage.image, [[*lit_half, (x, base + stage.unit * 0.05)]], mix(own, stage.light.glow, 0.2), 0.7)


def paint_desert(stage: Stage) -> None:
    """Dunes with a lit and a shaded side."""
    _dunes(stage, SNOW if stage.snowy else (236, 190, 120), (168, 104, 70))


def paint_mars(stage: Stage) -> None:
    """Red dunes and rocks."""
    _dunes(stage, (206, 108, 70), (112, 48, 44))


def _dunes(stage: Stage, sand: Colour, shadow: Colour) -> None:
    rng = stage.rng("dunes")
    for index in range(5):
        near = index / 4
        base = stage.horizon + (stage.height - stage.horizon) * (0.02 + 0.55 * near)
        line = ridge(rng, stage.width, base, stage.unit * (0.06 + 0.09 * near), rng.uniform(0.5, 1.1))
        depth = 0.6 * (1 - near) ** 1.3
        crest = stage.ground(mix(sand, (255, 246, 220), 0.42 - 0.2 * near), depth)
        fill_below(stage.image, line, crest, stage.ground(mix(sand, shadow, 0.95), depth * 0.7))


def paint_moon(stage: Stage) -> None:
    """Grey hills with craters."""
    rng = stage.rng("moon")
    for index in range(3):
        near = index / 2
        base = stage.horizon + (stage.height - stage.horizon) * (0.04 + 0.3 * near)
        line = ridge(rng, stage.width, base, stage.unit * 0.09, 1.4)
        grey = mix((150, 154, 176), (214, 212, 218), near)
        fill_below(stage.image, line, mix(grey, (255, 255, 255), 0.15), mix(grey, (74, 76, 104), 0.5))
    pen = ImageDraw.Draw(stage.image)
    for _ in range(9):
        near = rng.random()
        y = stage.horizon + (stage.height - stage.horizon) * (0.42 + 0.55 * near)
        x, wide = rng.uniform(0, stage.width), stage.unit * (0.03 + 0.09 * near) * rng.uniform(0.6, 1.2)
        pen.ellipse((x - wide, y - wide * 0.3, x + wide, y + wide * 0.3), fill=(206, 206, 216))
        pen.ellipse((x - wide * 0.94, y - wide * 0.2, x + wide * 0.94, y + wide * 0.29), fill=(132, 134, 156))
