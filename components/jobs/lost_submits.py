"""Lost submits: find the task of a POST whose answer was lost, in the API's list of recent tasks."""

from __future__ import annotations

from components import messages
from components.api.client import Client
from components.clock import Clock
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.errors import PollFailed
from components.jobs.repository import JobRepository
from components.storage.async_store import AsyncStore

SEARCH_AFTER = (5.0, 60.0)
"""Seconds after a lost answer at which the API's list of recent tasks is searched."""
WINDOW_MARGIN = 15.0
"""Seconds by which the API's clock may differ from ours."""
SEARCH_PAGES = 3
"""Pages of the list that are read at most, newest first."""


class LostSubmits:
    """Search for the lost tasks of one account."""

    def __init__(self, client: Client, jobs: JobRepository, store: AsyncStore, clock: Clock) -> None:
        self._client, self._jobs, self._store, self._clock = client, jobs, store, clock

    async def find(self, job: Job) -> Job:
        """Search at each of SEARCH_AFTER that is still to come, or at once when all have passed, as after a restart.

        Return the job with its task, or ended as UNKNOWN when none was found; it is never sent again. Raises
        StorageError.
        """
        passed = max(0.0, self._clock.now() - (job.lost or self._clock.now()))
        for after in [time for time in SEARCH_AFTER if time > passed] or [passed]:
            await self._clock.sleep(after - passed)
            passed = after
            if found := await self._search(job):
                return found
        ended = job.ended_as(JobState.UNKNOWN, self._clock.now(), messages.NOT_FOUND)
        await self._jobs.save(ended)
        return ended

    async def _search(self, job: Job) -> Job | None:
        """Search once; return the job with its task when exactly one fits and no other job may own it."""
        try:
            fitting = await self._fitting(job)
        except PollFailed as error:
            await self._jobs.publish(job.with_problem(error.message))
            return None
        # A wrong guess would give one visitor the image of another, so any doubt counts as not found.
        if len(fitting) != 1 or await self._has_rival(job):
            return None
        adopted = job.with_task(fitting[0], self._clock.now())
        return adopted if await self._jobs.save(adopted) else None

    async def _fitting(self, job: Job) -> list[TaskUpdate]:
        """Return the tasks of the job's model that were created while its POST was under way and belong to no job."""
        first, last = self._window(job)
        # By id: tasks that are created meanwhile move others on to the next page, which is read too.
        found: dict[str, TaskUpdate] = {}
        for page in range(1, SEARCH_PAGES + 1):
            items = await self._client.recent_tasks(job.model, page)
            found |= {item.task_id: item for item in items if item.created_at and first <= item.created_at <= last}
            if not items or (items[-1].created_at or 0) < first:
                break
        claimed = await self._store.claimed_tasks(job.backend, list(found))
        return [item for item in found.values() if item.task_id not in claimed and item.model in ("", job.model)]

    async def _has_rival(self, job: Job) -> bool:
        """Return whether another lost or unanswered POST of the same model could own a task found for this one."""
        first, last = self._window(job)
        windows = [self._window(other) for other in await self._store.rivals_of(job)]
        return any(begin <= last and first <= end for begin, end in windows)

    def _window(self, job: Job) -> tuple[float, float]:
        """Return the first and last time at which its task may have been created, in Unix seconds."""
        sent = job.sent or job.created
        # `max`: a clock that was set back between the two does not turn them around.
        return sent - WINDOW_MARGIN, max(sent, job.lost or self._clock.now()) + WINDOW_MARGIN
