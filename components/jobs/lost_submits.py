"""Lost submits: find the task of a POST whose answer was lost, in the API's list of recent tasks and in its bill."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from components import messages
from components.api.client import Client
from components.clock import Clock
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.errors import PollFailed
from components.jobs.repository import JobRepository
from components.jobs.submit_match import Candidate, Match, Verdict, Window, match, submit_window
from components.jobs.task_records import BillOfTime, TaskRecords, listed_candidate
from components.messages.message import Message
from components.storage.async_store import AsyncStore

SEARCH_AFTER = (5.0, 60.0, 240.0)
"""Seconds after a lost answer at which list and bill are searched; the last search decides."""
SEARCH_SOON_SECONDS, SEARCH_SOON_TRIES = 8.0, 7
"""Pause before a search that the service did not answer is repeated, and how often: a single fault settles nothing."""
SEARCH_AGAIN_SECONDS, SEARCH_END = 300.0, 3600.0
"""Pause between further searches while the service does not answer, and the age at which they end."""
SEARCH_PAGES = 3
"""Pages of the list that are read at most, newest first."""

_VERDICTS = {
    Verdict.FOUND: messages.NOT_FOUND,  # and then adopted by another job
    Verdict.ABSENT: messages.NOT_FOUND,
    Verdict.CHARGED: messages.CHARGED_NOT_FOUND,
    Verdict.DOUBT: messages.NOT_FOUND,
}


class LostSubmits:
    """Search for the lost tasks of one account."""

    def __init__(self, client: Client, jobs: JobRepository, store: AsyncStore, clock: Clock) -> None:
        self._client, self._jobs, self._store, self._clock = client, jobs, store, clock
        self._records = TaskRecords(client)
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

    async def _search(self, job: Job) -> tuple[Match, BillOfTime]:
        """Search once; return what is known, and what the bill has. Raises PollFailed and StorageError."""
        tasks = await self._records.listed(job.model, lambda: self._window(job), SEARCH_PAGES)
        bill = await self._records.billed(self._window(job))
        candidates = {one.task_id: one for one in await self._candidates(job, tasks, bill)}
        # Read at once: another search may save what it has found at any time.
        rivals, claimed = await self._store.submits_beside(job, candidates)
        finders = {one.task_id: one.id for one in rivals if one.task_id}
        left = [
            replace(one, finder=finders.get(one.task_id, ""))
            for one in candidates.values()
            if one.task_id in finders or one.task_id not in claimed
        ]
        found = match(job, rivals, left, self._window)
        return (Match(Verdict.CHARGED) if found.task and self._may_be_forgotten_job_s(job) else found), bill

    async def _candidates(self, job: Job, tasks: Sequence[TaskUpdate], bill: BillOfTime) -> list[Candidate]:
        """Return the tasks of list and bill, whether a job has them or not."""
        models, listed = (job.model,), {task.task_id for task in tasks}
        further = {entry.task_id: entry for entry in bill.entries if entry.task_id not in listed}
        claimed = await self._store.claimed_tasks(job.backend, further)
        candidates = [listed_candidate(task, models) for task in tasks]
        for entry in further.values():
            if entry.task_id not in claimed:
                candidates.append(await self._records.billed_candidate(entry, models, self._window(job)))
            elif entry.created_at is not None:
                candidates.append(Candidate(entry.task_id, entry.created_at, None))
        return [one for one in candidates if one]

    def _may_be_forgotten_job_s(self, job: Job) -> bool:
        """Return whether a task may belong to a job of another visitor that a crash has removed from the folder."""
        return self._store.may_be_set_back and not job.key and (job.sent or job.created) < self._begun

    def _window(self, job: Job) -> Window:
        return submit_window(job, self._client.service_clock.offset, self._clock.now())


def _search_times(passed: float) -> list[float]:
    """Return the ages at which to search, in seconds; first `passed` itself when those of SEARCH_AFTER are over."""
    decisive = max(passed, SEARCH_AFTER[-1])
    soon = (decisive + number * SEARCH_SOON_SECONDS for number in range(1, SEARCH_SOON_TRIES + 1))
    further = range(int(SEARCH_AFTER[-1] + SEARCH_AGAIN_SECONDS), int(SEARCH_END) + 1, int(SEARCH_AGAIN_SECONDS))
    times = sorted(time for time in (*SEARCH_AFTER, *soon, *map(float, further)) if time > passed)
    return times if passed < decisive else [passed, *times]
