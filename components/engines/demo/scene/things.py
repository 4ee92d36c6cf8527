"""Things in a scene: painted in its light, with a shadow, mound or waterline."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from components.engines.demo.brush.colours import Colour, mix
from components.engines.demo.brush.strokes import RIM, Point, glow, gradient, shape_mask
from components.engines.demo.scene.grade import INDOORS, SHINING, graded, tinted
from components.engines.demo.scene.placement import Placed
from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.drawings import picture


def paint_things(stage: Stage, placed: list[Placed]) -> Image.Image:
    """Paint all things in this order. Return an L mask of what they cover."""
    covered = Image.new("L", stage.image.size)
    for one in placed:
        _paint(stage, one, covered)
    return covered


def _paint(stage: Stage, one: Placed, covered: Image.Image) -> None:
    art = _drawn(stage, one)
    left, top = round(one.x - art.width / 2), round(one.foot - (art.height + one.height) / 2)
    if one.kind == "build":
        _mound(stage, one)
    if one.kind in {"stand", "build"}:
        _shadow(stage, one)
    if one.drawing.name in SHINING and (stage.light.night or stage.light.low_sun):
        glow(stage.image, (one.x, one.foot - one.height * 0.6), one.height * 0.95, (255, 206, 120), 0.42)
    alpha = art.getchannel("A")
    if one.kind == "swim":
        _reflection(stage, art, left, round(one.foot - one.height * 0.08))
        alpha = _waterline(alpha)
    stage.image.paste(art.convert("RGB"), (left, top), alpha)
    covered.paste(255, (left, top), alpha)
    if one.kind == "stand" and one.drawing.at != "table" and stage.place not in INDOORS | {"city", "table"}:
        _tufts(stage, one)


def _drawn(stage: Stage, one: Placed) -> Image.Image:
    """Return the drawing in its size and light, as RGBA."""
    art = picture(one.drawing.name)
    size = max(2, round(one.width)), max(2, round(one.height))
    art = art.resize(size, Image.Resampling.BICUBIC)
    if one.flip:
        art = ImageOps.mirror(art)
    alpha = art.getchannel("A")
    colour = art.convert("RGB")
    if one.colour is not None:
        colour = tinted(colour, alpha, one.colour)
    lit_up = Image.merge("RGBA", (*graded(stage, one, colour).split(), alpha))
    if abs(one.turn) > 0.5:
        lit_up = lit_up.rotate(one.turn, Image.Resampling.BICUBIC, expand=True)
    return lit_up


def _shadow(stage: Stage, one: Placed) -> None:
    """Paint a soft shadow on the ground, away from the light."""
    wide, tall = one.width * 0.66, max(4.0, min(one.width, one.height) * 0.13)
    away = one.width * (0.08 if stage.orb[0] < one.x else -0.08)
    side = (max(6, round(wide * 2)), max(6, round(tall * 2)))
    strength = 120 if stage.snowy or stage.place == "beach" else 170
    falloff = [round(strength * max(0.0, 1 - v / RIM) ** 1.2) for v in range(256)]
    mask = Image.radial_gradient("L").point(falloff).resize(side, Image.Resampling.BILINEAR)
    ground = mix(stage.ground((40, 44, 66), 0.0), (14, 16, 40), 0.4)
    stage.image.paste(ground, (round(one.x + away - side[0] / 2), round(one.foot - side[1] * 0.54)), mask)


EARTHS: dict[str, Colour] = {
    "sea": (116, 108, 114),
    "desert": (226, 180, 114),
    "beach": (234, 206, 154),
    "moon": (186, 186, 198),
    "mars": (190, 98, 66),
    "underwater": (150, 140, 116),
}
"""Colours of a mound by place; elsewhere it is grass."""


def _mound(stage: Stage, one: Placed) -> None:
    """Paint a mound of earth, sand or rock under a thing, so that it does not float."""
    if stage.place in INDOORS | {"city"}:
        return
    earth = (238, 245, 252) if stage.snowy else EARTHS.get(stage.place, (120, 170, 84))
    island = stage.place == "sea"
    rng = stage.rng("mound", one.drawing.name)
    half = max(one.width, one.height * 0.5) * rng.uniform(0.85, 1.1)
    rise, sink = one.height * 0.05, one.height * (0.13 if island else 0.30)
    size = max(8, round(half * 2)), max(8, round(rise + sink))
    crest: list[Point] = []
    for index in range(33):
        along = index / 16 - 1
        bump = (1 - abs(along) ** 3) * rng.uniform(0.86, 1.0) if island else (1 - along * along) ** 1.4
        crest.append((half * (1 + along), (1 - bump) * size[1] * 0.9))
    keel = [(half * (1 + i / 8), size[1] * (0.9 + 0.1 * (1 - (i / 8) ** 2))) for i in range(8, -9, -1)]
    mask = shape_mask(size, [crest + keel])
    if not island:
        mask = ImageChops.multiply(mask, Image.linear_gradient("L").resize(size).point(_FADE))
    light = stage.ground(mix(earth, (255, 250, 210), 0.2), one.depth)
    dark = stage.ground(mix(earth, (40, 60, 90), 0.3 if island else 0.06), one.depth)
    at = round(one.x - half), round(one.foot - rise)
    stage.image.paste(gradient(size, ((0, light), (1, dark))), at, mask)
    if island:
        _surf(stage, one.x, at[1] + size[1] * 0.93, half)


_FADE = [255 if v < 60 else max(0, round(255 - (v - 60) * 1.4)) for v in range(256)]
"""Opacity by row: a mound of earth fades into the ground at its foot."""


def _surf(stage: Stage, x: float, y: float, half: float) -> None:
    """Paint white water along the foot of a rock."""
    rng, pen = stage.rng("surf"), ImageDraw.Draw(stage.image)
    foam = mix(stage.light.sky[2], (255, 255, 255), 0.55)
    for _ in range(46):
        along = rng.uniform(-1.0, 1.0)
        reach, down = half * rng.uniform(0.02, 0.06), stage.unit * 0.006
        level = y + (1 - along * along) * half * 0.03 + rng.uniform(-1.2, 1.2) * down
        pen.ellipse((x + along * half - reach, level, x + along * half + reach, level + down), fill=foam)


def _waterline(alpha: Image.Image) -> Image.Image:
    """Return an alpha channel whose lowest rows fade into the water."""
    fade = Image.new("L", (1, 64), 255)
    for y in range(57, 64):
        fade.putpixel((0, y), round(255 * (63 - y) / 7))
    return ImageChops.multiply(alpha, fade.resize(alpha.size, Image.Resampling.BILINEAR))


def _reflection(stage: Stage, art: Image.Image, left: int, line: int) -> None:
    tall = max(2, round(art.height * 0.42))
    below = ImageOps.flip(art).crop((0, round(art.height * 0.1), art.width, round(art.height * 0.1) + tall))
    soft = below.filter(ImageFilter.BoxBlur(max(1.0, stage.unit * 0.004)))
    fade = Image.linear_gradient("L").resize(soft.size).point([round((255 - v) * 0.42) for v in range(256)])
    stage.image.paste(soft.convert("RGB"), (left, line), ImageChops.multiply(soft.getchannel("A"), fade))
    pen = ImageDraw.Draw(stage.image)
    foam = mix(stage.light.sky[2], (255, 255, 255), 0.5)
    for row in range(3):
        y, inset = line + row * stage.unit * 0.008, art.width * (0.16 + 0.07 * row)
        pen.ellipse((left + inset, y, left + art.width - inset, y + stage.unit * 0.003), fill=foam)


def _tufts(stage: Stage, one: Placed) -> None:
    """Paint grass or snow over the feet of a thing."""
    if stage.place not in {"meadow", "forest", "mountain", "snow", "lake"} or one.height < stage.unit * 0.05:
        return
    rng, pen = stage.rng("tufts", one.drawing.name, round(one.x)), ImageDraw.Draw(stage.image)
    if stage.snowy:
        for _ in range(9):
            x, size = one.x + rng.uniform(-0.42, 0.42) * one.width, one.width * rng.uniform(0.04, 0.09)
            y = one.foot + size * 0.18
            pen.ellipse((x - size, y - size * 0.3, x + size, y + size * 0.3), fill=stage.ground((236, 243, 251), 0.02))
        return
    for _ in range(26):
        x = one.x + rng.uniform(-0.5, 0.5) * one.width
        tall, y = stage.unit * rng.uniform(0.012, 0.03), one.foot + stage.unit * rng.uniform(0.0, 0.012)
        tone = mix((96, 150, 66), (160, 196, 92), rng.random())
        pen.line(
            (x, y, x + rng.uniform(-0.3, 0.3) * tall, y - tall),
            fill=stage.ground(tone, 0.04),
            width=max(2, round(stage.unit * 0.003)),
        )
