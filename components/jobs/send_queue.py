"""Send queue: order and concurrency of the submits of one account; visitors take turns, slower after a 429."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from components.clock import Clock
from components.domain.fair_queue import FairQueue
from components.messages.message import Message

MAX_CONCURRENT = 32
"""Submits under way at once while the service is not busy."""


class QueueResult(Enum):
    """Outcome of waiting in the queue."""

    SEND = "send"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class QueueEntry:
    """One job in the queue; it stays in its place when the service rejects its submit for now."""

    name: str
    """Id of the job."""
    granted: asyncio.Future[QueueResult] | None = None
    """Set while `wait` waits; None before, between two sends and while its submit is under way."""
    is_accepted: bool = False
    """True from its acceptance on: it is at the service."""
    cancelled: Message | None = None
    """Message with which the job ends; None unless it was cancelled."""


class SendQueue:
    """Fair queue of visitors: up to MAX_CONCURRENT at once, or one by one after the service asked to wait.

    A visitor's jobs under way are those being sent and those at the service, until `end` tells of their end.
    """

    def __init__(self, clock: Clock, on_change: Callable[[], None]) -> None:
        """`on_change` is called when positions may have changed."""
        self._clock, self._on_change = clock, on_change
        self._entries: dict[str, QueueEntry] = {}
        self._sending: set[str] = set()
        """Ids of the jobs whose submits are under way."""
        self._order = FairQueue()
        self._concurrency = MAX_CONCURRENT
        self._not_before = 0.0
        self._timer: asyncio.Task[None] | None = None
        self._is_closed = False

    def enter(self, name: str, visitor: str) -> QueueEntry:
        """Add a job behind its visitor's others."""
        entry = self._entries[name] = QueueEntry(name)
        self._order.add(name, visitor)
        return entry

    def resume(self, name: str, visitor: str) -> None:
        """Count a job among its visitor's under way that was sent earlier; does nothing when it is counted."""
        self._order.add_running(name, visitor)

    def end(self, name: str) -> None:
        """Count a job no more: it has ended at the service."""
        self._order.remove(name)
        self._pump()

    async def wait(self, entry: QueueEntry) -> QueueResult:
        """Wait until this entry may send or was cancelled, however long others are before it."""
        if entry.cancelled:
            return QueueResult.CANCELLED
        entry.granted = asyncio.get_running_loop().create_future()
        self._pump()
        try:
            if entry.granted.done():
                # Entries that were granted a moment before have not run yet; without this turn of the event loop a
                # later click's submit would leave before theirs.
                await asyncio.sleep(0)
            return await entry.granted
        finally:
            entry.granted = None

    def end_send(self, entry: QueueEntry, *, accepted: bool) -> None:
        """Record that an entry's submit is over; one that was accepted raises the concurrency by one.

        So the concurrency doubles with each round of submits after a pause, as in TCP's slow start. An accepted job
        stays under way until `end`; one that was not accepted has its place and turn again.
        """
        self._sending.discard(entry.name)
        if accepted:
            self._concurrency = min(MAX_CONCURRENT, self._concurrency + 1)
            entry.is_accepted = True
        elif entry.cancelled:
            self._order.remove(entry.name)
        else:
            self._order.requeue(entry.name)
        self._pump()

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds, and then one submit at a time, as the service asked for."""
        self.slow_down()
        self._not_before = max(self._not_before, self._clock.monotonic() + seconds)

    def slow_down(self) -> None:
        """Send one submit at a time, and more with each that is accepted."""
        self._concurrency = 1

    def leave(self, entry: QueueEntry) -> None:
        """Remove an entry whose job was submitted or given up."""
        del self._entries[entry.name]
        self._sending.discard(entry.name)
        if not entry.is_accepted:
            self._order.remove(entry.name)
        self._pump()

    def cancel(self, name: str, message: Message) -> bool:
        """Cancel a waiting job, which ends with this message. Return False when it is being sent, or is not here."""
        entry = self._entries.get(name)
        if entry is None or name in self._sending:
            return False
        self._cancel(entry, message)
        return True

    def cancel_all(self, message: Message) -> None:
        """Cancel all waiting jobs, and those being sent in case the service rejects them for now."""
        for entry in self._entries.values():
            self._cancel(entry, message)

    def positions(self) -> dict[str, int]:
        """Return the number of jobs that will be sent before each waiting job, by job id."""
        return {name: position for position, name in enumerate(self._order.starts())}

    @property
    def at_service(self) -> int:
        """Return the number of jobs that the service accepted and that have not ended."""
        return self._order.running_count - len(self._sending)

    @property
    def seconds_to_next(self) -> float:
        """Return the seconds until a submit may be sent again; 0 unless the queue is paused."""
        return max(0.0, self._not_before - self._clock.monotonic())

    @property
    def is_congested(self) -> bool:
        """Return whether jobs wait here for longer than a moment."""
        return self.seconds_to_next > 0 or self._concurrency < MAX_CONCURRENT or len(self._entries) > MAX_CONCURRENT

    def close(self) -> None:
        """Stop: no entry is granted any more."""
        self._is_closed = True
        if self._timer:
            self._timer.cancel()

    def _pump(self) -> None:
        if self._is_closed:
            return
        if wait := self.seconds_to_next:
            self._wake_after(wait)
        else:
            self._release()
        self._on_change()

    def _cancel(self, entry: QueueEntry, message: Message) -> None:
        entry.cancelled = message
        if self._order.is_waiting(entry.name):
            self._order.remove(entry.name)
            _grant(entry, QueueResult.CANCELLED)

    def _release(self) -> None:
        for entry in self._next_entries(self._concurrency - len(self._sending)):
            self._sending.add(entry.name)
            self._order.start(entry.name)
            _grant(entry, QueueResult.SEND)

    def _next_entries(self, count: int) -> list[QueueEntry]:
        """Return the next entries that may be sent, at most `count`."""
        found: list[QueueEntry] = []
        if count <= 0:
            return found
        for name in self._order.starts():
            entry = self._entries[name]
            if entry.granted:
                found.append(entry)
            elif self._concurrency == 1:
                # This job pauses by itself after a failed connection. While submits go one by one it is overtaken by
                # none, or the order of clicks would be lost.
                break
            if len(found) == count:
                break
        return found

    def _wake_after(self, seconds: float) -> None:
        if self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._sleep(seconds))

    async def _sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        # Cleared first: this task is not done yet, so `_pump` would start no next timer.
        self._timer = None
        self._pump()


def _grant(entry: QueueEntry, result: QueueResult) -> None:
    if entry.granted and not entry.granted.done():
        entry.granted.set_result(result)
