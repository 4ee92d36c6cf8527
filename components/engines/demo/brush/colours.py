"""Arithmetic on RGB colours."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

Colour = tuple[int, int, int]
"""Red, green, blue: 0 to 255."""
Gain = tuple[float, float, float]
"""Factors on red, green and blue."""


def _byte(value: float) -> int:
    return max(0, min(255, round(value)))


def even(level: int) -> Colour:
    """Return a grey."""
    return level, level, level


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return the mix of two colours: `one` at share 0, `other` at 1."""
    red, green, blue = (_byte(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lit(colour: Colour, gain: Gain) -> Colour:
    """Return a colour under a light."""
    red, green, blue = (_byte(a * b) for a, b in zip(colour, gain, strict=True))
    return red, green, blue


def varied(colour: Colour, rng: random.Random, spread: int) -> Colour:
    """Return a colour with each channel moved by up to `spread`."""
    red, green, blue = (_byte(a + rng.randint(-spread, spread)) for a in colour)
    return red, green, blue


def between(value: float, points: Sequence[tuple[float, float]]) -> float:
    """Return the linear interpolation between (x, y) points, constant beyond their ends."""
    if value <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return points[-1][1]
