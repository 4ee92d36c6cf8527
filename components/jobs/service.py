"""Job service: starts the jobs of a press, follows each to its end, and resumes unfinished ones after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from components import messages
from components.api.client import Client
from components.budget.account_level import Slowdown
from components.budget.quotes import QuoteCache
from components.clock import Clock
from components.domain.job import Job, JobState
from components.domain.person import Person
from components.errors import StorageError
from components.jobs.accounts import ApiAccounts
from components.jobs.admission import Admission
from components.jobs.bill_collector import BillCollector
from components.jobs.bin import JobBin
from components.jobs.feed import PAGE_SIZE, FeedChanges
from components.jobs.forgotten_tasks import ForgottenTasks
from components.jobs.job_flow import JobFlow
from components.jobs.poll_schedule import DurationHistory
from components.jobs.presses import Presses
from components.jobs.repository import JobRepository
from components.jobs.resume import JobResume
from components.jobs.runner import JobRunner
from components.jobs.submission import JobLimits, JobTarget, Submission
from components.jobs.visitor_keys import VisitorKeys
from components.storage.async_store import AsyncStore

_ACCOUNT_TROUBLES = frozenset(
    message.code for message in (messages.HOST_KEY_REFUSED, messages.HOST_NO_CREDIT, messages.UNREACHABLE)
)
"""Codes of what the service says of the host's account, or does not say: the next look at it asks the service."""


class JobService:
    """Jobs of the whole app, on its event loop. Jobs run in tasks of their own here, never inside a Gradio event.

    A generator of a Gradio event is closed with its browser tab, and a queued event of a closed tab is dropped (tried
    with Gradio 6.31).
    """

    def __init__(  # noqa: PLR0913 - the whole core meets here
        self,
        clients: Mapping[str, Client],
        target: JobTarget,
        store: AsyncStore,
        repository: JobRepository,
        limits: JobLimits,
        clock: Clock,
        *,
        quotes: QuoteCache | None = None,
        keys: VisitorKeys | None = None,
    ) -> None:
        """`target`: the host's account. `quotes`: its prices, None where it is free. `clients`: by account name."""
        self._target, self._store, self._jobs, self._clock = target, store, repository, clock
        self._quotes = quotes
        self._durations = DurationHistory()
        keys = keys or VisitorKeys(clock)
        self._accounts = ApiAccounts(repository, store, clock, self._durations, keys)
        self._admission = Admission(quotes, keys, store, clock, target.backend)
        self._runner = JobRunner(repository, clock, limits, self._job_ended)
        self.bills = BillCollector(self._accounts, repository, store, clock)
        host = clients[target.backend]
        self.forgotten = ForgottenTasks(host, target.backend, quotes, store, self.bills, clock)
        self._presses = Presses()
        self._starting: set[asyncio.Task[tuple[Job, ...]]] = set()
        self._flow = JobFlow(repository, self._accounts, self._admission, self._runner, clock)
        self.resume = JobResume(store, repository, self._accounts, self._runner, self._flow, self._durations, clock)
        self.bin = JobBin(store, repository, self._accounts, self._runner, self.resume, clock)
        for name, client in clients.items():
            self.open(name, client)

    def open(self, account: str, client: Client) -> None:
        """Open an account, so that its jobs can be sent and followed."""
        self._accounts.open(account, client)

    def retire(self, target: JobTarget) -> None:
        """Close a visitor's account: unsent jobs are cancelled, sent ones are followed to their end first."""
        self._accounts.cancel_unsent(target, messages.KEY_FORGOTTEN)
        self._accounts.close_idle(target.account, target.key, self._runner.on_account(target.account))

    async def start(self, submission: Submission) -> tuple[Job, ...]:
        """Save and start the jobs of a press; a repeated click starts nothing and returns its jobs as they are now.

        Raises PressRevoked, TooManyJobs and StorageError; then none is started.
        """
        jobs = tuple(self._job(submission, number) for number in range(1, len(submission.requests) + 1))
        # Before the limits: a repeated click must not be refused because its own jobs fill them.
        if known := await self._existing(jobs):
            return known
        # Its record would be in memory alone, and what may cost money is on disk before it is sent.
        if self._store.is_from_newer_version:
            raise StorageError(messages.OLDER_THAN_HISTORY)
        # No await from here to the task: between the two, `revoke` would find the press neither here nor stored.
        self._presses.check(submission.visitor, submission.click)
        self._runner.reserve(submission.visitor, len(jobs))
        self._presses.arrive(submission.visitor, submission.click)
        starting = asyncio.create_task(self._add_and_run(jobs))
        self._starting.add(starting)
        starting.add_done_callback(self._starting.discard)
        # Shielded: jobs that are saved are also sent, even when the browser disconnects meanwhile.
        return await asyncio.shield(starting)

    async def revoke(self, visitor: str, click: str) -> bool:
        """Refuse a press that has not arrived, should it still come; return False when it has. Raises StorageError."""
        return self._presses.revoke(visitor, click) and not await self.get_owned(visitor, _job_id(click, 1))

    async def cancel_unsent(self, visitor: str, job_id: str) -> bool:
        """Cancel a job before it is sent. Return False when it is too late, or another visitor's."""
        job = await self.get_owned(visitor, job_id)
        if not job or job.account not in self._accounts:
            return False
        if self._admission.cancel(job_id, messages.TAKEN_BACK):
            return True
        if self._accounts[job.account].sender.cancel(job_id, messages.TAKEN_BACK):
            return True
        return await self._cancel_left(self._jobs.shown(job))

    async def _cancel_left(self, job: Job) -> bool:
        """End an unsent job that waits after an unforeseen error; return False for any other."""
        is_left = job.id not in self._runner or self._runner.is_pausing(job.id)
        if not is_left or not job.is_cancellable or job.problem != messages.OUR_FAULT_UNSENT:
            return False
        await self._runner.cancel(job.id)
        await self._jobs.save(job.ended_as(JobState.STOPPED, self._clock.now(), messages.TAKEN_BACK))
        return True

    def can_be_stopped(self, job: Job) -> bool:
        """Return whether a job is being generated, and its service was not asked to stop it yet."""
        is_made = job.state in (JobState.CREATED, JobState.PROCESSING) and job.id in self._runner
        return is_made and job.stop_requested is None

    def is_stop_charged(self, job: Job) -> bool:
        """Return whether a task that is stopped may be charged all the same; a free backend stops at once."""
        return self._is_paid(job)

    async def stop(self, visitor: str, job_id: str, *, is_charge_accepted: bool = True) -> bool:
        """Stop a job that is being generated. Return False when that is impossible, or when it has just ended.

        A task that costs money is stopped only with `is_charge_accepted`, and is followed on: the service may complete
        it, or stop it and refund a part.
        """
        job = await self.get_owned(visitor, job_id)
        if not job or not self.can_be_stopped(job) or not job.task_id:
            return False
        if self._is_paid(job):
            return is_charge_accepted and await self._accounts[job.account].watcher.request_stop(job)
        if not await self._accounts[job.account].watcher.delete([job.task_id]):
            return False
        # Read again after its task ended: that may have completed the job while the service deleted the task.
        await self._runner.cancel(job_id)
        newest = await self._store.job(job_id)
        if not newest or newest.ended:
            return False
        return await self._jobs.save(newest.ended_as(JobState.STOPPED, self._clock.now(), messages.STOPPED_BY_YOU))

    async def stop_spending(self, *, is_on: bool) -> None:
        """Set the switch that stops spending of the host's money, and cancel unsent jobs. Raises StorageError."""
        await self._admission.stop_spending(is_on=is_on)
        if is_on and self._quotes:
            self._accounts.cancel_unsent(self._target, messages.STOPPED_BY_HOST)

    @property
    def slowdown(self) -> Slowdown | None:
        """Return the recent 429s of the host's account; None when there were none."""
        if self._target.account not in self._accounts:
            return None
        return self._accounts[self._target.account].sender.rate.slowdown(self._clock.monotonic())

    async def close(self) -> None:
        """Stop sending and polling; unfinished jobs are resumed at the next start."""
        await asyncio.gather(*self._starting, return_exceptions=True)
        self._accounts.close()
        self.forgotten.close()
        await asyncio.gather(self._runner.close(), self._admission.close())
        # After the jobs: each that is cancelled expects its bill.
        self.bills.close()
        await self._jobs.save_unwritten()

    async def changes(self, visitor: str, epoch: str, version: int, wait: float) -> FeedChanges:
        """Return the changes of a visitor's feed after a version, waiting up to `wait` seconds for one."""
        feed = await self._jobs.feed_of(visitor)
        return await feed.changes(epoch, version, wait)

    async def older(self, visitor: str, before: float) -> tuple[list[Job], bool]:
        """Return the page of a visitor's jobs before a time (Unix seconds), newest first, and whether more exist."""
        page = await self._store.page_of(visitor, before, PAGE_SIZE + 1)
        return page[:PAGE_SIZE], len(page) > PAGE_SIZE

    def typical_seconds(self, job: Job) -> float | None:
        """Return the median seconds from acceptance to end of similar jobs; None when there were none."""
        return self._durations.typical(job.duration_key)

    async def get_owned(self, visitor: str, job_id: str) -> Job | None:
        """Return a visitor's job; None for another visitor's, or an unknown id."""
        job = await self._store.job(job_id)
        return job if job and job.visitor == visitor else None

    async def finished(self, job_id: str) -> Job | None:
        """Wait until a job has ended or cannot be followed now, and return it; None for an unknown id."""
        await self._runner.wait(job_id)
        return await self._store.job(job_id)

    def _job(self, submission: Submission, number: int) -> Job:
        target = submission.target or self._target
        person = submission.person or Person(submission.visitor)
        return Job(
            id=_job_id(submission.click, number),
            visitor=submission.visitor,
            click=submission.click,
            number=number,
            backend=target.backend,
            model=submission.model or target.model,
            key=target.key,
            person=person.payer_name,
            request=submission.requests[number - 1],
            created=self._clock.now(),
            seed_note=submission.seed_note,
        )

    async def _add_and_run(self, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        try:
            is_new = await self._jobs.add(jobs)
        finally:
            self._runner.release(jobs[0].visitor, len(jobs))
            self._presses.saved(jobs[0].visitor, jobs[0].click)
        if not is_new:
            return await self._existing(jobs)
        self._flow.admit(jobs)
        return jobs

    async def _existing(self, jobs: Sequence[Job]) -> tuple[Job, ...]:
        """Return the stored jobs of a click; empty when there are none, or when the click is another visitor's."""
        found = [await self._store.job(job.id) for job in jobs]
        return tuple(job for job in found if job and job.visitor == jobs[0].visitor)

    def _job_ended(self, job: Job, running: int) -> None:
        self._accounts.close_idle(job.account, job.key, running)
        if self._is_paid(job):
            self.bills.expect([job.id])
        if self._quotes and job.problem and job.problem.code in _ACCOUNT_TROUBLES:
            self._quotes.expire_balance(0)

    def _is_paid(self, job: Job) -> bool:
        return bool(job.key) or (job.backend == self._target.backend and self._quotes is not None)


def _job_id(click: str, number: int) -> str:
    """Return the id of image `number` of a press, from 1."""
    return f"{click}-{number}"
