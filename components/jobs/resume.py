"""Resume of unfinished jobs: after a restart, with a key entered again, and on a visitor's "Look again"."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from components import messages
from components.clock import Clock
from components.domain.job import Job, JobState
from components.jobs.accounts import ApiAccounts
from components.jobs.job_flow import JobFlow
from components.jobs.poll_schedule import DurationHistory
from components.jobs.repository import JobRepository
from components.jobs.runner import JobRunner
from components.storage.async_store import AsyncStore

STALE_SECONDS = 600.0
"""Age beyond which an unsent job is stopped at a restart: its visitor does not expect it to be charged any more."""
REMEMBERED_JOBS = 500
"""Latest completed jobs whose durations are read at the start, for the poll schedules."""


class JobResume:
    """Jobs on disk that no task follows, brought back into the flow."""

    def __init__(
        self,
        store: AsyncStore,
        jobs: JobRepository,
        accounts: ApiAccounts,
        runner: JobRunner,
        flow: JobFlow,
        durations: DurationHistory,
        clock: Clock,
    ) -> None:
        self._store, self._jobs, self._accounts, self._runner = store, jobs, accounts, runner
        self._flow, self._durations, self._clock = flow, durations, clock
        self.lock = asyncio.Lock()
        """Locked while a job's record is read and its task is started, so that no job is followed by two tasks."""

    async def all(self) -> None:
        """Resume what an earlier process left: tasks are followed, lost submits searched for, unsent jobs sent."""
        for job in await self._store.completed(REMEMBERED_JOBS):
            if job.accepted and job.ended and job.inference_ms:
                self._durations.add(job.duration_key, min(job.inference_ms / 1000, job.ended - job.accepted))
        for job in await self._store.open_jobs():
            await self._resume(job)

    async def jobs_of(self, visitor: str, account: str) -> None:
        """Resume a visitor's unfinished jobs on an account whose key was entered again."""
        async with self.lock:
            for job in await self._store.open_jobs():
                if (job.visitor, job.account) == (visitor, account) and job.id not in self._runner:
                    await self._resume(job)

    async def restore(self, visitor: str, sealed: Iterable[str]) -> None:
        """Take a visitor's jobs back that the folder has lost in a crash; none is sent again. Raises StorageError."""
        async with self.lock:
            for text in sealed:
                job = self._store.blocking.unsealed(text)
                if job and job.visitor == visitor:
                    await self._restore(job)

    async def recheck(self, visitor: str, job_id: str) -> None:
        """Retry a visitor's job that may be paid for: no answer to the submit, no image, or left after a fault."""
        async with self.lock:
            job = self._jobs.unwritten(job_id) or await self._store.job(job_id)
            if not job or job.visitor != visitor:
                return
            if job.id in self._runner:
                self._runner.retry_now(job.id)
                if job.account in self._accounts:
                    self._accounts[job.account].lost_submits.search_now(job.id)
            else:
                await self._recheck(job)

    async def _restore(self, job: Job) -> None:
        """Take a job back unless as much of it is known: whose task it is, or that it ended without one."""
        known = self._jobs.unwritten(job.id) or await self._store.job(job.id)
        if known and (known.task_id or not job.task_id):
            return
        await self._runner.cancel(job.id)
        if job.task_id:
            # Its image was lost with its record, or is downloaded once more.
            job = replace(job.reopened(), images=())
        if await self._jobs.restore(job) and not job.ended:
            await self._resume(job)

    async def _as_perhaps_sent(self, job: Job) -> Job:
        """Return an unfinished job as a lost submit: after what the folder holds it may have been sent."""
        lost = replace(job, lost=None, sent=job.sent or job.created)
        lost = lost.as_unknown(messages.UNANSWERED_BEFORE_RESTART, self._clock.now())
        await self._jobs.restore(lost)
        return lost

    async def _resume(self, job: Job) -> None:
        # What happens here to the jobs of a newer version's folder, whose changes are in memory alone: those that were
        # sent are followed or searched for, which costs nothing and which the newer version does again; those that
        # were not sent stay so, since the newer version would send, and pay for, them a second time.
        if not job.sent and self._store.is_from_newer_version:
            await self._jobs.save(job.paused(messages.WAITS_FOR_NEWER))
            return
        if self._store.may_be_set_back and not job.task_id and job.state is not JobState.UNKNOWN:
            job = await self._as_perhaps_sent(job)
        now, is_open = self._clock.now(), job.account in self._accounts
        if not job.sent and (now - job.created > STALE_SECONDS or not is_open):
            await self._jobs.save(job.ended_as(JobState.STOPPED, now, messages.STALE))
        elif not is_open:
            await self._jobs.save(job.paused(messages.KEY_NEEDED if job.key else messages.BACKEND_AWAY))
        elif job.task_id:
            job = job.unpaused()
            await self._jobs.save(job)
            self._flow.follow(job)
        elif job.sent:
            self._flow.search(await self._flow.without_answer(job, messages.UNANSWERED_BEFORE_RESTART))
        else:
            self._flow.admit((job,))

    async def _recheck(self, job: Job) -> None:
        shown = self._jobs.shown(job)
        if not shown.can_look_again:
            return
        if shown.problem == messages.SENT_ELSEWHERE:
            # With what the other process wrote meanwhile.
            await self._jobs.publish(job if job.ended else job.with_problem(messages.SENT_ELSEWHERE))
            return
        if not job.sent and self._store.is_from_newer_version:
            return  # it waits for that version, whatever key is here
        if job.account not in self._accounts:
            await self._jobs.save(job.with_problem(messages.KEY_NEEDED if job.key else messages.BACKEND_AWAY))
        elif job.is_paused:
            await self._resume(job)
        elif job.state is JobState.UNKNOWN:
            self._flow.search(job)
        elif not job.ended:
            self._flow.resume_left(job)
        else:
            self._flow.fetch_again(job)
