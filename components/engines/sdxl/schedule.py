"""The arithmetic of steps: what diffusers is asked for, so that it runs the steps that are meant. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

TRAINED = 1000
"""Timesteps of noise that SDXL learned from."""
REFINER_STRENGTH = 0.3
"""How much of a finished picture the second pass paints anew; diffusers' own default, and Replicate's."""


def steps_run(steps: int, strength: float) -> int:
    """Return how many of `steps` diffusers runs at a strength."""
    return min(int(steps * strength), steps)


def steps_for_strength(steps: int, strength: float, most: int = TRAINED) -> int | None:
    """Return how many steps to ask for, of `most`, so that one runs at least; None: nothing would change."""
    if strength <= 0:
        return None
    asked = max(steps, math.ceil(1 / strength))
    while steps_run(asked, strength) < 1:
        asked += 1
    return asked if asked <= most else None


def steps_to_run(exactly: int, strength: float = REFINER_STRENGTH) -> int:
    """Return how many steps to ask for so that exactly so many run at a strength."""
    asked = max(1, math.floor(exactly / strength) - 1)
    while steps_run(asked, strength) < exactly:
        asked += 1
    return asked


def handover(timesteps: Sequence[float], share: float) -> float | None:
    """Return where the base hands over to the refiner, as diffusers' denoising_end and denoising_start.

    `timesteps` are those that run, from noise to picture. Each side has one step at least: where `share` (0 to 1)
    leaves one without, the cut is moved. None: there is but one step, which cannot be shared.
    """
    if len(timesteps) < 2:
        return None
    cut = round(TRAINED - share * TRAINED)
    base = sum(moment >= cut for moment in timesteps)
    if 0 < share < 1 and 0 < base < len(timesteps):
        return share
    last = min(max(base, 1), len(timesteps) - 1) - 1
    return 1 - math.floor(timesteps[last]) / TRAINED


def steps_before(timesteps: Sequence[float], end: float) -> int:
    """Return how many of these timesteps the base runs when it hands over at `end`."""
    cut = round(TRAINED - end * TRAINED)
    return sum(moment >= cut for moment in timesteps)
