"""Time, handed in so that tests need not wait for it."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """The real one."""

    def now(self) -> float:
        """Return Unix seconds: for stamps and messages, never for durations."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that no change of the clock touches: for durations."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let others work for so long."""
        await asyncio.sleep(seconds)
