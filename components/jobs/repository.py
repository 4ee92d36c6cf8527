"""Job repository: saves each change of a job, then publishes it to the feed of its visitor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from components import messages
from components.domain.bill import Bill
from components.domain.job import Job
from components.errors import SentElsewhere, StorageError
from components.jobs.feed import PAGE_SIZE, JobFeed
from components.storage.async_store import AsyncStore

log = logging.getLogger(__name__)
MAX_IDLE_FEEDS = 2000
"""Feeds in memory beyond which those without readers are dropped; the store has their jobs."""


class JobRepository:
    """Jobs on disk, and in the feeds of connected visitors. Methods that read or write raise StorageError."""

    def __init__(self, store: AsyncStore) -> None:
        self._store = store
        self._feeds: dict[str, JobFeed] = {}
        self._loading: dict[str, asyncio.Lock] = {}
        self._unsaved: dict[str, Job] = {}
        """Latest published value of each job that is newer than its record, for feeds that are loaded later."""
        self._transferred: dict[str, str] = {}
        """New visitor of each transferred job: values that its running task made before still name the old one."""
        self._newest: dict[str, Job] = {}
        """Newest value of each job that a task follows, whether it could be saved or not."""
        self._unwritten: dict[str, Job] = {}
        """Values that could not be saved: they may have the id of a task that is on no disk."""

    async def add(self, jobs: Sequence[Job]) -> bool:
        """Save and publish new jobs, all or none. Return False when one of their ids is stored: a repeated click."""
        if not await self._store.add_jobs(jobs):
            return False
        await self._publish(jobs)
        return True

    async def save(self, job: Job) -> bool:
        """Save and publish a job's new value. Return False, and save nothing, when its task belongs to another job."""
        self._note(job)
        try:
            is_saved = await self._store.save_job(job)
        except StorageError:
            self._unsaved[job.id] = self._unwritten[job.id] = job
            raise
        await self._saved(job, is_saved=is_saved)
        return is_saved

    async def restore(self, job: Job) -> bool:
        """Save and publish a job that may be missing here; return False when it cannot be here again."""
        is_restored = await self._store.restore_job(job)
        if is_restored:
            await self._saved(job)
        return is_restored

    async def mark_sent(self, job: Job) -> None:
        """Save and publish a job right before its POST, the first and only one that may have arrived.

        Raises SentElsewhere, with nothing saved, when another process on this folder has sent or ended it.
        """
        if not await self._store.mark_sent(job):
            raise SentElsewhere(messages.SENT_ELSEWHERE)
        # Not before the write: a job whose mark could not be written is not sent, and may be sent by a later attempt.
        self._note(job)
        await self._saved(job)

    async def publish(self, *jobs: Job) -> None:
        """Publish values without saving them: progress, a passing problem, a queue position."""
        self._note(*jobs)
        self._unsaved |= {job.id: job for job in jobs}
        await self._publish([self._as_owned(job) for job in jobs])

    def track(self, job: Job) -> None:
        """Remember the newest value of a job, from now until `untrack`."""
        self._newest[job.id] = job

    def untrack(self, job_id: str) -> None:
        """Forget the newest value of a job; one that could not be saved is still found by `unwritten`."""
        self._newest.pop(job_id, None)

    def newest(self, job: Job) -> Job:
        """Return the newest value of a tracked job, in memory alone where it could not be saved."""
        return self._as_owned(self._newest.get(job.id, job))

    def unwritten(self, job_id: str) -> Job | None:
        """Return the value of a job that could not be saved; None when its record is the newest."""
        job = self._unwritten.get(job_id)
        return self._as_owned(job) if job else None

    def shown(self, job: Job) -> Job:
        """Return a job as its visitor sees it: a published value that is newer than its record."""
        return self._latest(job)

    async def save_unwritten(self) -> None:
        """Try once more to save all values that could not be saved, as before the process ends."""
        for job in list(self._unwritten.values()):
            with suppress(StorageError):
                await self.save(self._as_owned(job))

    async def transfer(self, visitor: str, to: str) -> int:
        """Move all jobs of one visitor to another, unfinished ones included; return their number."""
        moved = await self._store.transfer_jobs(visitor, to)
        self._transferred |= dict.fromkeys(moved, to)
        for name in (visitor, to):
            if feed := self._feeds.get(name):
                await feed.reset(await self._store.page_of(name, None, PAGE_SIZE + 1))
        return len(moved)

    async def delete(self, jobs: Sequence[Job]) -> None:
        """Delete ended jobs and their images for good, and remove them from their visitors' feeds."""
        await self._store.delete_jobs(jobs)
        await self._remove(jobs)

    async def put_in_bin(self, jobs: Sequence[Job], now: float) -> None:
        """Put ended jobs into the bin, at `now` in Unix seconds, and remove them from their visitors' feeds."""
        await self._store.put_in_bin(jobs, now)
        await self._remove(jobs)

    async def take_out_of_bin(self, visitor: str, job_ids: Iterable[str]) -> list[Job]:
        """Take a visitor's jobs out of the bin and publish them again; return those that were there."""
        jobs = await self._store.take_out_of_bin(visitor, job_ids)
        if jobs and (feed := self._feeds.get(visitor)):
            await feed.undelete(jobs)
        return jobs

    async def _remove(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._unsaved.pop(job.id, None)
            self._unwritten.pop(job.id, None)
        for visitor in {job.visitor for job in jobs}:
            if feed := self._feeds.get(visitor):
                # One more than a page: the feed tells from it whether there are older jobs.
                page = await self._store.page_of(visitor, None, PAGE_SIZE + 1)
                latest = [self._latest(job) for job in page]
                await feed.remove([job.id for job in jobs if job.visitor == visitor], latest)

    async def set_favourite(self, visitor: str, job_id: str, *, is_favourite: bool) -> bool:
        """Save and publish the favourite flag. Return False for another visitor's or an uncompleted job."""
        job = await self._store.set_favourite(visitor, job_id, is_favourite=is_favourite)
        if job:
            await self._publish([self._as_owned(job)])
        return job is not None

    async def set_bill(self, job_id: str, bill: Bill) -> None:
        """Save and publish what a job's task cost in truth."""
        if job := await self._store.set_bill(job_id, bill):
            await self._publish([replace(self._latest(job), bill=bill)])

    async def feed_of(self, visitor: str) -> JobFeed:
        """Return a visitor's feed, loaded from the store when it is not in memory."""
        if visitor in self._feeds:
            return self._feeds[visitor]
        # Two tabs that load at once must share one feed, or one of them would get no changes.
        async with self._loading.setdefault(visitor, asyncio.Lock()):
            if visitor not in self._feeds:
                self._drop_idle()
                jobs = await self._store.page_of(visitor, None, PAGE_SIZE + 1)
                self._feeds[visitor] = JobFeed(self._latest(job) for job in jobs)
        self._loading.pop(visitor, None)
        return self._feeds[visitor]

    def _note(self, *jobs: Job) -> None:
        self._newest |= {job.id: job for job in jobs if job.id in self._newest}

    async def _saved(self, job: Job, *, is_saved: bool = True) -> None:
        # Only after the write: a feed loaded meanwhile would read the older record.
        self._unsaved.pop(job.id, None)
        self._unwritten.pop(job.id, None)
        if is_saved:
            await self._publish([self._as_owned(job)])

    def _latest(self, job: Job) -> Job:
        return self._as_owned(self._unsaved.get(job.id, job))

    def _as_owned(self, job: Job) -> Job:
        owner = self._transferred.get(job.id)
        return replace(job, visitor=owner) if owner else job

    async def _publish(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            log.info("job %s, task %s: %s", job.id, job.task_id or "none", job.state.value)
        for visitor in {job.visitor for job in jobs}:
            if feed := self._feeds.get(visitor):
                await feed.publish(job for job in jobs if job.visitor == visitor)

    def _drop_idle(self) -> None:
        if len(self._feeds) < MAX_IDLE_FEEDS:
            return
        idle = [name for name, feed in self._feeds.items() if not feed.watchers and not feed.unfinished]
        for name in idle[: MAX_IDLE_FEEDS // 4]:
            del self._feeds[name]
