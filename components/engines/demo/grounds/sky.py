"""Skies: colour, sun and moon, stars, clouds, rainbow, aurora and fireworks."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from components.engines.demo.brush.colours import Colour, Gain, even, mix
from components.engines.demo.brush.strokes import cloudy, disc, fill_shapes, glow, gradient
from components.engines.demo.scene.stage import Stage

RAINBOW: tuple[Colour, ...] = (
    (236, 84, 84), (246, 158, 76), (252, 224, 104), (122, 200, 120), (96, 162, 232), (150, 112, 206),
)  # fmt: skip
FIREWORKS: tuple[Colour, ...] = ((255, 204, 92), (255, 108, 128), (120, 214, 255), (176, 255, 160))


def paint_sky(stage: Stage) -> None:
    """Fill the whole picture with sky; the ground is painted over it."""
    light, size = stage.light, stage.image.size
    reach = min(0.98, stage.horizon / stage.height + 0.04)
    stops = ((0.0, light.sky[0]), (reach * 0.55, light.sky[1]), (reach, light.sky[2]), (1.0, light.sky[2]))
    stage.image.paste(gradient(size, stops))
    _breath(stage)
    if light.stars or "stars" in stage.scene.features:
        paint_stars(stage, max(light.stars, 0.5))
    _requested(stage)
    _orb(stage)
    _clouds(stage)


def _breath(stage: Stage) -> None:
    """Paint wide soft patches over the gradient: a painted sky is never even."""
    patches = cloudy(stage.rng("breath"), (max(8, stage.width // 8), max(8, stage.height // 8)), 5)
    mask = patches.point([max(0, v - 120) // 3 for v in range(256)]).resize(stage.image.size)
    stage.image.paste(mix(stage.light.sky[2], stage.light.cloud, 0.5), (0, 0), mask)


def paint_stars(stage: Stage, share: float) -> None:
    """Scatter stars; `share` of 1 is a sky full of them."""
    if not stage.wants("stars", "star"):
        return
    rng, pen = stage.rng("stars"), ImageDraw.Draw(stage.image)
    many = round(share * (0.7 + 0.5 * stage.detail) * stage.width * stage.height / 3000)
    for _ in range(many):
        x, y, bright = rng.randrange(stage.width), rng.randrange(stage.height), rng.random()
        behind = stage.image.getpixel((x, y))
        colour = mix(_rgb(behind), (255, 252, 235), 0.35 + 0.6 * bright)
        size = round((0.4 + 1.4 * bright * bright) * stage.unit / 700)
        pen.ellipse((x, y, x + size, y + size), fill=colour)
        if bright > 0.985:
            glow(stage.image, (x, y), stage.unit * 0.012, (255, 255, 245), 0.9)


def _rgb(pixel: object) -> Colour:
    return (pixel[0], pixel[1], pixel[2]) if isinstance(pixel, tuple) else (0, 0, 0)


def _orb(stage: Stage) -> None:
    features, veiled = stage.scene.features, {"rain", "storm", "cloudy", "fog"} & stage.scene.weathers
    body = "moon" if stage.light.night or "moon" in features else "sun"
    if not stage.wants(body) or (veiled and body not in features):
        return
    x, y = stage.orb
    radius = stage.unit * (0.055 if body == "moon" or stage.light.low_sun else 0.045)
    if body in features:
        radius *= 1.7
    glow(stage.image, (x, y), radius * 7, stage.light.glow, 0.5)
    glow(stage.image, (x, y), radius * 2.6, stage.light.glow, 0.65)
    disc(stage.image, (x, y), radius, mix(stage.light.glow, (255, 255, 255), 0.35))
    if body == "moon":
        _craters(stage, radius)


def _craters(stage: Stage, radius: float) -> None:
    x, y = stage.orb
    shade = mix(stage.light.glow, stage.light.sky[1], 0.2)
    for dx, dy, size in ((-0.3, -0.25, 0.22), (0.28, 0.1, 0.28), (-0.15, 0.42, 0.15), (0.2, -0.5, 0.12)):
        disc(stage.image, (x + dx * radius, y + dy * radius), size * radius, shade)


def _clouds(stage: Stage) -> None:
    if not stage.wants("clouds", "cloud", "cloudy"):
        return
    rng = stage.rng("clouds")
    many = rng.randint(2, 4) + (4 if stage.place == "sky" or "clouds" in stage.scene.features else 0)
    many += 3 if {"rain", "storm", "cloudy"} & stage.scene.weathers else 0
    many = round(many * max(1.0, stage.width / stage.height))
    for index in range(many):
        height = rng.uniform(0.08, 0.66) * stage.horizon
        span = stage.unit * rng.uniform(0.16, 0.40) * (1.15 - 0.6 * height / max(1.0, stage.horizon))
        x = stage.width * ((index + rng.random()) / many)
        paint_cloud(stage.image, (x, height), span, (stage.light.cloud, stage.light.sky[1]), rng)


def paint_cloud(
    image: Image.Image,
    centre: tuple[float, float],
    span: float,
    colours: tuple[Colour, Colour],
    rng: random.Random,
) -> None:
    """Paint a heap of round puffs on a soft foot; colours are those of its top and its foot."""
    height = span * rng.uniform(0.34, 0.46)
    size = max(6, round(span)), max(6, round(height))
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    pen.rounded_rectangle((span * 0.04, height * 0.68, span * 0.96, height * 0.99), radius=height * 0.16, fill=255)
    summit = rng.uniform(0.3, 0.7)
    for index in range(rng.randint(6, 9)):
        along = rng.uniform(0.14, 0.86) if index else summit
        reach = height * rng.uniform(0.16, 0.24) * (2.0 - 2.4 * abs(along - summit))
        x, y = along * span, height * 0.94 - reach * rng.uniform(0.8, 1.25)
        reach = min(reach, y, x, span - x)
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    soft = mask.filter(ImageFilter.BoxBlur(max(1.0, span * 0.006)))
    fade = gradient(size, ((0, even(245)), (0.55, even(230)), (1, even(20)))).getchannel(0)
    foot = mix(colours[0], colours[1], 0.5)
    paint = gradient(size, ((0, mix(colours[0], (255, 255, 255), 0.25)), (0.5, colours[0]), (1, foot)))
    at = round(centre[0] - span / 2), round(centre[1] - height / 2)
    image.paste(paint, at, ImageChops.multiply(soft, fade))


def _requested(stage: Stage) -> None:
    features = stage.scene.features
    if "aurora" in features:
        _aurora(stage)
    if "rainbow" in features:
        _rainbow(stage)
    if "fireworks" in features:
        _fireworks(stage)
    if "storm" in stage.scene.weathers:
        _lightning(stage)


def _rainbow(stage: Stage) -> None:
    rng = stage.rng("rainbow")
    reach = min(stage.width * rng.uniform(0.44, 0.52), stage.horizon * 1.25)
    x, y = stage.width * rng.uniform(0.46, 0.54), stage.horizon + reach * 0.12
    band = reach * 0.042
    layer = Image.new("RGB", (stage.width, stage.height))
    mask = Image.new("L", layer.size)
    pen, shape = ImageDraw.Draw(layer), ImageDraw.Draw(mask)
    for index, colour in enumerate(RAINBOW):
        out = reach - index * band
        pen.ellipse((x - out, y - out, x + out, y + out), fill=colour)
    outer, inner = reach, reach - len(RAINBOW) * band
    shape.ellipse((x - outer, y - outer, x + outer, y + outer), fill=190)
    shape.ellipse((x - inner, y - inner, x + inner, y + inner), fill=0)
    half = (max(1, stage.width // 2), max(1, stage.height // 2))
    smooth = mask.resize(half, Image.Resampling.BILINEAR).resize(mask.size, Image.Resampling.BICUBIC)
    stage.image.paste(layer, (0, 0), smooth)


def _aurora(stage: Stage) -> None:
    rng = stage.rng("aurora")
    greens: tuple[Gain, ...] = ((80, 240, 170), (90, 220, 200), (170, 120, 240))
    size = (max(8, stage.width // 6), max(8, round(stage.horizon) // 6))
    for index, tone in enumerate(greens):
        mask = Image.new("L", size)
        pen = ImageDraw.Draw(mask)
        phase, base = rng.uniform(0, 6), size[1] * (0.55 + 0.12 * index)
        for x in range(size[0]):
            swing = math.sin(x / size[0] * 7 + phase) + 0.4 * math.sin(x / size[0] * 17 + phase * 2)
            y = base + swing * size[1] * 0.12
            for rise in range(0, round(size[1] * 0.45), 2):
                value = round(130 * (1 - rise / (size[1] * 0.45)) * (0.6 + 0.4 * math.sin(x * 0.9 + phase)))
                pen.line((x, y - rise, x, y - rise - 2), fill=max(0, value))
        colour = (round(tone[0]), round(tone[1]), round(tone[2]))
        stage.image.paste(colour, (0, 0), mask.resize((stage.width, round(stage.horizon)), Image.Resampling.BICUBIC))


def _fireworks(stage: Stage) -> None:
    rng, pen = stage.rng("fireworks"), ImageDraw.Draw(stage.image)
    for index in range(6):
        x, y = stage.width * (index + rng.random()) / 6, stage.horizon * rng.uniform(0.12, 0.55)
        reach, colour = stage.unit * rng.uniform(0.07, 0.15), rng.choice(FIREWORKS)
        glow(stage.image, (x, y), reach * 1.6, colour, 0.4)
        for ray in range(26):
            angle = math.tau * ray / 26
            for part in (0.35, 0.55, 0.72, 0.86, 1.0):
                px, py = x + math.cos(angle) * reach * part, y + math.sin(angle) * reach * part + reach * 0.12 * part
                dot = stage.unit * 0.0032 * part
                pen.ellipse((px - dot, py - dot, px + dot, py + dot), fill=mix(colour, (255, 255, 255), 1 - part))


def _lightning(stage: Stage) -> None:
    rng = stage.rng("lightning")
    x, y = stage.width * rng.uniform(0.15, 0.85), 0.0
    left, right = [(x, y)], [(x + stage.unit * 0.014, y)]
    while y < stage.horizon:
        y += stage.unit * rng.uniform(0.04, 0.09)
        x += stage.unit * rng.uniform(-0.05, 0.05)
        thick = stage.unit * 0.012 * max(0.1, 1 - y / stage.horizon)
        left.append((x, y))
        right.append((x + thick, y))
    glow(stage.image, left[len(left) // 2], stage.unit * 0.4, (214, 222, 255), 0.5)
    fill_shapes(stage.image, [left + right[::-1]], (252, 250, 236))
