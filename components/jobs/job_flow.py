"""Job flow: one job from its reservation through queue, submit and polling to its end, each in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.jobs.accounts import ApiAccounts
from components.jobs.admission import Admission
from components.jobs.repository import JobRepository
from components.jobs.runner import JobRunner


class JobFlow:
    """Steps of a job, run in tasks of `runner`."""

    def __init__(self, jobs: JobRepository, accounts: ApiAccounts, admission: Admission, runner: JobRunner) -> None:
        self._jobs, self._accounts, self._admission, self._runner = jobs, accounts, admission, runner

    def admit(self, jobs: Sequence[Job]) -> None:
        """Start saved jobs of one press: their money is reserved together, then each is sent and followed."""
        reservation = self._admission.begin(jobs)
        for job in jobs:
            self._runner.run(job, partial(self._admit_and_send, reservation))

    def follow(self, job: Job) -> None:
        """Poll an accepted job to its end."""
        self._runner.run(job, self._follow)

    def search(self, job: Job) -> None:
        """Search for the task of a job whose submit was never answered, and follow it when it is found."""
        self._runner.run(job, self._search_and_follow)

    def fetch_again(self, job: Job) -> None:
        """Poll and download a job whose task completed but whose image is missing."""
        self._runner.run(job, self._fetch_again)

    async def _admit_and_send(self, reservation: asyncio.Task[int | None], job: Job) -> None:
        # `admitted` ends with the check of the payer, and `send` begins by entering the queue: no await in between, or
        # a key that is forgotten at that moment would still be used.
        job = await self._admission.admitted(reservation, job)
        if job.ended:
            await self._jobs.save(job)
            return
        job, update = await self._accounts[job.account].sender.send(job)
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
