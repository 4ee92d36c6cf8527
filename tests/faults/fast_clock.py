"""Accelerated time, the same for the app under test and for the service it talks to."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from components.clock import Clock

HOUR = 3600.0
SPEED = 30.0
"""Seconds of the app and the service in a real one."""
_REAL = time.time
"""The system's clock: `fast_app` replaces `time.time` in its process."""


def let_time_pass(seconds: float = 1.0) -> None:
    """Sleep for real seconds, 30 of the app's in each, in which a forbidden event would show."""
    time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class FastTime:
    """Unix seconds that equal the real ones at `begun` and run `speed` times as fast."""

    begun: float
    speed: float

    @classmethod
    def from_now(cls, speed: float) -> FastTime:
        """Return accelerated time that equals real time now."""
        return cls(_REAL(), speed)

    def at(self, real: float) -> float:
        """Return the accelerated Unix seconds of a real time."""
        return self.begun + (real - self.begun) * self.speed

    def now(self) -> float:
        """Return the accelerated Unix seconds of now."""
        return self.at(_REAL())


class FastClock(Clock):
    """Clock of an app in accelerated time; its time of day can be set, which durations ignore."""

    def __init__(self, fast: FastTime) -> None:
        self._fast, self._offset = fast, 0.0

    def now(self) -> float:
        """Return accelerated Unix seconds, with the jumps."""
        return self._fast.now() + self._offset

    def monotonic(self) -> float:
        """Return accelerated seconds that `jump` does not change."""
        return time.monotonic() * self._fast.speed

    async def sleep(self, seconds: float) -> None:
        """Sleep for the real equivalent of accelerated seconds."""
        await asyncio.sleep(seconds / self._fast.speed)

    def jump(self, seconds: float) -> None:
        """Move the time of day by seconds."""
        self._offset += seconds
