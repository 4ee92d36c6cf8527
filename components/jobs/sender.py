"""Sender: submits the jobs of one account, at most one POST of a job that may have reached the API."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from components import messages
from components.api.client import Client
from components.budget.account_level import ObservedRate
from components.clock import Clock
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.errors import (
    CertificateError,
    ConnectionFailed,
    InsufficientCredit,
    InvalidRequest,
    PlaygroundError,
    RateLimited,
    SubmissionUnknown,
    SubmitRejected,
    Unauthorized,
)
from components.jobs.repository import JobRepository
from components.jobs.send_queue import QueueEntry, QueueResult, SendQueue
from components.jobs.uploads import Uploads
from components.messages.message import Message
from components.net.retry import MAX_RETRY_AFTER, ResendPolicy
from components.storage.async_store import AsyncStore

PUBLISH_SECONDS = 0.3
"""Shortest time between two publications of queue positions."""

_log = logging.getLogger(__name__)


class Sender:
    """Sender of one account: its send queue, uploads and resend policy."""

    def __init__(self, client: Client, jobs: JobRepository, store: AsyncStore, clock: Clock) -> None:
        self._client, self._jobs, self._clock = client, jobs, clock
        self._uploads = Uploads(client, store, clock)
        self._policy = ResendPolicy()
        self.rate = ObservedRate()
        """Accepted submits and 429s of this account."""
        self._queue = SendQueue(clock, self._queue_changed)
        self._waiting: dict[str, Job] = {}
        self._publishing: asyncio.Task[None] | None = None

    async def send(self, job: Job) -> tuple[Job, TaskUpdate | None]:
        """Submit a job when its visitor's turn comes.

        Return the job, saved, and the first update of its task; None in place of it when there is no task: the job
        has ended, or is UNKNOWN because no answer came. Raises StorageError, and SentElsewhere when another process
        on this folder sends it.
        """
        # No await before `enter`: the caller has just checked who pays, and `cancel_all` reaches only what is queued.
        entry = self._queue.enter(job.id, job.visitor)
        self._waiting[job.id] = job
        try:
            return await self._send_from_queue(job, entry)
        finally:
            del self._waiting[job.id]
            self._queue.leave(entry)

    @contextmanager
    def under_way(self, job: Job) -> Generator[None]:
        """Count a job that is at the service among its visitor's, whose waiting jobs then come after others'."""
        self._queue.resume(job.id, job.visitor)
        try:
            yield
        finally:
            self._queue.end(job.id)

    def cancel(self, job_id: str, message: Message) -> bool:
        """End a waiting job with this message. Return False when it is being sent, or is not here."""
        return self._queue.cancel(job_id, message)

    def cancel_all(self, message: Message) -> None:
        """End all waiting jobs with this message; a submit under way is not repeated when it is rejected for now."""
        self._queue.cancel_all(message)

    def close(self) -> None:
        """Stop sending and publishing. The tasks of the jobs are the job runner's to cancel."""
        self._queue.close()
        if self._publishing:
            self._publishing.cancel()

    async def _send_from_queue(self, job: Job, entry: QueueEntry) -> tuple[Job, TaskUpdate | None]:
        # Seconds of the waits after this job's own errors: the time in line behind other jobs is none of them.
        attempts, waited, previous = 0, 0.0, None
        while True:
            if await self._queue.wait(entry) is QueueResult.CANCELLED:
                return await self._end_cancelled(job, entry), None
            job, update, error = await self._send_once(job)
            # Resent only after ConnectionFailed, when no byte left, and RateLimited, when no task was made. After any
            # other failure a task may exist, and a second POST would be charged a second time.
            if not isinstance(error, ConnectionFailed | RateLimited):
                if isinstance(error, SubmissionUnknown):
                    # The fewer submits are under way at once, the surer it is whose task a lost one is.
                    self._queue.slow_down()
                self._queue.end_send(entry, accepted=error is None)
                if error is None:
                    self.rate.accept(self._clock.monotonic())
                return job, update
            attempts = attempts + 1 if type(error) is type(previous) else 1
            previous = error
            wait = self._policy.wait(error, attempts, waited)
            self._requeue(job, entry, error, wait)
            if wait is None:
                return await self._give_up(job, error), None
            waited += wait
            # After a 429 the queue itself pauses, for all of its jobs.
            if isinstance(error, ConnectionFailed):
                await self._clock.sleep(wait)

    def _requeue(self, job: Job, entry: QueueEntry, error: PlaygroundError, wait: float | None) -> None:
        self._waiting[job.id] = job
        # Paused before this send ends, which would release the next job at once.
        if isinstance(error, RateLimited):
            self.rate.refuse(self._clock.monotonic(), self._queue.at_service)
            self._queue.pause(wait or 0.0)
        self._queue.end_send(entry, accepted=False)

    async def _end_cancelled(self, job: Job, entry: QueueEntry) -> Job:
        ended = job.ended_as(JobState.STOPPED, self._clock.now(), entry.cancelled)
        await self._jobs.save(ended)
        return ended

    def _queue_changed(self) -> None:
        if self._queue.is_congested and (self._publishing is None or self._publishing.done()):
            self._publishing = asyncio.create_task(self._publish_positions())

    async def _publish_positions(self) -> None:
        """Publish changed queue positions, and to the first job when the next submit may be sent."""
        # One publication covers the moves of this time: each one changes the position of every job behind it.
        await self._clock.sleep(PUBLISH_SECONDS)
        next_send = self._clock.now() + self._queue.seconds_to_next if self._queue.seconds_to_next else None
        changed = []
        for job_id, position in self._queue.positions().items():
            job = self._waiting[job_id].with_queue_position(position, None if position else next_send)
            if job != self._waiting[job_id]:
                self._waiting[job_id] = job
                changed.append(job)
        await self._jobs.publish(*changed)

    async def _send_once(self, job: Job) -> tuple[Job, TaskUpdate | None, PlaygroundError | None]:
        try:
            links = await self._uploads.links(job)
            # On disk before the first byte leaves: after a crash the app must know that a task may exist.
            job = job.with_sent(self._clock.now())
            await self._jobs.mark_sent(job)
            update = await self._client.submit(job.model, job.request, links, job.visitor)
        except (ConnectionFailed, RateLimited) as error:
            job = job.with_send_rejected(error.message)
            await self._jobs.save(job)
            return job, None, error
        except (SubmitRejected, InvalidRequest, CertificateError) as error:
            return await self._rejected(job, error), None, error
        except SubmissionUnknown as error:
            job = job.as_unknown(error.message, self._clock.now())
            await self._jobs.save(job)
            return job, None, error
        return await self._accept(job, update), update, None

    async def _accept(self, job: Job, update: TaskUpdate) -> Job:
        # Saved before the first poll, so that a restart finds the task by its id.
        accepted = job.with_task(update, self._clock.now())
        if await self._jobs.save(accepted):
            return accepted
        _log.error("task %s was given out twice", update.task_id)
        # Its own task may exist under another id, so it is searched for.
        unknown = job.as_unknown(messages.TASK_OF_ANOTHER, self._clock.now())
        await self._jobs.save(unknown)
        return unknown

    async def _rejected(self, job: Job, error: PlaygroundError) -> Job:
        message = error.message if job.key else _for_visitors(error.message)
        rejected = replace(job.with_send_rejected(message), refused_field=_refused_field(job, error))
        ended = rejected.ended_as(JobState.FAILED, self._clock.now(), message)
        await self._jobs.save(ended)
        if message == messages.LINK_NOT_FETCHED:
            await self._uploads.forget(job)
        if job.key and message == messages.KEY_REFUSED:
            self.cancel_all(message)
        return ended

    async def _give_up(self, job: Job, error: PlaygroundError) -> Job:
        wait = error.retry_after if isinstance(error, RateLimited) else None
        message = messages.BUSY_TOO_LONG if isinstance(error, RateLimited) else error.message
        if wait and wait > MAX_RETRY_AFTER:
            message = messages.busy_until(self._clock.now() + wait)
        ended = job.ended_as(JobState.FAILED, self._clock.now(), message)
        await self._jobs.save(ended)
        return ended


def _refused_field(job: Job, error: PlaygroundError) -> str:
    """Return the API's name of the refused setting, "key" for the visitor's own key, empty for neither."""
    if isinstance(error, InvalidRequest):
        return error.field
    return "key" if job.key and isinstance(error, Unauthorized | InsufficientCredit) else ""


def _for_visitors(message: Message) -> Message:
    """Return the message for a visitor when the host's key is what the API refused."""
    host_messages = {
        messages.KEY_REFUSED: messages.HOST_KEY_REFUSED,
        messages.MODEL_FORBIDDEN: messages.HOST_MODEL_FORBIDDEN,
        messages.NO_CREDIT: messages.HOST_NO_CREDIT,
    }
    return host_messages.get(message, message)
