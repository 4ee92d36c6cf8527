"""Guidance scale: how strictly the demo painter follows the prompt."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageEnhance

from components.engines.demo.brush.colours import between
from components.engines.demo.brush.seeded_random import seeded_random
from components.engines.demo.words.drawings import catalogue
from components.engines.demo.words.parse import Scene, Subject


@dataclass(frozen=True, slots=True)
class GuidanceEffect:
    """Effect of one guidance scale on the image."""

    size: float
    """Factor on the size of the prompt's things; 1 at the default guidance."""
    colour: float
    """Saturation; 1 is as painted."""
    contrast: float
    """1 is as painted."""
    loose: float
    """0 to 1: the probability that a thing is left out, or one is added."""


def effect_of(guidance_scale: float) -> GuidanceEffect:
    """Return the effect of a guidance scale of 1 to 20."""
    return GuidanceEffect(
        size=between(guidance_scale, ((1, 0.74), (3.5, 1.0), (8, 1.1), (20, 1.3))),
        colour=between(guidance_scale, ((1, 0.5), (3.5, 1.0), (8, 1.15), (20, 1.55))),
        contrast=between(guidance_scale, ((1, 0.8), (3.5, 1.0), (8, 1.06), (20, 1.28))),
        loose=between(guidance_scale, ((1, 0.6), (3, 0.0))),
    )


def loosened(scene: Scene, effect: GuidanceEffect, seed: int) -> list[Subject]:
    """Return the things to paint: at low guidance some are left out and one may be added."""
    rng = seeded_random(seed, "loose")
    subjects = [
        one for index, one in enumerate(scene.subjects) if rng.random() >= effect.loose * (0.4 if index == 0 else 1.0)
    ]
    if rng.random() < effect.loose:
        plain = [d for d in catalogue().values() if d.at in {"ground", "plant", "sky"} and d.name not in scene.banned]
        subjects.append(Subject(rng.choice(plain)))
    return subjects


def toned(image: Image.Image, effect: GuidanceEffect) -> Image.Image:
    """Return the image in the colour and contrast of this guidance."""
    if abs(effect.colour - 1) > 0.01:
        image = ImageEnhance.Color(image).enhance(effect.colour)
    if abs(effect.contrast - 1) > 0.01:
        table = [max(0, min(255, round(128 + (v - 128) * effect.contrast))) for v in range(256)]
        image = image.point(table * 3)
    return image
