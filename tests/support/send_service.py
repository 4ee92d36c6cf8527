"""Service behind a send queue, without network: jobs enter the queue, and it records the submits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from components.jobs.send_queue import QueueEntry, QueueResult, SendQueue
from tests.support.fake_clock import FakeClock, until


class Service:
    """Lets jobs through a line and writes down who was sent when; answers as it is told to."""

    def __init__(self, clock: FakeClock, answers: Sequence[float | None] = ()) -> None:
        self.clock = clock
        self.moves = 0
        self.turns = SendQueue(clock, self._moved)
        self.answers = list(answers)
        """Of the coming POSTs: None accepts, a number turns away for so many seconds. Then all are accepted."""
        self.order: list[str] = []
        """Every POST."""
        self.accepted: list[str] = []
        self.under_way = self.most = 0
        self.gate: asyncio.Event | None = None
        """While set up and not set, no POST is answered."""
        self.pace: list[tuple[float, int]] = []
        """When each POST left, and how many were under way with it."""

    def _moved(self) -> None:
        self.moves += 1

    async def job(self, name: str, takes: float = 0.0, visitor: str = "alice") -> QueueResult:
        entry = self.turns.enter(name, visitor)
        try:
            while (turn := await self.turns.wait(entry)) is QueueResult.SEND:
                if await self._post(entry, takes):
                    return turn
            return turn
        finally:
            self.turns.leave(entry)

    async def _post(self, entry: QueueEntry, takes: float) -> bool:
        self.order.append(entry.name)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.pace.append((self.clock.monotonic(), self.under_way))
        try:
            await self.clock.sleep(takes)
            if self.gate:
                await self.gate.wait()
        finally:  # a cancelled POST is not under way either
            self.under_way -= 1
        wait = self.answers.pop(0) if self.answers else None
        if wait is None:
            self.accepted.append(entry.name)
        else:
            self.turns.pause(wait)
        self.turns.end_send(entry, accepted=wait is None)
        return wait is None

    async def busy(self, *names: str, takes: float = 0.0) -> list[asyncio.Task[QueueResult]]:
        """Start jobs of which the first is turned away and the others stand in line behind it."""
        first = self.start(names[0])
        await until(lambda: self.turns.seconds_to_next)
        tasks = first + self.start(*names[1:], takes=takes)
        await until(lambda: len(self.turns.positions()) == len(names))
        return tasks

    def start(self, *names: str, takes: float = 0.0, visitor: str = "alice") -> list[asyncio.Task[QueueResult]]:
        return [asyncio.create_task(self.job(name, takes, visitor)) for name in names]


def names(count: int) -> list[str]:
    return [f"job{number:03}" for number in range(count)]
