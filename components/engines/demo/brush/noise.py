"""Noise and strength: an image after few steps, and one between an input image and the painted scene."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageOps

from components.engines.demo.brush.colours import between
from components.engines.demo.brush.seeded_random import seeded_random
from components.engines.demo.brush.strokes import cloudy

FINISHED = 20
"""Steps from which no noise is left."""


def roughness(steps: int) -> float:
    """Return the share of noise after a number of steps: 1 after the first, 0 from FINISHED on."""
    return max(0.0, (FINISHED - steps) / (FINISHED - 1)) ** 1.25


def detail(steps: int) -> float:
    """Return the amount of small detail for a number of steps: 0 up to 8 of them, 1 at 50."""
    return between(steps, ((8, 0.0), (28, 0.5), (50, 1.0)))


def unfinished(image: Image.Image, steps: int, seed: int) -> Image.Image:
    """Return an image as it is after a number of steps: blurred, under coloured noise."""
    rough = roughness(steps)
    if rough <= 0:
        return image
    shrink = 1 + round(rough * 13)
    small = image.reduce(shrink) if shrink > 1 else image
    soft = small.filter(ImageFilter.BoxBlur(rough * 1.6)).resize(image.size, Image.Resampling.BICUBIC)
    soft = Image.blend(image, soft, min(1.0, rough * 1.6))
    return Image.blend(soft, _static(image.size, seed), 0.9 * rough)


def _static(size: tuple[int, int], seed: int) -> Image.Image:
    """Return coloured noise: fine dots over wider blotches."""
    rng = seeded_random(seed, "static")
    third = max(1, size[0] // 3), max(1, size[1] // 3)
    dots = Image.frombytes("RGB", third, rng.randbytes(third[0] * third[1] * 3)).resize(size, Image.Resampling.NEAREST)
    blots = Image.merge("RGB", [cloudy(rng, third, 26) for _ in range(3)]).resize(size, Image.Resampling.BILINEAR)
    return Image.blend(dots, blots, 0.5)


def fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an input image or mask in the requested size: cropped around the middle, never stretched."""
    return image if image.size == size else ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def over_picture(
    start: Image.Image, scene: Image.Image, things: Image.Image, strength: float, seed: int
) -> Image.Image:
    """Return the scene over an input image: with rising strength the things first, the rest in growing patches."""
    if strength <= 0 or strength >= 1:
        return start.copy() if strength <= 0 else scene
    patches = cloudy(seeded_random(seed, "patches"), (max(2, start.width // 8), max(2, start.height // 8)), 6)
    threshold = 255 * (1.12 - 1.34 * strength)
    opened = patches.point([max(0, min(255, round((v - threshold) * 2.2))) for v in range(256)])
    opened = opened.resize(start.size, Image.Resampling.BICUBIC)
    early = between(strength, ((0.0, 0.0), (0.15, 0.1), (0.6, 1.0), (1.0, 1.0)))
    mask = ImageChops.lighter(opened, things.point([round(v * early) for v in range(256)]))
    base = between(strength, ((0.0, 0.0), (0.5, 0.12), (0.9, 0.6), (1.0, 1.0)))
    return Image.composite(scene, Image.blend(start, scene, base), mask)


def only_masked(start: Image.Image, painted: Image.Image, mask: Image.Image) -> Image.Image:
    """Return the input image with the painted one where the mask is white; its seam lies within the white."""
    box = mask.getbbox()
    if box is None:
        return start.copy()
    reach = min(box[2] - box[0], box[3] - box[1]) * 0.06
    seam = min(reach, max(mask.size) * 0.02)
    if seam < 2:
        return Image.composite(painted, start, mask)
    small = mask.reduce(2).filter(ImageFilter.MinFilter(3))
    soft = small.filter(ImageFilter.BoxBlur(seam / 2)).point([max(0, min(255, (v - 128) * 2)) for v in range(256)])
    inner = soft.resize(mask.size, Image.Resampling.BICUBIC)
    return Image.composite(painted, start, ImageChops.darker(mask, inner))
