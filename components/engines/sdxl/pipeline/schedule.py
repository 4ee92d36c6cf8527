"""Step arithmetic: the num_inference_steps for diffusers so that it runs the intended number of steps. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

TRAINED = 1000
"""Timesteps of noise that SDXL learned from."""
REFINER_STRENGTH = 0.3
"""Strength of the second pass; diffusers' own default, and Replicate's."""


def steps_run(steps: int, strength: float) -> int:
    """Return how many of `steps` diffusers runs at a strength."""
    return min(int(steps * strength), steps)


def steps_for_strength(steps: int, strength: float, most: int = TRAINED) -> int | None:
    """Return the num_inference_steps, `most` at most, so that one step runs at least; None: nothing would change."""
    if strength <= 0:
        return None
    steps_requested = max(steps, math.ceil(1 / strength))
    while steps_run(steps_requested, strength) < 1:
        steps_requested += 1
    return steps_requested if steps_requested <= most else None


def steps_to_run(exactly: int, strength: float = REFINER_STRENGTH) -> int:
    """Return the num_inference_steps so that exactly this number of steps runs at a strength."""
    steps_requested = max(1, math.floor(exactly / strength) - 1)
    while steps_run(steps_requested, strength) < exactly:
        steps_requested += 1
    return steps_requested


def split_timestep(timesteps: Sequence[float], share: float) -> float | None:
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
