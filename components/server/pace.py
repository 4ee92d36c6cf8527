"""How fast a picture is shown to grow: an engine may be quicker, never a schedule."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 28
"""The steps a pace is told for: the model's default."""
DEFAULT_PACE = 1.5


@dataclass(frozen=True, slots=True)
class Pace:
    """Spreads a painting's steps evenly over time; the painting's own time counts towards it."""

    seconds: float = DEFAULT_PACE
    """What 28 steps take in all; 0 switches the pace off."""

    def due(self, step: int) -> float:
        """Seconds from the start until `step` (from 1) may be shown as done."""
        return step * self.seconds / STEPS
