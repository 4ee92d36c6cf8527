"""All jobs of one visitor, with numbered changes: whoever looks on misses none, however slow."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from components.job import Job

PAGE = 60
"""Jobs on the first page, and on each older one."""
LONGEST = 500
"""Jobs a board holds before it goes back to its first page; deleted ones of which it tells."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed on a board after a version its reader knew."""

    epoch: str
    version: int
    jobs: tuple[Job, ...]
    unfinished: int
    is_whole: bool
    """The first page in full, for a reader who knew nothing of this board."""
    more: bool
    """Older jobs exist beyond it."""
    gone: tuple[str, ...] = ()
    """Jobs that were deleted."""


class Board:
    """What one visitor sees. Lives in memory; the store has the truth."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.epoch = secrets.token_hex(8)
        self.watchers = 0
        """How many wait for a change right now."""
        self._version = 1
        self._jobs = {job.id: (1, job) for job in jobs}
        self._gone: dict[str, int] = {}
        self._changed = asyncio.Condition()

    async def show(self, jobs: Iterable[Job]) -> None:
        """Take in new values and wake everybody who waits."""
        async with self._changed:
            self._version += 1
            self._jobs |= {job.id: (self._version, job) for job in jobs}
            if len(self._jobs) > LONGEST:
                self._shorten()
            self._changed.notify_all()

    async def remove(self, gone: Iterable[str], page: Iterable[Job]) -> None:
        """Take jobs off that were deleted; `page` is the first page without them, and one more."""
        async with self._changed:
            self._version += 1
            self._gone |= dict.fromkeys(gone, self._version)
            known = self._jobs | {job.id: (self._version, job) for job in page if job.id not in self._jobs}
            self._jobs = {name: entry for name, entry in known.items() if name not in self._gone}
            self._gone = dict([*self._gone.items()][-LONGEST:])
            self._changed.notify_all()

    async def renew(self, jobs: Iterable[Job]) -> None:
        """Begin anew with these jobs; the new epoch makes every reader begin anew too."""
        async with self._changed:
            self.epoch = secrets.token_hex(8)
            self._version += 1
            self._jobs = {job.id: (self._version, job) for job in jobs}
            self._changed.notify_all()

    async def changes(self, epoch: str, version: int, wait: float) -> Changes:
        """Return what changed after `version`, waiting up to `wait` seconds for something to change."""
        if epoch != self.epoch:
            return self._whole()
        if wait > 0 and version >= self._version:
            await self._wait_past(version, wait)
        if epoch != self.epoch:
            return self._whole()
        found = tuple(job for at, job in self._jobs.values() if at > version)
        gone = tuple(name for name, at in self._gone.items() if at > version)
        return Changes(self.epoch, self._version, found, self.unfinished, is_whole=False, more=False, gone=gone)

    def _shorten(self) -> None:
        """Keep the first page and what is unfinished; the new epoch makes every reader begin anew."""
        self.epoch = secrets.token_hex(8)
        kept = {job.id for job in self._newest()[:PAGE]}
        self._jobs = {name: entry for name, entry in self._jobs.items() if name in kept or not entry[1].ended}

    @property
    def unfinished(self) -> int:
        """Return how many jobs are on their way."""
        return sum(job.ended is None and not job.is_set_aside for _, job in self._jobs.values())

    async def _wait_past(self, version: int, wait: float) -> None:
        self.watchers += 1
        try:
            async with asyncio.timeout(wait), self._changed:
                await self._changed.wait_for(lambda: self._version > version)
        except TimeoutError:
            pass
        finally:
            self.watchers -= 1

    def _newest(self) -> list[Job]:
        return sorted((job for _, job in self._jobs.values()), key=lambda job: (job.created, job.id), reverse=True)

    def _whole(self) -> Changes:
        newest = self._newest()
        page = tuple(newest[:PAGE])
        more = len(newest) > PAGE
        gone = tuple(self._gone)
        return Changes(self.epoch, self._version, page, self.unfinished, is_whole=True, more=more, gone=gone)
