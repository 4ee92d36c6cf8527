"""Clock: wall time, monotonic time and sleep, passed in so that tests need not wait."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """Clock of the system."""

    def now(self) -> float:
        """Return the wall time in Unix seconds: for timestamps and messages, never for durations."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that a change of the system time does not affect: for durations."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Suspend the calling task for `seconds`."""
        await asyncio.sleep(seconds)

    async def sleep_until(self, event: asyncio.Event, seconds: float) -> None:
        """Suspend the calling task until an event is set, for `seconds` at most."""
        waits = [asyncio.ensure_future(self.sleep(seconds)), asyncio.ensure_future(event.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
