"""Refiner steps: how an ensemble of experts shares the steps between SDXL's base model and its refiner. Pure."""

from __future__ import annotations

TRAINED_STEPS = 1000
"""Time steps of the noise schedule that SDXL was trained with."""


def split_steps(steps: int, handover: float, *, each: bool = False) -> tuple[int, int]:
    """Return the number of steps of the base model and of the refiner; their sum is `steps`.

    `steps` is at least 1, `handover` is a share of the schedule from 0 to 1. Time steps are evenly spaced from 1; the
    base model does those at or above the handover. With `each` both do at least one step, as the SDXL engine requires;
    a single step is the base model's. Source: `denoising_end` and `denoising_start` of SDXL in diffusers.
    """
    cut = round(TRAINED_STEPS - handover * TRAINED_STEPS)
    spacing = TRAINED_STEPS // steps
    base = sum(number * spacing + 1 >= cut for number in range(steps))
    if each:
        base = max(1, min(base, steps - 1))
    return base, steps - base
