"""Job runner: one asyncio task per job, counted against the job limits, taken up again after unforeseen errors."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from components import messages
from components.clock import Clock
from components.domain.job import Job
from components.errors import StorageError, TooManyJobs
from components.jobs.repository import JobRepository
from components.jobs.submission import JobLimits

Work = Callable[[Job], Awaitable[None]]
RETRY_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, *(60.0,) * 8)
"""Seconds before a job is taken up again after an unforeseen error, about nine minutes in all; then it is left."""
STEADY_SECONDS = 120.0
"""Time that a job is followed without an error after which the pauses begin anew."""

_log = logging.getLogger(__name__)


class JobRunner:
    """Running jobs of all visitors."""

    def __init__(
        self, jobs: JobRepository, clock: Clock, limits: JobLimits, on_end: Callable[[Job, int], None]
    ) -> None:
        """`on_end` is called with each job whose task ended, and the number of jobs still running on its account."""
        self._jobs, self._clock, self._limits, self._on_end = jobs, clock, limits, on_end
        # By job id. The event loop has weak references only: a task without others may be collected while it waits.
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._pauses: dict[str, asyncio.Event] = {}
        """Jobs that wait to be taken up again; the event ends the wait."""
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

    def run(self, job: Job, work: Work, resume_left: Work) -> None:
        """Start the task of a job; a job that is `in` this runner must not be started again.

        After an unforeseen error `resume_left` goes on with the job's newest value, again and again while it fails.
        """
        self._unfinished[job.visitor] += 1
        self._by_account[job.account] += 1
        self._jobs.track(job)
        self._tasks[job.id] = asyncio.create_task(self._guarded(job, work, resume_left), name=f"job {job.id}")

    def retry_now(self, job_id: str) -> None:
        """Take up a job at once that waits for it; does nothing for any other."""
        if pause := self._pauses.get(job_id):
            pause.set()

    def is_pausing(self, job_id: str) -> bool:
        """Return whether a job waits to be taken up again, so that nothing of it is under way."""
        return job_id in self._pauses

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

    async def _guarded(self, job: Job, work: Work, resume_left: Work) -> None:
        """Do the work of one job, whose errors end no other task."""
        try:
            await self._until_done(job, work, resume_left)
        finally:
            newest = self._jobs.newest(job)  # before `untrack`; the counts are of the visitor who pressed
            del self._tasks[job.id]
            self._jobs.untrack(job.id)
            self._unfinished[job.visitor] -= 1
            self._unfinished += Counter()  # drops visitors without unfinished jobs
            self._by_account[job.account] -= 1
            self._on_end(newest, self._by_account[job.account])
            self._by_account += Counter()

    async def _until_done(self, job: Job, work: Work, resume_left: Work) -> None:
        failures = 0
        while True:
            begun = self._clock.monotonic()
            try:
                return await work(self._jobs.newest(job))
            except Exception:  # noqa: BLE001 - logged in full, and reported at the job
                _log.exception("job %s", job.id)
            failures = 0 if self._clock.monotonic() - begun > STEADY_SECONDS else failures
            await self._report(self._jobs.newest(job), is_left=failures == len(RETRY_PAUSES))
            if failures == len(RETRY_PAUSES):
                return None
            await self._pause(job.id, RETRY_PAUSES[failures])
            failures, work = failures + 1, resume_left

    async def _pause(self, job_id: str, seconds: float) -> None:
        """Wait for so many seconds, or until `retry_now`."""
        ended = self._pauses[job_id] = asyncio.Event()
        try:
            await self._clock.sleep_until(ended, seconds)
        finally:
            del self._pauses[job_id]

    async def _report(self, newest: Job, *, is_left: bool) -> None:
        """Save the problem at the job's newest value, or only publish it where saving fails too."""
        if newest.ended:
            # Its end could not be saved. It is true all the same, and is shown once no attempt is left.
            if is_left:
                await self._jobs.publish(newest)
        elif newest.sent or newest.task_id:
            await self._save_or_publish(newest.with_problem(messages.OUR_FAULT))
        else:
            # Not saved: its record may say meanwhile that another process has sent it.
            await self._jobs.publish(newest.with_problem(messages.OUR_FAULT_UNSENT))

    async def _save_or_publish(self, job: Job) -> None:
        try:
            await self._jobs.save(job)
        except StorageError:
            await self._jobs.publish(job)
