"""Lost submits: find the task of a POST whose answer was lost, in the API's list of recent tasks and in its bill."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from components import messages
from components.api.billings import MAX_BILLINGS, BillSearch
from components.api.client import Client
from components.clock import Clock
from components.domain.bill import BillEntry
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.errors import CertificateError, ConnectionFailed, NotProvided, PollFailed, Unauthorized
from components.jobs.repository import JobRepository
from components.jobs.submit_match import Candidate, Match, Verdict, Window, match
from components.messages.message import Message
from components.storage.async_store import AsyncStore

Result = TypeVar("Result")
SEARCH_AFTER = (5.0, 60.0, 240.0)
"""Seconds after a lost answer at which list and bill are searched; the last search decides."""
SEARCH_SOON_SECONDS, SEARCH_SOON_TRIES = 8.0, 7
"""Pause before a search that the service did not answer is repeated, and how often: a single fault settles nothing."""
SEARCH_AGAIN_SECONDS, SEARCH_END = 300.0, 3600.0
"""Pause between further searches while the service does not answer, and the age at which they end."""
SEARCH_PAGES = 3
"""Pages of the list that are read at most, newest first."""
CALL_TRIES = 3
"""Calls of one kind in a search, until one is answered: a search has up to twenty, any of which may fail once."""
BILL_MARGIN = 120.0
"""Seconds by which an entry of the bill may be earlier or later than its task."""

_VERDICTS = {
    Verdict.FOUND: messages.NOT_FOUND,  # and then adopted by another job
    Verdict.ABSENT: messages.NOT_FOUND,
    Verdict.CHARGED: messages.CHARGED_NOT_FOUND,
    Verdict.DOUBT: messages.NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class _Bill:
    """The service's bill of a time."""

    entries: Sequence[BillEntry] = ()
    is_read: bool = False
    """False: the service did not answer, or the time has more entries than are read."""
    is_offered: bool = True


class LostSubmits:
    """Search for the lost tasks of one account."""

    def __init__(self, client: Client, jobs: JobRepository, store: AsyncStore, clock: Clock) -> None:
        self._client, self._jobs, self._store, self._clock = client, jobs, store, clock
        self._begun = clock.now()
        self._waiting: dict[str, asyncio.Event] = {}
        """Jobs whose next search is waited for; the event ends the wait."""

    def search_now(self, job_id: str) -> None:
        """Search for a job's task at once, if its next search is waited for."""
        if waiting := self._waiting.get(job_id):
            waiting.set()

    async def find(self, job: Job) -> Job:
        """Search at each of SEARCH_AFTER that is still to come, or at once when all have passed, as after a restart.

        Return the job with its task, or ended: as FAILED and free when neither list nor bill has a task for it, else
        as UNKNOWN. It is never sent again. Raises StorageError.
        """
        passed = max(0.0, self._clock.now() - (job.lost or self._clock.now()))
        problem = messages.NOT_FOUND
        times = _search_times(passed)
        while times:
            passed = await self._wait(job.id, passed, times[0])
            times = [time for time in times if time > passed]
            try:
                found, bill = await self._search(job)
            except PollFailed as error:
                await self._jobs.publish(job.with_problem(error.message))
                continue
            if adopted := await self._adopted(job, found):
                return adopted
            problem = _VERDICTS[found.verdict]
            if not bill.is_offered and passed >= SEARCH_AFTER[1]:
                break
            if bill.is_read and passed >= SEARCH_AFTER[-1]:
                return await self._ended(job, messages.NEVER_ARRIVED if found.verdict is Verdict.ABSENT else problem)
        return await self._ended(job, problem)

    async def _wait(self, job_id: str, passed: float, until: float) -> float:
        """Wait for the age of a search, or until `search_now`; return the age then, in seconds."""
        begun = self._clock.monotonic()
        woken = self._waiting[job_id] = asyncio.Event()
        try:
            await self._clock.sleep_until(woken, until - passed)
        finally:
            del self._waiting[job_id]
        return passed + self._clock.monotonic() - begun if woken.is_set() else until

    async def _ended(self, job: Job, problem: Message) -> Job:
        state = JobState.FAILED if problem == messages.NEVER_ARRIVED else JobState.UNKNOWN
        notes = (*job.notes, note) if (note := messages.first_answer(job.problem)) else job.notes
        ended = replace(job.ended_as(state, self._clock.now(), problem), notes=notes)
        await self._jobs.save(ended)
        return ended

    async def _adopted(self, job: Job, found: Match) -> Job | None:
        if not found.task:
            return None
        adopted = job.with_task(found.task, self._clock.now())
        if not found.is_certain:
            adopted = replace(adopted, notes=(*adopted.notes, messages.MAY_BE_ANOTHER))
        return adopted if await self._jobs.save(adopted) else None

    async def _search(self, job: Job) -> tuple[Match, _Bill]:
        """Search once; return what is known, and what the bill has. Raises PollFailed and StorageError."""
        listed = {task.task_id: task for task in await self._listed(job)}
        bill = await self._billed(job)
        further = {entry.task_id: entry for entry in bill.entries if entry.task_id not in listed}
        claimed = await self._store.claimed_tasks(job.backend, [*listed, *further])
        candidates = [_listed_candidate(job, task) for task in listed.values() if task.task_id not in claimed]
        for entry in further.values():
            if entry.task_id not in claimed:
                candidates.append(await self._billed_candidate(job, entry))
        rivals = await self._store.rivals_of(job)
        found = match(job, rivals, [one for one in candidates if one], self._window)
        return (Match(Verdict.CHARGED) if found.task and self._may_be_forgotten_job_s(job) else found), bill

    def _may_be_forgotten_job_s(self, job: Job) -> bool:
        """Return whether a task may belong to a job of another visitor that a crash has removed from the folder."""
        return self._store.may_be_set_back and not job.key and (job.sent or job.created) < self._begun

    async def _listed(self, job: Job) -> list[TaskUpdate]:
        """Return the tasks of the job's model that may have been created by its submit."""
        # By id: tasks that are created meanwhile move others on to the next page, which is read too.
        found: dict[str, TaskUpdate] = {}
        for page in range(1, SEARCH_PAGES + 1):
            items = await _persistently(partial(self._client.recent_tasks, job.model, page))
            found |= {item.task_id: item for item in items}
            # The window is read after each answer, from which the service's clock is learned.
            if not items or (items[-1].created_at or 0) < self._window(job).first:
                break
        return list(found.values())

    async def _billed(self, job: Job) -> _Bill:
        """Return the entries of the bill from about the time of the submit."""
        window = self._window(job)
        between = (window.first - BILL_MARGIN, window.last + BILL_MARGIN)
        try:
            entries = await _persistently(partial(self._client.billings, BillSearch(between=between)))
        except NotProvided as error:
            return _Bill(is_offered=error.is_offered)
        except Unauthorized:  # the key could read the list of tasks, so it is this call that it may not use
            return _Bill(is_offered=False)
        except (ConnectionFailed, CertificateError):
            return _Bill()
        return _Bill(entries, is_read=len(entries) < MAX_BILLINGS)

    async def _billed_candidate(self, job: Job, entry: BillEntry) -> Candidate | None:
        """Return the task of an entry of the bill that the list does not have; None for another model's."""
        try:
            task = await self._client.get_task(entry.task_id)
        except PollFailed:
            # Deleted, or not to be had now. An entry without a time may be of any time.
            moment = self._window(job).first if entry.created_at is None else entry.created_at
            return Candidate(entry.task_id, moment, None)
        return _listed_candidate(job, task if task.created_at else replace(task, created_at=entry.created_at))

    def _window(self, job: Job) -> Window:
        sent, offset = job.sent or job.created, self._client.service_clock.offset
        # `max`: a clock that was set back between the two does not turn them around.
        return Window(sent + offset.least, max(sent, job.lost or self._clock.now()) + offset.most)


async def _persistently(call: Callable[[], Awaitable[Result]]) -> Result:
    """Return the answer to a call, which is repeated at once when it fails. Raises what the last one raises."""
    for _ in range(CALL_TRIES - 1):
        try:
            return await call()
        except PollFailed:
            continue
        except NotProvided as error:
            if not error.is_offered:
                raise
    return await call()


def _listed_candidate(job: Job, task: TaskUpdate) -> Candidate | None:
    if task.created_at is None or task.model not in ("", job.model):
        return None
    return Candidate(task.task_id, task.created_at, task)


def _search_times(passed: float) -> list[float]:
    """Return the ages at which to search, in seconds; first `passed` itself when those of SEARCH_AFTER are over."""
    decisive = max(passed, SEARCH_AFTER[-1])
    soon = (decisive + number * SEARCH_SOON_SECONDS for number in range(1, SEARCH_SOON_TRIES + 1))
    further = range(int(SEARCH_AFTER[-1] + SEARCH_AGAIN_SECONDS), int(SEARCH_END) + 1, int(SEARCH_AGAIN_SECONDS))
    times = sorted(time for time in (*SEARCH_AFTER, *soon, *map(float, further)) if time > passed)
    return times if passed < decisive else [passed, *times]
