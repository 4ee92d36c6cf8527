"""Fake clocks: sleeping takes no real time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

from components.clock import Clock


class FakeClock(Clock):
    """Clock that wakes sleepers in order of their deadlines and jumps to each deadline, without waiting."""

    def __init__(self) -> None:
        self._begun, self._passed = time.time(), 0.0
        self._sleepers: list[tuple[float, int]] = []
        self._numbers = itertools.count()
        self.slept: list[float] = []

    def now(self) -> float:
        return self._begun + self._passed

    def monotonic(self) -> float:
        return self._passed

    def advance(self, seconds: float) -> None:
        self._passed += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        sleeper = (self._passed + seconds, next(self._numbers))
        heapq.heappush(self._sleepers, sleeper)
        try:
            await asyncio.sleep(0)
            while self._sleepers[0] != sleeper:  # noqa: ASYNC110 - earlier sleepers wake first
                await asyncio.sleep(0)
            self._passed = max(self._passed, sleeper[0])
        finally:
            self._sleepers.remove(sleeper)
            heapq.heapify(self._sleepers)


async def until(holds: Callable[[], object]) -> None:
    """Run the other tasks of the loop until a condition holds; raise TimeoutError after 5 real seconds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - the condition has no event to wait for
            await asyncio.sleep(0)


class JumpingClock(FakeClock):
    """Fake clock whose time of day can be set, which durations ignore; `off` is the sum of the jumps."""

    def __init__(self) -> None:
        super().__init__()
        self._begun, self.off = 1_800_000_000.0, 0.0

    def jump(self, seconds: float) -> None:
        self._begun += seconds
        self.off += seconds


class ServiceClock(Clock):
    """Clock of the service, which the jumps of the app's clock do not change."""

    def __init__(self, ours: JumpingClock) -> None:
        self._ours = ours

    def now(self) -> float:
        return self._ours.now() - self._ours.off
