"""Guidance: how strictly the words are followed."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageEnhance

from components.engines.demo.chance import chance
from components.engines.demo.colours import between
from components.engines.demo.drawings import catalogue
from components.engines.demo.words import Scene, Subject


@dataclass(frozen=True, slots=True)
class Grip:
    """What one value of guidance does."""

    size: float
    """Of the things asked for; 1 is usual."""
    colour: float
    """Saturation; 1 is as painted."""
    contrast: float
    """1 is as painted."""
    loose: float
    """0 to 1: the chance that a word is missed, or something joins in."""


def grip_of(guidance_scale: float) -> Grip:
    """Turn guidance of 1 to 20 into what it does."""
    return Grip(
        size=between(guidance_scale, ((1, 0.74), (3.5, 1.0), (8, 1.1), (20, 1.3))),
        colour=between(guidance_scale, ((1, 0.5), (3.5, 1.0), (8, 1.15), (20, 1.55))),
        contrast=between(guidance_scale, ((1, 0.8), (3.5, 1.0), (8, 1.06), (20, 1.28))),
        loose=between(guidance_scale, ((1, 0.6), (3, 0.0))),
    )


def loosened(scene: Scene, grip: Grip, seed: int) -> list[Subject]:
    """Give the things to paint: with a loose grip some are missed and one may join."""
    rng = chance(seed, "loose")
    kept = [
        one for index, one in enumerate(scene.subjects) if rng.random() >= grip.loose * (0.4 if index == 0 else 1.0)
    ]
    if rng.random() < grip.loose:
        plain = [d for d in catalogue().values() if d.at in {"ground", "plant", "sky"} and d.name not in scene.banned]
        kept.append(Subject(rng.choice(plain)))
    return kept


def toned(image: Image.Image, grip: Grip) -> Image.Image:
    """Give the picture the colour and contrast of this grip."""
    if abs(grip.colour - 1) > 0.01:
        image = ImageEnhance.Color(image).enhance(grip.colour)
    if abs(grip.contrast - 1) > 0.01:
        table = [max(0, min(255, round(128 + (v - 128) * grip.contrast))) for v in range(256)]
        image = image.point(table * 3)
    return image
