"""Indoor grounds: a room with a window, and a table top with a soft background."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw, ImageFilter

from components.engines.demo.brush.colours import Colour, mix
from components.engines.demo.brush.strokes import glow, gradient
from components.engines.demo.scene.light import Light
from components.engines.demo.scene.stage import Stage

WALLPAPERS: tuple[Colour, ...] = ((176, 196, 170), (232, 202, 160), (196, 168, 178), (150, 182, 196), (216, 168, 140))
WOODS: tuple[Colour, ...] = ((176, 118, 72), (198, 146, 96), (150, 98, 66))
SPINES: tuple[Colour, ...] = ((178, 74, 62), (222, 168, 84), (78, 118, 128), (108, 132, 90), (134, 92, 126))
WARM: Colour = (255, 216, 150)


def _inside(light: Light, colour: Colour) -> Colour:
    """Return a colour in lamp light: warm, and never as dark as the night outside."""
    shade = 0.66 if light.night else 0.92
    return round(colour[0] * min(1.0, shade * 1.08)), round(colour[1] * shade), round(colour[2] * shade * 0.92)


def paint_room(stage: Stage) -> None:
    """A papered wall with a window to the weather, shelves, boards and a rug. The sky is there already."""
    rng, floor = stage.rng("room"), round(stage.horizon)
    outside = stage.image.copy()
    paper = _inside(stage.light, rng.choice(WALLPAPERS))
    stage.image.paste(gradient((stage.width, floor), ((0, mix(paper, (40, 20, 30), 0.18)), (1, paper))), (0, 0))
    _stripes(stage, floor, mix(paper, (255, 246, 226), 0.16))
    window_left = rng.random() < 0.5
    if stage.wants("window"):
        _window(stage, outside, window_left, floor)
    _shelf(stage, not window_left, floor, rng)
    _floor(stage, floor, _inside(stage.light, rng.choice(WOODS)))
    _rug(stage, floor, rng)
    lamp_x = stage.width * (0.84 if window_left else 0.16)
    glow(stage.image, (lamp_x, floor * 0.62), stage.unit * 0.62, WARM, 0.34)


def _stripes(stage: Stage, floor: int, colour: Colour) -> None:
    pen, step = ImageDraw.Draw(stage.image), stage.unit * 0.07
    for index in range(int(stage.width / step) + 1):
        pen.rectangle((index * step, 0, index * step + step * 0.14, floor), fill=colour)
        for row in range(int(floor / step) + 1):
            x, y = index * step + step * 0.57, (row + (index % 2) * 0.5) * step
            dot = step * 0.07
            pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=colour)


def _window(stage: Stage, outside: Image.Image, left: bool, floor: int) -> None:
    wide, tall = min(stage.unit * 0.42, stage.width * 0.5), min(stage.unit * 0.46, floor * 0.72)
    x, y = stage.width * (0.27 if left else 0.73) - wide / 2, floor * 0.42 - tall / 2
    box = (round(x), round(y), round(x + wide), round(y + tall))
    view = outside.crop((0, 0, stage.width, floor)).resize(
        (box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR
    )
    stage.image.paste(view, box[:2])
    pen = ImageDraw.Draw(stage.image)
    _view_through(stage, pen, box)
    frame, thick = _inside(stage.light, (248, 240, 226)), max(3, round(stage.unit * 0.016))
    pen.rectangle((box[0] - thick, box[1] - thick, box[2] + thick, box[3] + thick), outline=frame, width=thick)
    middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
    pen.line((middle[0], box[1], middle[0], box[3]), fill=frame, width=max(2, thick // 2))
    pen.line((box[0], middle[1], box[2], middle[1]), fill=frame, width=max(2, thick // 2))
    pen.rectangle((box[0] - thick * 2, box[3] + thick, box[2] + thick * 2, box[3] + thick * 2), fill=frame)
    for side in (0, 1):
        _curtain(stage, pen, box, side)


def _view_through(stage: Stage, pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    """Paint hills and the weather behind the window."""
    rng = stage.rng("view")
    tall = box[3] - box[1]
    hill = stage.ground((236, 242, 250) if stage.snowy else (92, 138, 92), 0.3)
    pen.ellipse((box[0] - tall * 0.2, box[3] - tall * 0.3, box[2] - tall * 0.3, box[3] + tall * 0.5), fill=hill)
    pen.rectangle((box[0] - tall * 0.3, box[3], box[2], box[3] + tall * 0.6), fill=stage.image.getpixel((1, 1)))
    if {"rain", "storm"} & stage.scene.weathers:
        for _ in range(70):
            x, y = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3] - tall * 0.08)
            pen.line((x, y, x - tall * 0.012, y + tall * 0.07), fill=(206, 222, 236), width=2)
    if "snow" in stage.scene.weathers:
        for _ in range(60):
            x, y, dot = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3]), tall * rng.uniform(0.005, 0.013)
            pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=(248, 250, 255))


def _curtain(stage: Stage, pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], side: int) -> None:
    cloth = _inside(stage.light, stage.rng("curtain").choice(SPINES))
    wide, edge = (box[2] - box[0]) * 0.24, box[0] if side == 0 else box[2]
    way = 1 if side == 0 else -1
    outer, top, foot = edge - way * wide * 0.6, box[1] - stage.unit * 0.035, box[3] + stage.unit * 0.05
    pen.polygon([(outer, top), (edge + way * wide * 0.7, top), (edge + way * wide * 0.1, foot * 0.6 + top * 0.4),
                 (edge + way * wide * 0.2, foot), (outer, foot)], fill=cloth)  # fmt: skip
    for fold in range(1, 4):
        x = outer + way * wide * 0.26 * fold
        pen.line((x, top, outer + way * wide * 0.2 * fold, foot), fill=mix(cloth, (40, 20, 30), 0.2), width=3)
    rod = _inside(stage.light, (120, 80, 50))
    pen.rectangle((box[0] - wide, top - 6, box[2] + wide, top), fill=rod)


def _shelf(stage: Stage, left: bool, floor: int, rng: random.Random) -> None:
    """Hang two boards with books on the wall without the window."""
    pen, wood = ImageDraw.Draw(stage.image), _inside(stage.light, WOODS[0])
    wide = min(stage.unit * 0.32, stage.width * 0.3)
    middle = stage.width * (0.17 if left else 0.83)
    for level in (0.34, 0.62):
        y, x = floor * level, middle - wide / 2
        while x < middle + wide / 2 - stage.unit * 0.03:
            thick, tall = (
                stage.unit * rng.uniform(0.014, 0.026),
                min(stage.unit * rng.uniform(0.06, 0.10), floor * 0.2),
            )
            if rng.random() < 0.82:
                pen.rectangle((x, y - tall, x + thick, y), fill=_inside(stage.light, rng.choice(SPINES)))
            x += thick + 2
        board = (middle - wide * 0.56, y, middle + wide * 0.56, y + stage.unit * 0.014)
        pen.rectangle(board, fill=wood)
        pen.rectangle(
            (board[0], board[3], board[2], board[3] + stage.unit * 0.006), fill=mix(wood, (30, 14, 20), 0.45)
        )


def _floor(stage: Stage, floor: int, wood: Colour) -> None:
    tall = stage.height - floor
    stops = ((0.0, mix(wood, (40, 20, 20), 0.3)), (1.0, mix(wood, (255, 226, 170), 0.12)))
    stage.image.paste(gradient((stage.width, tall), stops), (0, floor))
    pen, seam = ImageDraw.Draw(stage.image), mix(wood, (30, 14, 16), 0.42)
    middle = stage.width / 2
    for index in range(-14, 15):
        x = middle + index * stage.unit * 0.09
        pen.line((x, floor, middle + (x - middle) * 2.1, stage.height), fill=seam, width=2)
    skirting = _inside(stage.light, (240, 230, 214))
    pen.rectangle((0, floor - stage.unit * 0.03, stage.width, floor), fill=skirting)


def _rug(stage: Stage, floor: int, rng: random.Random) -> None:
    tall, wide = (stage.height - floor) * 0.62, min(stage.width * 0.42, stage.unit * 0.52)
    x, y = stage.width / 2, floor + (stage.height - floor) * 0.58
    cloth = _inside(stage.light, rng.choice(SPINES))
    pen = ImageDraw.Draw(stage.image)
    for share, colour in (
        (1.0, cloth),
        (0.88, mix(cloth, (255, 240, 214), 0.5)),
        (0.80, cloth),
        (0.5, mix(cloth, (255, 230, 190), 0.22)),
    ):
        pen.ellipse((x - wide * share, y - tall / 2 * share, x + wide * share, y + tall / 2 * share), fill=colour)


def paint_table(stage: Stage) -> None:
    """A wooden table near the viewer, the room behind it out of focus."""
    rng, edge = stage.rng("table"), round(stage.horizon)
    wall = _inside(stage.light, rng.choice(WALLPAPERS))
    stops = ((0.0, mix(wall, (30, 20, 40), 0.45)), (1.0, mix(wall, (255, 226, 180), 0.2)))
    small = gradient((max(8, stage.width // 4), max(8, edge // 4)), stops)
    pen = ImageDraw.Draw(small)
    for _ in range(16):
        x, y, reach = (
            rng.uniform(0, small.width),
            rng.uniform(0, small.height),
            stage.unit / 4 * rng.uniform(0.025, 0.075),
        )
        pen.ellipse(
            (x - reach, y - reach, x + reach, y + reach),
            fill=mix(wall, rng.choice((WARM, (255, 240, 220), SPINES[1])), 0.5),
        )
    soft = small.filter(ImageFilter.BoxBlur(stage.unit / 360)).resize((stage.width, edge), Image.Resampling.BICUBIC)
    stage.image.paste(soft, (0, 0))
    glow(stage.image, (stage.width * rng.choice((0.2, 0.8)), edge * 0.3), stage.unit * 0.7, WARM, 0.5)
    _planks(stage, edge, _inside(stage.light, rng.choice(WOODS)), rng)


def _planks(stage: Stage, edge: int, wood: Colour, rng: random.Random) -> None:
    tall = stage.height - edge
    pen = ImageDraw.Draw(stage.image)
    y = float(edge)
    step = tall * 0.13
    while y < stage.height:
        tone = mix(wood, rng.choice(((255, 220, 160), (70, 34, 24))), rng.uniform(0.02, 0.14))
        pen.rectangle((0, y, stage.width, y + step), fill=tone)
        for _ in range(round(9 + 14 * stage.detail)):
            x, line, long = (
                rng.uniform(-0.1, 1) * stage.width,
                y + rng.random() * step,
                stage.unit * rng.uniform(0.05, 0.3),
            )
            pen.line((x, line, x + long, line), fill=mix(tone, (60, 30, 20), rng.uniform(0.08, 0.25)), width=1)
        pen.line((0, y, stage.width, y), fill=mix(wood, (30, 14, 14), 0.5), width=2)
        y += step
        step *= 1.32
    pen.rectangle((0, edge, stage.width, edge + stage.unit * 0.01), fill=mix(wood, (255, 236, 196), 0.45))
    glow(stage.image, (stage.width / 2, edge + tall * 0.3), stage.unit * 0.5, WARM, 0.22)
