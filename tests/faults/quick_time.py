"""Time that runs many times faster, the same for the app under test and for the service it talks to."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from components.clock import Clock

HOUR = 3600.0
_REAL = time.time
"""The computer's own, whatever a process puts in its place."""


@dataclass(frozen=True, slots=True)
class QuickTime:
    """Unix seconds that began as the real ones and run `speed` times as fast."""

    begun: float
    speed: float

    @classmethod
    def from_now(cls, speed: float) -> QuickTime:
        """Return the time that leaves the real one now."""
        return cls(_REAL(), speed)

    def at(self, real: float) -> float:
        """Return the quick time of a real one."""
        return self.begun + (real - self.begun) * self.speed

    def now(self) -> float:
        """Return the quick time of now."""
        return self.at(_REAL())


class QuickClock(Clock):
    """The clock of an app that lives in quick time. Its time of day can be set; durations do not notice."""

    def __init__(self, quick: QuickTime) -> None:
        self._quick, self._set_by = quick, 0.0

    def now(self) -> float:
        """Return quick Unix seconds."""
        return self._quick.now() + self._set_by

    def monotonic(self) -> float:
        """Return quick seconds that `jump` does not touch."""
        return time.monotonic() * self._quick.speed

    async def sleep(self, seconds: float) -> None:
        """Sleep the real part of so many quick seconds."""
        await asyncio.sleep(seconds / self._quick.speed)

    def jump(self, seconds: float) -> None:
        """Set the time of day."""
        self._set_by += seconds
