"""The line of one account's POSTs: in the order of their clicks, and at the service's pace once it is busy."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from components.clock import Clock
from components.errors import Sentence

AT_ONCE = 32
"""POSTs under way at once, at the most, while the service is not busy."""
LONGEST = 600.0
"""Seconds a job stands in line at the most."""


class Turn(Enum):
    """What came of waiting in line."""

    GO = "go"
    TOO_LONG = "too long"
    WITHDRAWN = "withdrawn"


@dataclass(slots=True)
class Entry:
    """One job in line; it keeps its place when the service turns it away."""

    number: int
    name: str
    since: float
    granted: asyncio.Future[Turn] | None = None
    """What it waits for; None while its POST is under way, or before it asks."""
    is_sending: bool = False
    withdrawn: Sentence | None = None


class Turns:
    """Lets the first in line go; all at once up to AT_ONCE, or one by one after the service said that it is busy."""

    def __init__(self, clock: Clock, moved: Callable[[], None]) -> None:
        self._clock, self._moved = clock, moved
        self._line: list[Entry] = []
        self._count = 0
        self._at_once = AT_ONCE
        self._not_before = 0.0
        self._timer: asyncio.Task[None] | None = None
        self._is_closed = False

    def enter(self, name: str) -> Entry:
        """Stand at the end of the line."""
        self._count += 1
        entry = Entry(self._count, name, self._clock.monotonic())
        self._line.append(entry)
        return entry

    async def turn(self, entry: Entry) -> Turn:
        """Wait until this one may send, has waited too long, or was taken back."""
        if entry.withdrawn:
            return Turn.WITHDRAWN
        entry.granted = asyncio.get_running_loop().create_future()
        self._pump()
        try:
            if entry.granted.done():
                await asyncio.sleep(0)  # whoever was let go a moment before has not left yet
            return await entry.granted
        finally:
            entry.granted = None

    def sent(self, entry: Entry, *, accepted: bool) -> None:
        """Its POST was answered. Each acceptance after a pause lets one more go at once: twice as many a round."""
        entry.is_sending = False
        if accepted:
            self._at_once = min(AT_ONCE, self._at_once + 1)
        self._pump()

    def pause(self, seconds: float) -> None:
        """The service asks to wait: nobody goes before, and then the first in line tries alone."""
        self._at_once = 1
        self._not_before = max(self._not_before, self._clock.monotonic() + seconds)

    def leave(self, entry: Entry) -> None:
        """Its POST is through, or given up."""
        del self._line[bisect.bisect_left(self._line, entry.number, key=lambda other: other.number)]
        self._pump()

    def withdraw(self, name: str, told: Sentence) -> bool:
        """Take a job out that waits; False when it is being sent, or is not here."""
        for entry in self._line:
            if entry.name == name and not entry.is_sending:
                entry.withdrawn = told
                _grant(entry, Turn.WITHDRAWN)
                return True
        return False

    def withdraw_all(self, told: Sentence) -> None:
        """Take out all that wait, and what is being sent too, should the service turn it away."""
        for entry in self._line:
            entry.withdrawn = told
            if not entry.is_sending:
                _grant(entry, Turn.WITHDRAWN)

    def places(self) -> dict[str, int]:
        """Return how many stand before each one that waits."""
        waiting = [entry for entry in self._line if not entry.is_sending]
        return {entry.name: place for place, entry in enumerate(waiting)}

    @property
    def seconds_to_next(self) -> float:
        """Return how long nobody may go."""
        return max(0.0, self._not_before - self._clock.monotonic())

    @property
    def is_worth_telling(self) -> bool:
        """Tell whether somebody stands in line for longer than a moment."""
        return self.seconds_to_next > 0 or self._at_once < AT_ONCE or len(self._line) > AT_ONCE

    def close(self) -> None:
        """Wake nobody any more, and let nobody go."""
        self._is_closed = True
        if self._timer:
            self._timer.cancel()

    def _pump(self) -> None:
        if self._is_closed:
            return
        self._expire()
        if wait := self.seconds_to_next:
            self._wake_after(wait)
        else:
            self._let_go()
        self._moved()

    def _let_go(self) -> None:
        under_way = sum(entry.is_sending for entry in self._line)
        for entry in self._line:
            if under_way >= self._at_once:
                return
            if entry.is_sending:
                continue
            if entry.granted is None:
                if self._at_once == 1:
                    return  # the first pauses by itself: nobody overtakes it
                continue
            entry.is_sending = True
            under_way += 1
            _grant(entry, Turn.GO)

    def _expire(self) -> None:
        for entry in self._line:
            if entry.granted and self._clock.monotonic() - entry.since > LONGEST:
                _grant(entry, Turn.TOO_LONG)

    def _wake_after(self, seconds: float) -> None:
        if self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._sleep(seconds))

    async def _sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self._pump()


def _grant(entry: Entry, turn: Turn) -> None:
    if entry.granted and not entry.granted.done():
        entry.granted.set_result(turn)
