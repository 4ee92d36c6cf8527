"""Stage: the image in progress, with its scene, light, sizes and random generators."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from components.engines.demo.brush.colours import Colour, between, lit, mix
from components.engines.demo.brush.seeded_random import seeded_random
from components.engines.demo.brush.strokes import Point
from components.engines.demo.scene.light import Light
from components.engines.demo.words.parse import Scene

HORIZONS = {
    "sea": 0.56, "beach": 0.44, "lake": 0.50, "mountain": 0.62, "city": 0.62, "underwater": 0.74,
    "space": 1.0, "moon": 0.62, "mars": 0.60, "room": 0.70, "table": 0.58, "sky": 0.96, "desert": 0.58,
    "forest": 0.60, "meadow": 0.58, "snow": 0.58,
}  # fmt: skip
"""Where the ground begins, as a share of the height."""


@dataclass(frozen=True, slots=True)
class Stage:
    """State that all painting functions of one image share."""

    image: Image.Image
    """RGB; painted on in place."""
    scene: Scene
    place: str
    light: Light
    seed: int
    detail: float
    """0 to 1: the amount of small strokes."""

    @property
    def width(self) -> int:
        """Pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """Pixels."""
        return self.image.height

    @property
    def horizon(self) -> float:
        """Pixels from the top. Tall images get more sky, wide ones less."""
        shift = between(self.height / self.width, ((0.3, -0.10), (1.0, 0.0), (1.8, 0.08), (4.0, 0.16)))
        jitter = seeded_random(self.seed, "horizon").uniform(-0.04, 0.04)
        base = HORIZONS[self.place]
        return self.height * (base if base > 0.9 else min(0.84, base + shift + jitter))

    @property
    def unit(self) -> float:
        """Length in pixels that sizes are relative to: 1024 in a square of that side."""
        return min(self.height, self.width * 1.25, (self.width * self.height) ** 0.5 * 1.1)

    @property
    def snowy(self) -> bool:
        """Return whether snow covers the ground."""
        return self.place == "snow" or "snow" in self.scene.weathers

    @property
    def orb(self) -> Point:
        """Position of the sun or the moon, in pixels."""
        rng = seeded_random(self.seed, "orb")
        x = self.width * rng.choice((rng.uniform(0.12, 0.34), rng.uniform(0.66, 0.88)))
        heights = (0.74, 0.9) if self.light.low_sun else (0.16, 0.36)
        return x, min(self.horizon, self.height * 0.8) * rng.uniform(*heights)

    def rng(self, *part: object) -> random.Random:
        """Return the generator of one part of the image: a change in one part does not change the others."""
        return seeded_random(self.seed, *part)

    def ground(self, colour: Colour, depth: float) -> Colour:
        """Return a ground's colour in this light; `depth` 0 is near, 1 far in the haze."""
        return mix(lit(colour, self.light.gain), self.light.haze, depth)

    def wants(self, *names: str) -> bool:
        """Return whether none of these is in the negative prompt."""
        return not self.scene.banned.intersection(names)
