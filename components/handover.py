"""How the steps are shared when the refiner takes over: the maths of the schedule that SDXL's own ensemble uses."""

from __future__ import annotations

TRAINED_STEPS = 1000
"""Time steps of the noise that SDXL was trained on."""


def shared_steps(steps: int, handover: float, *, each: bool = False) -> tuple[int, int]:
    """Return how many of `steps` the base model does, and how many the refiner.

    The schedule has evenly spaced time steps that begin at 1; the base does those from the handover's time on. `steps`
    is at least 1, `handover` lies in 0 to 1. With `each` both have a step at least, as our own engine sees to it; a
    single one is the base's. Source: `denoising_end` and `denoising_start` of SDXL in diffusers.
    """
    cut = round(TRAINED_STEPS - handover * TRAINED_STEPS)
    spacing = TRAINED_STEPS // steps
    base = sum(number * spacing + 1 >= cut for number in range(steps))
    if each:
        base = max(1, min(base, steps - 1))
    return base, steps - base
