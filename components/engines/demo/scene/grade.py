"""Colour grading of a drawing: it takes the light, haze and snow of its scene, so that it does not look pasted."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageOps, ImageStat

from components.engines.demo.brush.colours import Colour, Gain, mix
from components.engines.demo.scene.placement import Placed
from components.engines.demo.scene.stage import Stage
from components.engines.demo.words.vocabulary import COLOURS

SHINING = frozenset(
    {"campfire", "candle", "lantern", "lamp", "lighthouse", "star", "pumpkin", "ufo", "crystalball", "rocket"}
)
"""Drawings that light up the dark about them."""
INDOORS = frozenset({"room", "table"})


def tinted(art: Image.Image, alpha: Image.Image, name: str) -> Image.Image:
    """Return a drawing in a colour of COLOURS: light and dark stay, and a share of its own colours.

    That share is larger when the drawing is nearly of that colour: a red fox keeps its white muzzle.
    """
    colour = COLOURS[name][0]
    grey = ImageOps.autocontrast(art.convert("L"), cutoff=1)
    dark = mix(colour, (16, 12, 30), 0.78)
    light = mix(colour, (255, 255, 255), 0.35 if name == "black" else 0.72)
    ramp = ImageOps.colorize(grey, dark, light, colour, midpoint=132)
    usual = ImageStat.Stat(art, alpha).mean
    near = sum(abs(a - b) for a, b in zip(usual, colour, strict=True)) < 150
    plain = name in {"white", "black", "grey"}
    return Image.blend(art, ramp, 0.34 if near else (0.82 if plain else 0.66))


def graded(stage: Stage, one: Placed, art: Image.Image) -> Image.Image:
    """Return a drawing, RGB, in the scene's light, hazier the farther away it is."""
    gain, haze, share = _air(stage, one)
    table: list[int] = []
    for level, fog in zip(gain, haze, strict=True):
        table += [min(255, round(v * level * (1 - share) + fog * share)) for v in range(256)]
    lit_up = _rounded(art.point(table), stage.orb[0] < one.x)
    if stage.snowy and one.drawing.at in {"tree", "hill"} and stage.place not in INDOORS:
        return _snowed(stage, lit_up)
    return lit_up


def _air(stage: Stage, one: Placed) -> tuple[Gain, Colour, float]:
    """Return the gain of the light at this place, the colour of the haze and its share."""
    share = one.depth * 0.9 + 0.06
    if "fog" in stage.scene.weathers:
        share += 0.28 * one.depth + 0.14
    if stage.place in INDOORS:
        return ((0.88, 0.82, 0.76) if stage.light.night else (1.0, 0.97, 0.92)), (70, 50, 60), share * 0.5
    red, green, blue = stage.light.gain
    if stage.place == "underwater":
        return (0.80 * red, 0.95 * green, 1.0), (30, 130, 170), share + 0.14
    if stage.place in {"space", "moon"}:
        return (0.94, 0.94, 1.0), (40, 40, 90), share * 0.6
    if stage.light.night:
        if one.drawing.name in SHINING:
            return (1.0, 0.95, 0.85), stage.light.haze, share
        return (red * 1.42, green * 1.22, min(1.0, blue * 1.06)), stage.light.haze, share
    return (min(1.0, red * 1.02), min(1.0, green * 1.06), min(1.0, blue * 1.08)), stage.light.haze, share


def _rounded(art: Image.Image, light_from_left: bool) -> Image.Image:
    """Darken the lower side away from the light a little: flat drawings become round."""
    ramp = Image.linear_gradient("L").rotate(28 if light_from_left else -28, fillcolor=128)
    ramp = ramp.crop((40, 20, 216, 236)).point([round(144 - v * 0.16) for v in range(256)])
    values = ramp.resize(art.size, Image.Resampling.BILINEAR)
    return ImageChops.soft_light(art, Image.merge("RGB", (values, values, values)))


def _snowed(stage: Stage, art: Image.Image) -> Image.Image:
    """Put snow on what faces up: the lit parts, more towards the top."""
    bright = ImageOps.autocontrast(art.convert("L")).point([max(0, min(255, (v - 70) * 2)) for v in range(256)])
    height = Image.linear_gradient("L").point([max(0, round(215 - v * 0.75)) for v in range(256)])
    mask = ImageChops.multiply(bright, height.resize(art.size))
    return Image.composite(Image.new("RGB", art.size, stage.ground((242, 247, 253), 0.05)), art, mask)
