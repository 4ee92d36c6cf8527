"""Delay of the demo engine's steps: progress is shown no faster than a chosen pace."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 28
"""Steps that a pace refers to: the model's default."""
DEFAULT_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class DemoDelay:
    """Spreads the steps of an image evenly over time; the engine's own time counts towards it."""

    seconds: float = DEFAULT_SECONDS
    """Seconds for 28 steps; 0: no delay."""

    def due(self, step: int) -> float:
        """Seconds from the start until `step` (from 1) may be shown as done."""
        return step * self.seconds / STEPS
