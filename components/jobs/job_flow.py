"""Job flow: one job from its reservation through queue, submit and polling to its end, each in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from components import messages
from components.clock import Clock
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.errors import SentElsewhere
from components.jobs.accounts import ApiAccounts
from components.jobs.admission import Admission, Prices
from components.jobs.repository import JobRepository
from components.jobs.runner import JobRunner, Work
from components.messages.message import Message
from components.net.http_pool import DEFAULT_TIMEOUTS


class JobFlow:
    """Steps of a job, run in tasks of `runner`."""

    def __init__(
        self, jobs: JobRepository, accounts: ApiAccounts, admission: Admission, runner: JobRunner, clock: Clock
    ) -> None:
        self._jobs, self._accounts, self._admission, self._runner = jobs, accounts, admission, runner
        self._clock = clock

    def admit(self, jobs: Sequence[Job]) -> None:
        """Start saved jobs of one press: their money is reserved together, then each is sent and followed."""
        reservation = self._admission.begin(jobs)
        for job in jobs:
            self._run(job, partial(self._admit_and_send, reservation))

    def follow(self, job: Job) -> None:
        """Poll an accepted job to its end."""
        self._run(job, self._follow)

    def search(self, job: Job) -> None:
        """Search for the task of a job whose submit was never answered, and follow it when it is found."""
        self._run(job, self._search_and_follow)

    def fetch_again(self, job: Job) -> None:
        """Poll and download a job whose task completed but whose image is missing."""
        self._run(job, self._fetch_again)

    def resume_left(self, job: Job) -> None:
        """Go on with a job that was left after an unforeseen error, see `_resume_left`."""
        self._run(job, self._resume_left)

    def _run(self, job: Job, work: Work) -> None:
        self._runner.run(job, work, self._resume_left)

    async def _resume_left(self, job: Job) -> None:
        """Go on with a job after an unforeseen error, from its newest value in memory, never with a second POST."""
        # First: it may have the id of a task that is on no disk. One whose record is the newest is not written, since
        # another process may have sent it meanwhile.
        if self._jobs.unwritten(job.id) and not await self._jobs.save(job):
            # Its task belongs to another job.
            ended = job.ended_as(JobState.UNKNOWN, self._clock.now(), messages.NOT_FOUND)
            await self._jobs.save(replace(ended, task_id=None))
        elif job.ended and job.state is not JobState.UNKNOWN:
            return
        elif job.task_id:
            await self._follow(job)
        elif job.ended:
            await self._search_and_follow(job)
        elif job.sent:
            await self._search_and_follow(await self.without_answer(job, messages.NO_CLEAR_ANSWER))
        else:
            await self._admit_and_send(self._admission.begin((job,)), replace(job, problem=None))

    async def without_answer(self, job: Job, message: Message) -> Job:
        """Return a sent job without a task as UNKNOWN, saved. Raises StorageError."""
        # The answer was lost at the latest at the deadline of the call. `max`: the clock may have been set back since.
        sent = job.sent or job.created
        lost = job.as_unknown(message, max(sent, min(self._clock.now(), sent + DEFAULT_TIMEOUTS.call)))
        await self._jobs.save(lost)
        return lost

    async def _admit_and_send(self, reservation: asyncio.Task[Prices], job: Job) -> None:
        # `admitted` ends with the check of the payer, and `send` begins by entering the queue: no await in between, or
        # a key that is forgotten at that moment would still be used.
        job = await self._admission.admitted(reservation, job)
        if job.ended:
            await self._jobs.save(job)
            return
        try:
            job, update = await self._accounts[job.account].sender.send(job)
        except SentElsewhere as error:
            # Shown and not saved: the record is the other process's to write.
            await self._jobs.publish(job.with_problem(error.message))
            return
        self._accounts.drop_rejected_key(job)
        if job.state is JobState.UNKNOWN:
            await self._search_and_follow(job)
        elif not job.ended:
            await self._follow(job, update)

    async def _search_and_follow(self, job: Job) -> None:
        workers = self._accounts[job.account]
        with workers.sender.under_way(job):
            job = await workers.lost_submits.find(job)
            if job.task_id:
                await self._follow(job)

    async def _fetch_again(self, job: Job) -> None:
        again = job.reopened()
        await self._jobs.save(again)
        await self._follow(again)

    async def _follow(self, job: Job, update: TaskUpdate | None = None) -> None:
        workers = self._accounts[job.account]
        with workers.sender.under_way(job):
            job = await workers.watcher.follow(job, update)
        self._accounts.drop_rejected_key(job)
