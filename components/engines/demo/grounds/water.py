"""Water: sea, beach, lake, and under the surface."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from components.engines.demo.brush.colours import Colour, even, mix
from components.engines.demo.brush.strokes import Point, fill_below, fill_shapes, glow, gradient, ridge
from components.engines.demo.grounds.land import SNOW, paint_peaks, rolling
from components.engines.demo.scene.stage import Stage

DEEP: Colour = (22, 96, 142)
SAND: Colour = (240, 212, 160)


def paint_sea(stage: Stage) -> None:
    """Open water with far land, glitter and waves."""
    if stage.scene.backdrops & {"mountain"}:
        paint_peaks(stage, 0.5)
    else:
        _far_land(stage)
    _surface(stage, stage.height)


def _far_land(stage: Stage) -> None:
    rng = stage.rng("far land")
    x = stage.width * rng.choice((-0.1, 0.55, 0.7))
    wide = stage.width * rng.uniform(0.3, 0.5)
    shape: list[Point] = [(x + wide * i / 12, stage.horizon + 2 - stage.unit * 0.05 * math.sin(i / 12 * math.pi)
                           * rng.uniform(0.6, 1.0)) for i in range(13)]  # fmt: skip
    fill_shapes(stage.image, [[(x, stage.horizon + 3), *shape, (x + wide, stage.horizon + 3)]],
                stage.ground((86, 112, 142), 0.55))  # fmt: skip


def _surface(stage: Stage, bottom: float) -> None:
    """Paint water from the horizon down to `bottom`: it takes the sky's colours and the sun's path."""
    top = round(stage.horizon)
    tall = max(2, round(bottom) - top)
    near = mix(stage.ground(DEEP, 0.0), stage.light.sky[0], 0.35)
    stops = ((0.0, mix(stage.light.sky[2], near, 0.35)), (0.35, mix(near, stage.light.sky[1], 0.45)), (1.0, near))
    stage.image.paste(gradient((stage.width, tall), stops), (0, top))
    _waves(stage, top, tall)
    _path_of_light(stage, top, tall)


def _waves(stage: Stage, top: int, tall: int) -> None:
    rng, pen = stage.rng("waves"), ImageDraw.Draw(stage.image)
    light, dark = mix(stage.light.sky[2], (255, 255, 255), 0.25), stage.ground((14, 66, 112), 0.0)
    for index in range(round((150 + 130 * stage.detail) * max(0.6, stage.width / 1024))):
        near = rng.random() ** 1.4
        x, y = rng.uniform(-0.05, 1.0) * stage.width, top + tall * near
        long, thick = stage.unit * (0.012 + 0.06 * near) * rng.uniform(0.6, 1.6), 1 + stage.unit * 0.0045 * near
        behind = stage.image.getpixel((min(stage.width - 1, max(0, round(x))), min(stage.height - 1, round(y))))
        base = (behind[0], behind[1], behind[2]) if isinstance(behind, tuple) else dark
        colour = mix(base, light if index % 3 else dark, 0.34)
        pen.ellipse((x, y, x + long, y + thick), fill=colour)


def _path_of_light(stage: Stage, top: int, tall: int) -> None:
    """Paint the glitter of sun or moon on the water, wider towards the viewer."""
    if not (stage.light.low_sun or stage.light.night) or {"rain", "storm", "fog"} & stage.scene.weathers:
        return
    rng, pen = stage.rng("glitter"), ImageDraw.Draw(stage.image)
    glow(stage.image, (stage.orb[0], top), stage.unit * 0.3, stage.light.glow, 0.3)
    for _ in range(120):
        near = rng.random()
        y = top + tall * near
        x = stage.orb[0] + rng.gauss(0, stage.unit * (0.018 + 0.06 * near))
        long, thick = stage.unit * (0.006 + 0.026 * near), 1 + stage.unit * 0.004 * near
        pen.ellipse((x - long, y, x + long, y + thick), fill=mix(stage.light.glow, stage.light.sky[2], 0.25))


def paint_beach(stage: Stage) -> None:
    """Sea behind, sand in front, foam between."""
    if stage.scene.backdrops & {"mountain"}:
        paint_peaks(stage, 0.5)
    else:
        _far_land(stage)
    shore = stage.horizon + (stage.height - stage.horizon) * 0.42
    _surface(stage, shore + stage.unit * 0.1)
    rng = stage.rng("shore")
    line = ridge(rng, stage.width, shore + stage.unit * 0.05, stage.unit * 0.07, 0.8)
    sand = SNOW if stage.snowy else SAND
    wet = stage.ground(mix(sand, (120, 104, 96), 0.45), 0)
    for lower, colour in ((0.0, stage.ground((255, 255, 255), 0.05)), (0.014, wet)):
        fill_below(stage.image, [(x, y + stage.unit * lower) for x, y in line], colour, colour)
    dry = [(x, y + stage.unit * 0.05) for x, y in line]
    fill_below(stage.image, dry, stage.ground(sand, 0), stage.ground(mix(sand, (196, 138, 84), 0.45), 0))
    _ripples(stage, shore + stage.unit * 0.1)


def _ripples(stage: Stage, top: float) -> None:
    rng, pen = stage.rng("ripples"), ImageDraw.Draw(stage.image)
    for _ in range(round(60 + 160 * stage.detail)):
        x, y = rng.uniform(0, stage.width), rng.uniform(top, stage.height)
        long = stage.unit * rng.uniform(0.004, 0.018)
        pen.ellipse((x, y, x + long, y + 2), fill=stage.ground((222, 184, 130), 0))


def paint_lake(stage: Stage) -> None:
    """Still water with the far shore mirrored in it, and a green bank in front."""
    rng = stage.rng("lake")
    green: Colour = SNOW if stage.snowy else (110, 160, 90)
    if stage.scene.backdrops & {"mountain"} or rng.random() < 0.6:
        paint_peaks(stage, 0.75)
    rolling(stage, green, 2)
    top = round(stage.horizon + (stage.height - stage.horizon) * 0.2)
    _mirror(stage, top)
    _waves(stage, top, stage.height - top)
    line = ridge(rng, stage.width, stage.height * 1.0, stage.unit * 0.12, 0.6)
    fill_below(stage.image, line, stage.ground(green, 0), stage.ground(mix(green, (20, 60, 50), 0.4), 0))


def _mirror(stage: Stage, top: int) -> None:
    """Mirror what is above `top` below it, softer and darker."""
    tall = min(top, stage.height - top)
    above = stage.image.crop((0, top - tall, stage.width, top))
    small = ImageOps.flip(above).resize((max(1, stage.width // 3), max(1, tall // 3)), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.BoxBlur(2)).resize((stage.width, tall), Image.Resampling.BICUBIC)
    water = mix(stage.ground(DEEP, 0), stage.light.sky[1], 0.4)
    stage.image.paste(Image.blend(soft, Image.new("RGB", soft.size, water), 0.34), (0, top))
    if top + tall < stage.height:
        stage.image.paste(water, (0, top + tall, stage.width, stage.height))
    edge = mix(stage.light.haze, (255, 255, 255), 0.3)
    ImageDraw.Draw(stage.image).line((0, top, stage.width, top), fill=edge, width=max(1, round(stage.unit * 0.003)))


def paint_underwater(stage: Stage) -> None:
    """Blue depth with rays of light, a sandy ground, weeds and bubbles."""
    gain = stage.light.gain
    dark = 0.55 if stage.light.night else 0.0
    top: Colour = mix(mix((132, 222, 226), stage.light.sky[2], 0.25), (20, 50, 110), dark)
    low: Colour = mix((12, 70, 122), (6, 18, 56), dark)
    mid: Colour = mix(mix((40, 150, 190), stage.light.sky[1], 0.2), (12, 36, 92), dark)
    stage.image.paste(gradient(stage.image.size, ((0, top), (0.45, mid), (1, low))))
    _rays(stage, top)
    rng = stage.rng("seabed")
    for near, colour in ((0.0, (40, 110, 140)), (0.5, (96, 140, 142)), (1.0, (206, 188, 146))):
        base = stage.horizon + (stage.height - stage.horizon) * (0.1 + 0.42 * near)
        line = ridge(rng, stage.width, base, stage.unit * 0.1, 1.2)
        bed = mix((round(colour[0] * gain[0]), round(colour[1] * gain[1]), round(colour[2] * gain[2])), low, 0.35)
        fill_below(stage.image, line, bed, mix(bed, low, 0.55))
        _weeds(stage, base, near, mix((36, 120, 110), mid, 0.6 * (1 - near)))
    _bubbles(stage)


def _rays(stage: Stage, colour: Colour) -> None:
    rng = stage.rng("rays")
    size = (max(8, stage.width // 8), max(8, stage.height // 8))
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    lean = rng.uniform(-0.35, 0.35) * size[0]
    for _ in range(7):
        x, wide = rng.uniform(-0.1, 1.1) * size[0], size[0] * rng.uniform(0.02, 0.07)
        foot = [(x + wide * 2.4 + lean, size[1] * 0.85), (x + lean - wide * 1.4, size[1] * 0.85)]
        pen.polygon([(x, 0), (x + wide, 0), *foot], fill=rng.randint(50, 110))
    fade = gradient(size, ((0, even(255)), (0.9, even(0)), (1, even(0)))).getchannel(0)
    soft = Image.composite(mask, Image.new("L", size), fade).filter(ImageFilter.BoxBlur(size[0] / 60))
    stage.image.paste(
        mix(colour, (255, 255, 255), 0.4), (0, 0), soft.resize(stage.image.size, Image.Resampling.BICUBIC)
    )


def _weeds(stage: Stage, base: float, near: float, colour: Colour) -> None:
    rng = stage.rng("weeds", near)
    shapes: list[list[Point]] = []
    for _ in range(round(9 * max(1.0, stage.width / stage.height))):
        x, tall = rng.uniform(0, stage.width), stage.unit * (0.05 + 0.13 * near) * rng.uniform(0.5, 1.3)
        foot, swing = base + stage.unit * 0.03, rng.uniform(0, 6)
        wide = stage.unit * (0.004 + 0.007 * near)
        spine = [
            (x + math.sin(swing + i * 0.9) * wide * 1.8, foot - tall * i / 8, wide * (1 - i / 9)) for i in range(9)
        ]
        shapes.append([(px - w, y) for px, y, w in spine] + [(px + w, y) for px, y, w in reversed(spine)])
    fill_shapes(stage.image, shapes, colour)


def _bubbles(stage: Stage) -> None:
    rng, pen = stage.rng("bubbles"), ImageDraw.Draw(stage.image)
    for _ in range(round(26 + 30 * stage.detail)):
        x, y = rng.uniform(0, stage.width), rng.uniform(0.05, 0.9) * stage.height
        size = stage.unit * rng.uniform(0.002, 0.008)
        pen.ellipse((x - size, y - size, x + size, y + size), outline=(196, 236, 244), width=max(1, round(size * 0.3)))
