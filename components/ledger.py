"""Every change of a job passes here: on disk first, then to those who look on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import ParamSpec, TypeVar

from components import messages
from components.board import PAGE, Board
from components.errors import StoreTrouble
from components.job import Job
from components.store import Store

Given = ParamSpec("Given")
Result = TypeVar("Result")

BOARDS_KEPT = 2000
"""Boards of visitors who are not looking on are dropped beyond this many; the store has what they showed."""


class Ledger:
    """Keeps the store's calls off the event loop, one at a time, and the boards up to date."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._boards: dict[str, Board] = {}
        self._loading: dict[str, asyncio.Lock] = {}
        self._passing: dict[str, Job] = {}
        """What was shown last of a job and not written down: a board that is loaded later shows it too."""
        self._moved: dict[str, str] = {}
        """Jobs that were handed to another visitor while they may be followed: whose they are now."""

    def close(self) -> None:
        """Finish what is being written."""
        self._disk.shutdown(wait=True)

    async def call(self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Do a call of the store in its thread, to its end even when the caller is cancelled. Raises StoreTrouble."""
        try:
            return await asyncio.shield(asyncio.wrap_future(self._disk.submit(work, *args, **kwargs)))
        except (OSError, sqlite3.Error) as error:
            raise StoreTrouble(messages.STORE_TROUBLE) from error

    async def intend(self, jobs: Sequence[Job]) -> bool:
        """Write down new jobs and show them. False: this click has been seen."""
        if not await self.call(self._store.intend, jobs):
            return False
        await self._publish(jobs)
        return True

    async def record(self, job: Job) -> bool:
        """Write down a job's new value, then show it. False: its task is another job's already."""
        kept = await self.call(self._store.save, job)
        self._passing.pop(job.id, None)
        if kept:
            await self._publish([self._as_owned(job)])
        return kept

    async def show(self, *jobs: Job) -> None:
        """Show what is not worth writing down: progress, a passing trouble, a place in line."""
        self._passing |= {job.id: job for job in jobs}
        await self._publish([self._as_owned(job) for job in jobs])

    async def move(self, visitor: str, to: str) -> int:
        """Hand all jobs of one visitor to another, those under way too; return how many."""
        moved = await self.call(self._store.move, visitor, to)
        self._moved |= dict.fromkeys(moved, to)
        for name in (visitor, to):
            if board := self._boards.get(name):
                await board.renew(await self.call(self._store.page, name, None, PAGE + 1))
        return len(moved)

    async def delete(self, jobs: Sequence[Job]) -> None:
        """Delete ended jobs and their pictures; all who look on lose them."""
        await self.call(self._store.delete, jobs)
        for job in jobs:
            self._passing.pop(job.id, None)
        for visitor in {job.visitor for job in jobs}:
            if board := self._boards.get(visitor):
                page = await self.call(self._store.page, visitor, None, PAGE + 1)
                known = [self._as_owned(self._passing.get(one.id, one)) for one in page]
                await board.remove([job.id for job in jobs if job.visitor == visitor], known)

    async def favour(self, visitor: str, job_id: str, *, is_favourite: bool) -> bool:
        """Mark a visitor's finished job as a favourite, or no more, and show it; False for another's."""
        job = await self.call(self._store.favour, visitor, job_id, is_favourite=is_favourite)
        if job:
            await self._publish([self._as_owned(job)])
        return job is not None

    def _as_owned(self, job: Job) -> Job:
        owner = self._moved.get(job.id)
        return replace(job, visitor=owner) if owner else job

    async def board(self, visitor: str) -> Board:
        """Return a visitor's board, loaded from the store when it is not there."""
        if visitor in self._boards:
            return self._boards[visitor]
        async with self._loading.setdefault(visitor, asyncio.Lock()):
            if visitor not in self._boards:
                self._drop_idle()
                jobs = await self.call(self._store.page, visitor, None, PAGE + 1)
                self._boards[visitor] = Board(self._as_owned(self._passing.get(job.id, job)) for job in jobs)
        self._loading.pop(visitor, None)
        return self._boards[visitor]

    async def _publish(self, jobs: Sequence[Job]) -> None:
        for visitor in {job.visitor for job in jobs}:
            if board := self._boards.get(visitor):
                await board.show(job for job in jobs if job.visitor == visitor)

    def _drop_idle(self) -> None:
        if len(self._boards) < BOARDS_KEPT:
            return
        idle = [name for name, board in self._boards.items() if not board.watchers and not board.unfinished]
        for name in idle[: BOARDS_KEPT // 4]:
            del self._boards[name]
