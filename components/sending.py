"""From a job on disk to a task of the API's, with one POST at most that may have arrived."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from components import messages
from components.client import Client
from components.clock import Clock
from components.errors import (
    Busy,
    InvalidRequest,
    KeyRefused,
    NoCredit,
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
from components.turns import Entry, Turn, Turns
from components.uploading import Uploads

SEARCH_AFTER = (5.0, 60.0)
"""Seconds after a lost answer at which the API's list of recent tasks is read."""
WINDOW_MARGIN = 15.0
"""Seconds by which the API's clock may differ from ours when a lost task is looked for."""
SEARCH_PAGES = 3
TELL_PLACES = 0.3
"""Seconds between two tellings of who stands where in line, at the least."""

_log = logging.getLogger(__name__)


class Sender:
    """Sends the jobs of one account."""

    def __init__(self, client: Client, ledger: Ledger, store: Store, clock: Clock) -> None:
        self._client, self._ledger, self._store, self._clock = client, ledger, store, clock
        self._uploads = Uploads(client, ledger, store, clock)
        self._policy = ResendPolicy()
        self._turns = Turns(clock, self._line_moved)
        self._waiting: dict[str, Job] = {}
        self._telling: asyncio.Task[None] | None = None

    async def send(self, job: Job) -> tuple[Job, TaskUpdate | None]:
        """Return the job as it stands afterwards, and the API's first word on its task."""
        entry = self._turns.enter(job.id)
        self._waiting[job.id] = job
        try:
            return await self._send_in_turn(job, entry)
        finally:
            del self._waiting[job.id]
            self._turns.leave(entry)

    def take_back(self, job_id: str, told: Sentence) -> bool:
        """Let a job that waits end with this sentence; False when it is being sent, or is not here."""
        return self._turns.withdraw(job_id, told)

    def take_all_back(self, told: Sentence) -> None:
        """Let every job that waits end with this sentence; nothing that the service turns away is sent again."""
        self._turns.withdraw_all(told)

    def close(self) -> None:
        """Stop telling and waking; the jobs' own tasks are cancelled by whoever made them."""
        self._turns.close()
        if self._telling:
            self._telling.cancel()

    async def _send_in_turn(self, job: Job, entry: Entry) -> tuple[Job, TaskUpdate | None]:
        begun, tries, last = self._clock.monotonic(), 0, None
        while True:
            if (turn := await self._turns.turn(entry)) is not Turn.GO:
                return await self._out_of_line(job, entry, turn), None
            job, update, error = await self._send_once(job)
            if not isinstance(error, NothingSent | Busy):
                self._turns.sent(entry, accepted=error is None)
                return job, update
            tries = tries + 1 if type(error) is type(last) else 1
            last = error
            wait = self._policy.wait(error, tries, self._clock.monotonic() - begun)
            self._turn_away(job, entry, error, wait)
            if wait is None:
                return await self._give_up(job, error), None
            if isinstance(error, NothingSent):
                await self._clock.sleep(wait)

    def _turn_away(self, job: Job, entry: Entry, error: PlaygroundError, wait: float | None) -> None:
        self._waiting[job.id] = job
        if isinstance(error, Busy):
            self._turns.pause(wait or 0.0)
        self._turns.sent(entry, accepted=False)

    async def _out_of_line(self, job: Job, entry: Entry, turn: Turn) -> Job:
        if turn is Turn.WITHDRAWN:
            ended = job.ended_as(JobState.STOPPED, self._clock.now(), entry.withdrawn)
        else:
            ended = job.ended_as(JobState.FAILED, self._clock.now(), messages.BUSY_TOO_LONG)
        await self._ledger.record(ended)
        return ended

    def _line_moved(self) -> None:
        if self._turns.is_worth_telling and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell_places())

    async def _tell_places(self) -> None:
        """Show everybody who waits where they stand, and the first when it goes on."""
        await self._clock.sleep(TELL_PLACES)
        next_send = self._clock.now() + self._turns.seconds_to_next if self._turns.seconds_to_next else None
        moved = []
        for job_id, place in self._turns.places().items():
            job = self._waiting[job_id].in_line(place, None if place else next_send)
            if job != self._waiting[job_id]:
                self._waiting[job_id] = job
                moved.append(job)
        await self._ledger.show(*moved)

    async def find(self, job: Job) -> Job:
        """Look for the task of a lost POST: at each of the times still to come, at once when both have passed."""
        passed = max(0.0, self._clock.now() - (job.lost or self._clock.now()))
        for after in [time for time in SEARCH_AFTER if time > passed] or [passed]:
            await self._clock.sleep(after - passed)
            passed = after
            if found := await self._search(job):
                return found
        told = job.ended_as(JobState.UNKNOWN, self._clock.now(), messages.NOT_FOUND)
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
        try:
            links = await self._uploads.links(job)
            job = job.sending(self._clock.now())
            await self._ledger.record(job)
            update = await self._client.submit(job.model, job.request, links)
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
        told = job.ended_as(JobState.UNKNOWN, self._clock.now(), messages.NOT_FOUND)
        await self._ledger.record(told)
        return told

    async def _refused(self, job: Job, error: PlaygroundError) -> Job:
        told = error.sentence if job.key else _of_the_host(error.sentence)
        refused = replace(job.turned_away(told), refused_field=_field(job, error))
        ended = refused.ended_as(JobState.FAILED, self._clock.now(), told)
        await self._ledger.record(ended)
        if told == messages.LINK_NOT_FETCHED:
            await self._uploads.forget(job)
        if job.key and told == messages.KEY_REFUSED:
            self.take_all_back(told)
        return ended

    async def _give_up(self, job: Job, error: PlaygroundError) -> Job:
        wait = error.retry_after if isinstance(error, Busy) else None
        told = messages.BUSY_TOO_LONG if isinstance(error, Busy) else error.sentence
        if wait and wait > LONGEST_RETRY_AFTER:
            told = messages.busy_until(utc(self._clock.now() + wait))
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
        others = await self._ledger.call(self._store.in_doubt, job)
        windows = [self._window(other) for other in others]
        return any(begin <= last and first <= end for begin, end in windows)

    def _window(self, job: Job) -> tuple[float, float]:
        """Return when its task may have been made; a clock set back in between does not turn that around."""
        sent = job.sent or job.created
        return sent - WINDOW_MARGIN, max(sent, job.lost or self._clock.now()) + WINDOW_MARGIN


def _field(job: Job, error: PlaygroundError) -> str:
    """Return where on the page the refusal belongs: at a setting, or at the visitor's own key."""
    if isinstance(error, InvalidRequest):
        return error.field
    return "key" if job.key and isinstance(error, KeyRefused | NoCredit) else ""


def _of_the_host(told: Sentence) -> Sentence:
    """Say to a visitor what went wrong with the host's key."""
    ours = {messages.KEY_REFUSED: messages.HOST_KEY_REFUSED, messages.NO_CREDIT: messages.HOST_NO_CREDIT}
    return ours.get(told, told)
