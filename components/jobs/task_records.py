"""Task records: what the service's list of recent tasks and its bill say of the tasks of one account in a time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from components.api.billings import MAX_BILLINGS, BillSearch
from components.api.client import Client
from components.domain.bill import BillEntry
from components.domain.task import TaskUpdate
from components.errors import CertificateError, ConnectionFailed, NotProvided, PollFailed, Unauthorized
from components.jobs.submit_match import Candidate, Window

Result = TypeVar("Result")
CALL_TRIES = 3
"""Calls of one kind in a search, until one is answered: a search has up to twenty, any of which may fail once."""
_MINUTE = 60.0
BILL_MARGIN = 120.0
"""Seconds by which an entry of the bill may be earlier or later than its task."""


@dataclass(frozen=True, slots=True)
class BillOfTime:
    """The service's bill of a time."""

    entries: Sequence[BillEntry] = ()
    is_read: bool = False
    """False: the service did not answer, or the time has more entries than are read."""
    is_offered: bool = True


class TaskRecords:
    """List and bill of one account."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._under_way: dict[object, asyncio.Task[Any]] = {}
        """Calls that are not answered yet: submits that were lost together are searched for at the same times."""

    async def listed(self, model: str, window_of: Callable[[], Window], pages: int) -> list[TaskUpdate]:
        """Return the listed tasks of a model from the begin of a window on, of `pages` at most. Raises PollFailed."""
        # By id: tasks that are created meanwhile move others on to the next page, which is read too.
        found: dict[str, TaskUpdate] = {}
        for page in range(1, pages + 1):
            items = await self._shared((model, page), partial(self._client.recent_tasks, model, page))
            found |= {item.task_id: item for item in items}
            # The window is read after each answer, from which the service's clock is learned.
            if not items or (items[-1].created_at or 0) < window_of().first:
                break
        return list(found.values())

    async def billed(self, window: Window) -> BillOfTime:
        """Return the entries of the bill from about the time of a window."""
        # In whole minutes, so that it is the same search for submits that were lost at about the same time.
        first = math.floor((window.first - BILL_MARGIN) / _MINUTE) * _MINUTE
        last = math.ceil((window.last + BILL_MARGIN) / _MINUTE) * _MINUTE
        return await self._bill(BillSearch(between=(first, last)))

    async def bill_of(self, task_ids: Sequence[str]) -> BillOfTime:
        """Return the entries of the bill about some tasks."""
        return await self._bill(BillSearch(tuple(task_ids)))

    async def _bill(self, search: BillSearch) -> BillOfTime:
        try:
            entries = await self._shared(search, partial(self._client.billings, search))
        except NotProvided as error:
            return BillOfTime(is_offered=error.is_offered)
        except Unauthorized:  # the key could read the list of tasks, so it is this call that it may not use
            return BillOfTime(is_offered=False)
        except (ConnectionFailed, CertificateError):
            return BillOfTime()
        return BillOfTime(entries, is_read=len(entries) < MAX_BILLINGS)

    async def _shared(self, key: object, call: Callable[[], Awaitable[Result]]) -> Result:
        """Return the answer to a call, that of one under way for the same. Raises what the call raises."""
        task: asyncio.Task[Result] | None = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.ensure_future(_persistently(call))
            task.add_done_callback(partial(self._answered, key))
        return await asyncio.shield(task)

    def _answered(self, key: object, task: asyncio.Task[Any]) -> None:
        del self._under_way[key]
        # Looked at, in case that nobody waits any more: asyncio would log it as never retrieved.
        if not task.cancelled():
            task.exception()

    async def billed_candidate(self, entry: BillEntry, models: Collection[str], window: Window) -> Candidate | None:
        """Return the task of an entry of the bill that the list does not have; None for one of no such model."""
        try:
            task = await self._client.get_task(entry.task_id)
        except PollFailed:
            # Deleted, or not to be had now. An entry without a time may be of any time.
            moment = window.first if entry.created_at is None else entry.created_at
            return Candidate(entry.task_id, moment, None)
        return listed_candidate(task if task.created_at else replace(task, created_at=entry.created_at), models)


def listed_candidate(task: TaskUpdate, models: Collection[str]) -> Candidate | None:
    """Return a task of the list; None for one of no such model, or without a time."""
    if task.created_at is None or task.model not in ("", *models):
        return None
    return Candidate(task.task_id, task.created_at, task)


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
