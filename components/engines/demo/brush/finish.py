"""Finish of an image: bloom, paper grain, vignette, sharpness, the refiner's detail, colours left out."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageFilter

from components.engines.demo.brush.seeded_random import seeded_random
from components.engines.demo.brush.strokes import cloudy, grain, soft_light, tempered
from components.engines.protocol import EngineRequest, Refine


def bound_together(image: Image.Image, seed: int, night: bool) -> Image.Image:
    """Return an image with bloom, mottling, paper grain and a vignette, all but the bloom in one soft-light pass."""
    size = image.size
    small = image.reduce(8) if min(size) >= 64 else image
    bloom = small.point([max(0, (v - 110)) for v in range(256)] * 3).filter(ImageFilter.BoxBlur(3))
    strength = 0.42 if night else 0.22
    bloom = bloom.point([round(v * strength) for v in range(256)] * 3).resize(size, Image.Resampling.BILINEAR)
    image = ImageChops.screen(image, bloom)
    mottle = tempered(cloudy(seeded_random(seed, "mottle"), (max(2, size[0] // 4), max(2, size[1] // 4)), 9, 4), 0.16)
    vignette = Image.radial_gradient("L").point([255 - round(max(0, v - 120) * 0.36) for v in range(256)])
    shade = ImageChops.multiply(mottle, vignette.resize(mottle.size, Image.Resampling.BILINEAR))
    fine = tempered(grain(seeded_random(seed, "grain"), size), 0.10)
    values = ImageChops.add(shade.resize(size, Image.Resampling.BICUBIC), fine, 1, -128)
    return soft_light(image, values)


def sharpened(image: Image.Image, amount: float) -> Image.Image:
    """Return a sharpened image; an `amount` of 0 changes nothing, 1 is the full filter."""
    if amount <= 0:
        return image
    return Image.blend(image, image.filter(ImageFilter.SHARPEN), amount)


def refining(request: EngineRequest) -> float:
    """Return the strength of the refiner, 0 to 1."""
    if request.refine is Refine.ENSEMBLE:
        return 0.12 + 0.88 * (1 - request.high_noise_frac)
    if request.refine is Refine.SECOND_PASS:
        steps = request.num_inference_steps if request.refine_steps is None else request.refine_steps
        return 1 - math.exp(-max(0, steps) / 16)
    return 0.0


def refined(image: Image.Image, amount: float, seed: int) -> Image.Image:
    """Return an image with a refiner's fine texture, clearer edges and local contrast."""
    if amount <= 0:
        return image
    soft = image.reduce(6).filter(ImageFilter.BoxBlur(2)).resize(image.size, Image.Resampling.BICUBIC)
    half_turned = ImageChops.invert(soft)
    local = Image.blend(image, half_turned, 0.5)
    clear = Image.blend(image, ImageChops.overlay(image, ImageChops.invert(local)), 0.42 * amount)
    texture = tempered(grain(seeded_random(seed, "texture"), image.size, 160), 0.22 * amount)
    return sharpened(soft_light(clear, texture), 0.85 * amount)


def without_colours(image: Image.Image, banned: frozenset[str]) -> Image.Image:
    """Return an image without the colours that the negative prompt names."""
    for name in sorted(banned & HUES.keys()):
        image = _without(image, *HUES[name])
    return image


HUES: dict[str, tuple[int, int]] = {
    "red": (0, 13), "orange": (24, 12), "yellow": (40, 11), "gold": (36, 11), "green": (84, 32), "teal": (128, 18),
    "blue": (158, 30), "purple": (198, 22), "pink": (228, 20), "brown": (18, 10),
}  # fmt: skip
"""Middle and half width of each hue, 0 to 255."""


def _without(image: Image.Image, middle: int, half: int) -> Image.Image:
    """Grey out one range of hues, towards a warm paper tone so that the rest does not look broken."""
    hue = image.convert("HSV").getchannel("H")
    table: list[int] = []
    for value in range(256):
        away = min(abs(value - middle), 256 - abs(value - middle))
        table.append(max(0, min(255, round((half + 8 - away) * 32))))
    grey = Image.blend(image.convert("L").convert("RGB"), Image.new("RGB", image.size, (222, 206, 184)), 0.25)
    return Image.composite(grey, image, hue.point(table))
