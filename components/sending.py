"""From a job on disk to a task of the API's, with one POST at most that may have arrived."""

from __future__ import annotations

import logging
from dataclasses import replace

from components.client import Client
from components.clock import Clock
from components.errors import (
    Busy,
    Charge,
    InvalidRequest,
    NotAccepted,
    NothingSent,
    PlaygroundError,
    Sentence,
    SubmissionUnknown,
    UntrustedService,
    WatchTrouble,
)
from components.generation import TaskUpdate
from components.job import Job, JobState
from components.ledger import Ledger
from components.retry import LONGEST_RETRY_AFTER, ResendPolicy, utc
from components.store import Store

SEARCH_AFTER = (5.0, 60.0)
"""Seconds after a lost answer at which the API's list of recent tasks is read."""
WINDOW_MARGIN = 15.0
"""Seconds by which the API's clock may differ from ours when a lost task is looked for."""
SEARCH_PAGES = 3

_log = logging.getLogger(__name__)
_NOT_FOUND = Sentence(
    "No answer came when this was sent, and it was not found at the service. It may have been made and charged.",
    "Look again later, or press Generate to make it anew.",
    Charge.MAYBE,
)


class Sender:
    """Sends jobs to one backend."""

    def __init__(self, client: Client, ledger: Ledger, store: Store, clock: Clock) -> None:
        self._client, self._ledger, self._store, self._clock = client, ledger, store, clock
        self._policy = ResendPolicy()

    async def send(self, job: Job) -> tuple[Job, TaskUpdate | None]:
        """Return the job as it stands afterwards, and the API's first word on its task."""
        begun, tries, last = self._clock.monotonic(), 0, None
        while True:
            job, update, error = await self._send_once(job)
            if not isinstance(error, NothingSent | Busy):
                return job, update
            tries = tries + 1 if type(error) is type(last) else 1
            last = error
            wait = self._policy.wait(error, tries, self._clock.monotonic() - begun)
            if wait is None:
                return await self._give_up(job, error), None
            await self._clock.sleep(wait)

    async def find(self, job: Job) -> Job:
        """Look for the task of a lost POST: at each of the times still to come, at once when both have passed."""
        passed = max(0.0, self._clock.now() - (job.lost or self._clock.now()))
        for after in [time for time in SEARCH_AFTER if time > passed] or [passed]:
            await self._clock.sleep(after - passed)
            passed = after
            if found := await self._search(job):
                return found
        told = job.ended_as(JobState.UNKNOWN, self._clock.now(), _NOT_FOUND)
        await self._ledger.record(told)
        return told

    async def _search(self, job: Job) -> Job | None:
        """Read the API's list once and adopt the task when exactly one fits and no other job may own it."""
        try:
            fitting = await self._fitting(job)
        except WatchTrouble as trouble:
            await self._ledger.show(job.troubled(trouble.sentence))
            return None
        if len(fitting) != 1 or await self._has_rival(job):
            return None
        adopted = job.accepted_as(fitting[0], self._clock.now())
        return adopted if await self._ledger.record(adopted) else None

    async def _send_once(self, job: Job) -> tuple[Job, TaskUpdate | None, PlaygroundError | None]:
        job = job.sending(self._clock.now())
        await self._ledger.record(job)
        try:
            update = await self._client.submit(job.model, job.request)
        except (NothingSent, Busy) as error:
            job = job.turned_away(error.sentence)
            await self._ledger.record(job)
            return job, None, error
        except (NotAccepted, InvalidRequest, UntrustedService) as error:
            return await self._refused(job, error), None, error
        except SubmissionUnknown as error:
            job = job.lost_sight(error.sentence, self._clock.now())
            await self._ledger.record(job)
            return job, None, error
        return await self._accept(job, update), update, None

    async def _accept(self, job: Job, update: TaskUpdate) -> Job:
        accepted = job.accepted_as(update, self._clock.now())
        if await self._ledger.record(accepted):
            return accepted
        _log.error("task %s was given out twice", update.task_id)
        told = job.ended_as(JobState.UNKNOWN, self._clock.now(), _NOT_FOUND)
        await self._ledger.record(told)
        return told

    async def _refused(self, job: Job, error: PlaygroundError) -> Job:
        field = error.field if isinstance(error, InvalidRequest) else ""
        refused = replace(job.turned_away(error.sentence), refused_field=field)
        ended = refused.ended_as(JobState.FAILED, self._clock.now(), error.sentence)
        await self._ledger.record(ended)
        return ended

    async def _give_up(self, job: Job, error: PlaygroundError) -> Job:
        wait = error.retry_after if isinstance(error, Busy) else None
        advice = "Press Generate to try again."
        if wait and wait > LONGEST_RETRY_AFTER:
            advice = f"It asks to wait until {utc(self._clock.now() + wait)}; then press Generate again."
        told = Sentence(error.sentence.happened, advice, Charge.NONE)
        ended = job.ended_as(JobState.FAILED, self._clock.now(), told)
        await self._ledger.record(ended)
        return ended

    async def _fitting(self, job: Job) -> list[TaskUpdate]:
        """Return the tasks of this model, made while the POST was under way, that no job has."""
        first, last = self._window(job)
        found: dict[str, TaskUpdate] = {}  # by id: a task may move to the next page between two readings
        for page in range(1, SEARCH_PAGES + 1):
            items = await self._client.recent(job.model, page)
            found |= {item.task_id: item for item in items if item.created_at and first <= item.created_at <= last}
            if not items or (items[-1].created_at or 0) < first:
                break
        claimed = await self._ledger.call(self._store.claimed, job.backend, list(found))
        return [item for item in found.values() if item.task_id not in claimed and item.model in ("", job.model)]

    async def _has_rival(self, job: Job) -> bool:
        """Tell whether another lost or unanswered POST of like kind could own a task found for this one."""
        first, last = self._window(job)
        others = await self._ledger.call(self._store.in_doubt, job.backend, job.model)
        windows = [self._window(other) for other in others if other.id != job.id]
        return any(begin <= last and first <= end for begin, end in windows)

    def _window(self, job: Job) -> tuple[float, float]:
        """Return when its task may have been made; a clock set back in between does not turn that around."""
        sent = job.sent or job.created
        return sent - WINDOW_MARGIN, max(sent, job.lost or self._clock.now()) + WINDOW_MARGIN
