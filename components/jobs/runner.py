"""Job runner: one asyncio task per job, counted against the job limits, with unexpected errors reported."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from components import messages
from components.domain.job import Job
from components.errors import StorageError, TooManyJobs
from components.jobs.repository import JobRepository
from components.jobs.submission import JobLimits
from components.storage.async_store import AsyncStore

Work = Callable[[Job], Awaitable[None]]

_log = logging.getLogger(__name__)


class JobRunner:
    """Running jobs of all visitors."""

    def __init__(
        self, jobs: JobRepository, store: AsyncStore, limits: JobLimits, on_end: Callable[[Job, int], None]
    ) -> None:
        """`on_end` is called with each job whose task ended, and the number of jobs still running on its account."""
        self._jobs, self._store, self._limits, self._on_end = jobs, store, limits, on_end
        # By job id. The event loop has weak references only: a task without others may be collected while it waits.
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._unfinished: Counter[str] = Counter()
        """Unfinished jobs by visitor, those being saved included."""
        self._by_account: Counter[str] = Counter()

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._tasks

    def on_account(self, account: str) -> int:
        """Return the number of jobs that run on an account."""
        return self._by_account[account]

    def reserve(self, visitor: str, count: int) -> None:
        """Count jobs that are about to be saved. Raises TooManyJobs when they would exceed a limit."""
        if self._unfinished[visitor] + count > self._limits.per_visitor:
            raise TooManyJobs(messages.too_many_of_yours(self._limits.per_visitor))
        if self._unfinished.total() + count > self._limits.total:
            raise TooManyJobs(messages.TOO_MANY_OF_ALL)
        self._unfinished[visitor] += count

    def release(self, visitor: str, count: int) -> None:
        """Uncount jobs that `reserve` counted; `run` counts them itself."""
        self._unfinished[visitor] -= count

    def run(self, job: Job, work: Work) -> None:
        """Start the task of a job; a job that is `in` this runner must not be started again."""
        self._unfinished[job.visitor] += 1
        self._by_account[job.account] += 1
        self._tasks[job.id] = asyncio.create_task(self._guarded(job, work), name=f"job {job.id}")

    async def wait(self, job_id: str) -> None:
        """Wait until a job's task has ended, if it has one."""
        if task := self._tasks.get(job_id):
            # `wait` neither raises the task's error nor cancels the task when this caller is cancelled.
            await asyncio.wait([task])

    async def cancel(self, job_id: str) -> None:
        """Cancel a job's task, if it has one, and wait until it has ended."""
        if task := self._tasks.get(job_id):
            task.cancel()
            await asyncio.wait([task])

    async def close(self) -> None:
        """Cancel all tasks; their jobs are resumed at the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, job: Job, work: Work) -> None:
        """Do the work of one job; an unexpected error is logged and reported at the job, and ends no other task."""
        try:
            await work(job)
        except Exception:  # noqa: BLE001 - logged in full, and reported at the job
            _log.exception("job %s", job.id)
            await self._report_internal_error(job)
        finally:
            del self._tasks[job.id]
            self._unfinished[job.visitor] -= 1
            self._unfinished += Counter()  # drops visitors without unfinished jobs
            self._by_account[job.account] -= 1
            self._on_end(job, self._by_account[job.account])
            self._by_account += Counter()

    async def _report_internal_error(self, job: Job) -> None:
        """Save the problem at the job's latest record, or only publish it where saving fails too."""
        try:
            newest = await self._store.job(job.id) or job
            await self._jobs.save(newest.with_problem(messages.OUR_FAULT))
        except StorageError:
            await self._jobs.publish(job.with_problem(messages.OUR_FAULT))
