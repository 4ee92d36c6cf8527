"""Virtual time: an event loop whose clock jumps to its next timer, so that hours take as long as their work.

Nothing may run in a thread: the loop would not wait for it. `ImmediateExecutor` runs such work in place.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

from components.clock import Clock
from tests.support.job_lives import ImmediateExecutor

BEGUN = 1_800_000_000.0
"""Unix seconds at the loop's time 0."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Event loop that never waits for a timer."""

    def __init__(self) -> None:
        self.passed = 0.0
        super().__init__(_Selector(self))
        self.set_default_executor(ImmediateExecutor())

    def time(self) -> float:
        return self.passed

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Do nothing: the executor has no threads, and waiting for one would pass virtual time."""


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._of_loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        events = super().select(0)
        if not events and timeout is None:
            raise RuntimeError("every task of the loop waits for something that never comes")
        if not events and timeout:
            self._of_loop.passed += timeout
        return events


class LoopClock(Clock):
    """Clock of the app in a virtual loop."""

    def now(self) -> float:
        return BEGUN + self.monotonic()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()
