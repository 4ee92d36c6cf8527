"""Job feed: one visitor's jobs with numbered changes, read by long-poll; a slow reader misses none."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from components.domain.job import Job

PAGE_SIZE = 60
"""Jobs on the first page, and on each older one."""
MAX_JOBS = 500
"""Jobs in a feed before it is cut down to its first page, and deleted ids that it remembers."""


@dataclass(frozen=True, slots=True)
class FeedChanges:
    """Changes of a feed after the version that its reader has."""

    epoch: str
    """Random name of a numbering of versions; a version counts in its own epoch only."""
    version: int
    jobs: tuple[Job, ...]
    unfinished: int
    """Jobs that have not ended and are not paused."""
    is_whole: bool
    """True: `jobs` is the whole first page, because the reader's epoch is not the feed's."""
    more: bool
    """True: the visitor has jobs older than the first page."""
    deleted: tuple[str, ...] = ()
    """Ids of deleted jobs."""


class JobFeed:
    """Latest jobs of one visitor, in memory. The store is authoritative."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.epoch = secrets.token_hex(8)
        self.watchers = 0
        """Readers that wait for a change right now."""
        self._version = 1
        self._jobs = {job.id: (1, job) for job in jobs}
        self._deleted: dict[str, int] = {}
        self._changed = asyncio.Condition()

    async def publish(self, jobs: Iterable[Job]) -> None:
        """Add or replace jobs and wake all waiting readers."""
        async with self._changed:
            self._version += 1
            self._jobs |= {job.id: (self._version, job) for job in jobs}
            if len(self._jobs) > MAX_JOBS:
                self._trim()
            self._changed.notify_all()

    async def remove(self, deleted: Iterable[str], page: Iterable[Job]) -> None:
        """Remove deleted jobs by id; `page` is the first page without them, and one job more."""
        async with self._changed:
            self._version += 1
            self._deleted |= dict.fromkeys(deleted, self._version)
            known = self._jobs | {job.id: (self._version, job) for job in page if job.id not in self._jobs}
            self._jobs = {job_id: entry for job_id, entry in known.items() if job_id not in self._deleted}
            self._deleted = dict([*self._deleted.items()][-MAX_JOBS:])
            self._changed.notify_all()

    async def undelete(self, jobs: Iterable[Job]) -> None:
        """Add jobs again that were removed."""
        found = tuple(jobs)
        for job in found:
            self._deleted.pop(job.id, None)
        await self.publish(found)

    async def reset(self, jobs: Iterable[Job]) -> None:
        """Replace all jobs; a new epoch makes every reader load the first page again."""
        async with self._changed:
            self.epoch = secrets.token_hex(8)
            self._version += 1
            self._jobs = {job.id: (self._version, job) for job in jobs}
            self._changed.notify_all()

    async def changes(self, epoch: str, version: int, wait: float) -> FeedChanges:
        """Return the changes after `version`, waiting up to `wait` seconds for one.

        For another epoch than the feed's, return the first page at once.
        """
        if epoch != self.epoch:
            return self._first_page()
        if wait > 0 and version >= self._version:
            await self._wait_past(version, wait)
        # The epoch may have changed during the wait: `jobs` since a version of the old one would lack removed ones.
        if epoch != self.epoch:
            return self._first_page()
        changed = tuple(job for at, job in self._jobs.values() if at > version)
        deleted = tuple(job_id for job_id, at in self._deleted.items() if at > version)
        return FeedChanges(
            self.epoch, self._version, changed, self.unfinished, is_whole=False, more=False, deleted=deleted
        )

    def _trim(self) -> None:
        """Drop all but the first page and unfinished jobs, under a new epoch."""
        self.epoch = secrets.token_hex(8)
        page = {job.id for job in self._newest()[:PAGE_SIZE]}
        self._jobs = {job_id: entry for job_id, entry in self._jobs.items() if job_id in page or not entry[1].ended}

    @property
    def unfinished(self) -> int:
        """Return the number of jobs that have not ended and are not paused."""
        return sum(job.ended is None and not job.is_paused for _, job in self._jobs.values())

    async def _wait_past(self, version: int, wait: float) -> None:
        self.watchers += 1
        try:
            async with asyncio.timeout(wait), self._changed:
                # By a predicate: a bare `wait` would miss a change published before the lock was taken.
                await self._changed.wait_for(lambda: self._version > version)
        except TimeoutError:
            pass
        finally:
            self.watchers -= 1

    def _newest(self) -> list[Job]:
        return sorted((job for _, job in self._jobs.values()), key=lambda job: (job.created, job.id), reverse=True)

    def _first_page(self) -> FeedChanges:
        newest = self._newest()
        page = tuple(newest[:PAGE_SIZE])
        more = len(newest) > PAGE_SIZE
        deleted = tuple(self._deleted)
        return FeedChanges(self.epoch, self._version, page, self.unfinished, is_whole=True, more=more, deleted=deleted)
