"""Bin: deleted jobs rest here, and can be put back, until they are deleted for good, here and at the service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from components.clock import Clock
from components.domain.job import Job
from components.jobs.accounts import ApiAccounts
from components.jobs.feed import PAGE_SIZE
from components.jobs.repository import JobRepository
from components.jobs.resume import JobResume
from components.jobs.runner import JobRunner
from components.jobs.submission import DeletionResult
from components.storage.async_store import AsyncStore
from components.storage.bin_table import BinnedJob, BinPlace

BIN_DAYS = 30
"""Days for which a deleted job can be put back, unless the host's limits end that earlier."""
BATCH_SIZE = 500
"""Jobs deleted at a time when a bin is emptied: other calls of the store wait in its one thread meanwhile."""


class JobBin:
    """Bins of all visitors. Methods raise StorageError, and ignore other visitors' jobs.

    In a newer version's folder nothing is put here, put back or deleted: that version would still show what is gone at
    the service.
    """

    def __init__(
        self,
        store: AsyncStore,
        jobs: JobRepository,
        accounts: ApiAccounts,
        runner: JobRunner,
        resume: JobResume,
        clock: Clock,
    ) -> None:
        self._store, self._jobs, self._accounts, self._runner = store, jobs, accounts, runner
        self._resume, self._clock = resume, clock

    async def put(self, visitor: str, job_ids: Iterable[str]) -> list[Job]:
        """Put a visitor's ended jobs here, which shows them nowhere else; return them.

        Jobs whose image may still arrive are ignored.
        """
        if self._store.is_from_newer_version:
            return []
        # Locked: a job that is looked for again meanwhile would be followed in here.
        async with self._resume.lock:
            found = [job for job in await self._store.jobs(job_ids) if job.visitor == visitor]
            jobs = [job for job in found if job.can_be_deleted and job.id not in self._runner]
            if jobs:
                await self._jobs.put_in_bin(jobs, self._clock.now())
        return jobs

    async def undelete(self, visitor: str, job_ids: Iterable[str]) -> list[Job]:
        """Put a visitor's jobs back where they were; return those that were here."""
        return [] if self._store.is_from_newer_version else await self._jobs.take_out_of_bin(visitor, job_ids)

    async def page(self, visitor: str, after: BinPlace) -> tuple[list[BinnedJob], bool]:
        """Return one page of a visitor's bin, the newest deletion first, and whether there is more."""
        page = await self._store.bin_page(visitor, after, PAGE_SIZE + 1)
        return page[:PAGE_SIZE], len(page) > PAGE_SIZE

    async def delete(self, visitor: str, job_ids: Iterable[str]) -> DeletionResult:
        """Delete a visitor's jobs in here for good, with their images, here and at the service."""
        if self._store.is_from_newer_version:
            return DeletionResult((), is_everywhere=True)
        return await self.drop(await self._store.in_bin(visitor, job_ids))

    async def empty(self, visitor: str) -> DeletionResult:
        """Delete all of a visitor's jobs in here for good."""
        deleted, is_everywhere = (), True
        # Up to now: what is deleted meanwhile, in another tab, can be put back from there.
        after = BinPlace(self._clock.now())
        while found := await self._store.bin_page(visitor, after, BATCH_SIZE):
            done = await self.delete(visitor, [one.job.id for one in found])
            if not done.deleted:
                break
            deleted, is_everywhere = (*deleted, *done.deleted), is_everywhere and done.is_everywhere
        return DeletionResult(deleted, is_everywhere)

    async def drop(self, jobs: Sequence[Job]) -> DeletionResult:
        """Delete jobs in here for good, whoever's they are."""
        if jobs:
            await self._jobs.delete(jobs)
        return DeletionResult(tuple(job.id for job in jobs), await self._delete_at_service(jobs))

    async def _delete_at_service(self, jobs: Sequence[Job]) -> bool:
        """Delete the jobs' tasks at the service; return whether all are deleted. Closed accounts cannot be reached."""
        tasks: dict[str, list[str]] = {}
        for job in jobs:
            if job.task_id:
                tasks.setdefault(job.account, []).append(job.task_id)
        reachable = [(self._accounts[name].watcher, ids) for name, ids in tasks.items() if name in self._accounts]
        done = [await watcher.delete(ids) for watcher, ids in reachable]
        return all(done) and len(done) == len(tasks)
