"""What the painters of one picture share."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from components.engines.demo.brush import Point
from components.engines.demo.chance import chance
from components.engines.demo.colours import Colour, between, lit, mix
from components.engines.demo.light import Light
from components.engines.demo.words import Scene

HORIZONS = {
    "sea": 0.56, "beach": 0.44, "lake": 0.50, "mountain": 0.62, "city": 0.62, "underwater": 0.74,
    "space": 1.0, "moon": 0.62, "mars": 0.60, "room": 0.70, "table": 0.58, "sky": 0.96, "desert": 0.58,
    "forest": 0.60, "meadow": 0.58, "snow": 0.58,
}  # fmt: skip
"""Where the ground begins, as a share of the height."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One picture in the making."""

    image: Image.Image
    """RGB; painted on in place."""
    scene: Scene
    place: str
    light: Light
    seed: int
    detail: float
    """0 to 1: how many small strokes."""

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
        """Pixels from the top. Tall pictures get more sky, wide ones look down a little."""
        shift = between(self.height / self.width, ((0.3, -0.10), (1.0, 0.0), (1.8, 0.08), (4.0, 0.16)))
        jitter = chance(self.seed, "horizon").uniform(-0.04, 0.04)
        base = HORIZONS[self.place]
        return self.height * (base if base > 0.9 else min(0.84, base + shift + jitter))

    @property
    def unit(self) -> float:
        """The length that sizes follow, in pixels: 1024 in a square of that side."""
        return min(self.height, self.width * 1.25, (self.width * self.height) ** 0.5 * 1.1)

    @property
    def snowy(self) -> bool:
        """Say whether snow covers the ground."""
        return self.place == "snow" or "snow" in self.scene.weathers

    @property
    def orb(self) -> Point:
        """Where the sun or the moon stands, in pixels."""
        rng = chance(self.seed, "orb")
        x = self.width * rng.choice((rng.uniform(0.12, 0.34), rng.uniform(0.66, 0.88)))
        heights = (0.74, 0.9) if self.light.low_sun else (0.16, 0.36)
        return x, min(self.horizon, self.height * 0.8) * rng.uniform(*heights)

    def rng(self, *part: object) -> random.Random:
        """Give the generator of one part of the picture: parts do not disturb each other."""
        return chance(self.seed, *part)

    def ground(self, colour: Colour, depth: float) -> Colour:
        """Show a ground's colour in this light; `depth` 0 is near, 1 far in the haze."""
        return mix(lit(colour, self.light.gain), self.light.haze, depth)

    def wants(self, *names: str) -> bool:
        """Say that none of these was banned."""
        return not self.scene.banned.intersection(names)
