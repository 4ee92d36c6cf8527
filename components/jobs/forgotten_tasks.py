"""Forgotten tasks: what the host's key paid shortly before a crash that has set the data folder back.

They are found in the service's list and bill, and counted against the budget. Whose they are is not known: their
images are shown to no visitor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from components.api.client import Client
from components.budget.quotes import ASSUMED_QUOTE, QuoteCache
from components.clock import Clock
from components.domain.bill import BillEntry
from components.domain.forgotten_task import ForgottenTask, LostTime
from components.domain.money import Micros
from components.domain.request import GenerationRequest
from components.domain.task import TaskStatus, TaskUpdate
from components.errors import NotProvided, PlaygroundError
from components.jobs.bill_collector import BillCollector
from components.jobs.submit_match import Candidate, Window, submit_window, unexplained
from components.jobs.task_records import TaskRecords, listed_candidate
from components.storage.async_store import AsyncStore

SETTLED_SECONDS = 240.0
"""Age of a lost time from which a search of it is the last: the service may list a task late."""
UNFINISHED_SECONDS = 3600.0
"""Age up to which a search is repeated for tasks that are under way."""
LISTED_SECONDS = 7 * 86_400.0
"""Age at which the service has deleted its tasks."""
SOON_SECONDS, IDLE_SECONDS = 60.0, 600.0
"""Pause after a search while another follows, and the longest one, also while the service does not answer."""
LIST_PAGES = 30
"""Pages of the list that are read at most, newest first."""
OWN_TASKS = 20
"""Latest images by whose bills the name of the host's own key is learned."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Unclaimed:
    """Tasks at the service that no stored job has."""

    ours: Sequence[Candidate]
    others: Collection[str]
    """Ids of tasks that were paid by another key, or are of a model that this app does not use."""
    is_billed: bool
    """False: the bill did not answer, so that a task may be missing."""


class ForgottenTasks:
    """Search for the forgotten tasks of the host's account."""

    def __init__(
        self,
        client: Client,
        backend: str,
        quotes: QuoteCache | None,
        store: AsyncStore,
        bills: BillCollector,
        clock: Clock,
    ) -> None:
        """`quotes`: prices of the account; None where it is free of charge, and nothing need be found."""
        self._client, self._backend, self._quotes = client, backend, quotes
        self._store, self._bills, self._clock = store, bills, clock
        self._records = TaskRecords(client)
        self._loop: asyncio.Task[None] | None = None

    async def note_start(self) -> None:
        """Note of which times records may be lost; before anything else is written. Raises StorageError."""
        if self._is_needed:
            await self._store.note_lost_times(self._clock.now())

    def start(self) -> None:
        """Search until every noted time is searched through, and again when a job that came back calls for it."""
        if self._is_needed:
            self._loop = asyncio.create_task(self._run())

    def close(self) -> None:
        """Stop; times that are not searched through are searched after the next start."""
        if self._loop:
            self._loop.cancel()

    @property
    def _is_needed(self) -> bool:
        is_paid = self._quotes is not None
        return is_paid and self._store.may_be_set_back and not self._store.is_from_newer_version

    @property
    def _models(self) -> tuple[str, ...]:
        """Return the names of the models that this app sends requests to."""
        return self._client.catalogue.family.names

    async def _run(self) -> None:
        failed_pause = SOON_SECONDS
        while True:
            try:
                is_more_to_come = await self.search()
            except PlaygroundError as error:
                _log.warning("tasks from before the restart could not be looked for: %s", error.message)
                pause = failed_pause
                failed_pause = min(2 * failed_pause, IDLE_SECONDS)
            else:
                pause = SOON_SECONDS if is_more_to_come else IDLE_SECONDS
                failed_pause = SOON_SECONDS
            await self._clock.sleep(pause)

    async def search(self) -> bool:
        """Search once, and count what was found; return whether another search follows.

        Raises PollFailed, StorageError, and what a price call raises.
        """
        times = await self._store.unsearched_times(self._clock.now() - LISTED_SECONDS)
        if not times:
            return False
        found = await self._found(times)
        submits = await self._store.reserved_submits(self._backend)
        offset, now = self._client.service_clock.offset, self._clock.now()
        left = unexplained(submits, found.ours, lambda job: submit_window(job, offset, now))
        tasks = [await self._forgotten(one) for one in left]
        others = {*found.others, *(one.task_id for one in found.ours)} - {task.task_id for task in tasks}
        searched = self._searched(times, left) if found.is_billed else []
        await self._store.record_search(tasks, [(self._backend, one) for one in others], searched)
        self._bills.expect([task.spending_id for task in tasks])
        return len(searched) < len(times)

    def _windows(self, times: Iterable[LostTime]) -> list[Window]:
        offset = self._client.service_clock.offset
        return [Window(time.since + offset.least, time.until + offset.most) for time in times]

    def _hull(self, times: Iterable[LostTime]) -> Window:
        windows = self._windows(times)
        return Window(min(one.first for one in windows), max(one.last for one in windows))

    async def _found(self, times: Sequence[LostTime]) -> _Unclaimed:
        """Return the tasks that were made in these times and that no job has."""
        listed = {task.task_id: task for task in await self._listed(times)}
        bill = await self._records.billed(self._hull(times))
        names = {*listed, *(entry.task_id for entry in bill.entries)}
        claimed = await self._store.claimed_tasks(self._backend, names)
        own_keys = await self._own_keys(bill.entries, claimed) if names - claimed else frozenset[str]()
        entries = {entry.task_id: entry for entry in bill.entries}
        ours, others = list[Candidate](), set[str]()
        for name in names - claimed:
            one = await self._candidate(listed.get(name), entries.get(name), self._hull(times))
            if not one or not _may_be_paid_by(own_keys, entries.get(name)):
                others.add(name)
            elif any(one.created_at in window for window in self._windows(times)):
                ours.append(one)
        # With entries it has answered, although it may have more of them than are read.
        return _Unclaimed(ours, others, bool(bill.entries) or bill.is_read or not bill.is_offered)

    async def _listed(self, times: Sequence[LostTime]) -> list[TaskUpdate]:
        lists = [await self._records.listed(model, lambda: self._hull(times), LIST_PAGES) for model in self._models]
        return [task for tasks in lists for task in tasks]

    async def _candidate(self, task: TaskUpdate | None, entry: BillEntry | None, hull: Window) -> Candidate | None:
        """Return a task of the list or of the bill; None for one of a model that this app does not use."""
        models = self._models
        if task and task.created_at is not None:
            return listed_candidate(task, models)
        return await self._records.billed_candidate(entry, models, hull) if entry else None

    async def _own_keys(self, entries: Sequence[BillEntry], claimed: Collection[str]) -> frozenset[str]:
        """Return the names by which the bill calls the key that paid for this app's jobs; empty when not known."""
        keys = {entry.payer_key for entry in entries if entry.task_id in claimed}
        if not any(keys):
            latest = await self._store.completed(OWN_TASKS)
            own = [job.task_id for job in latest if job.task_id and not job.key and job.backend == self._backend]
            keys = {entry.payer_key for entry in (await self._records.bill_of(own)).entries} if own else set[str]()
        return frozenset(keys - {""})

    async def _forgotten(self, candidate: Candidate) -> ForgottenTask:
        offset = self._client.service_clock.offset
        made = min(candidate.created_at - (offset.least + offset.most) / 2, self._clock.now())
        cost, link = await self._cost(candidate.update), self._link(candidate.update)
        return ForgottenTask(candidate.task_id, self._backend, made, cost, link)

    async def _cost(self, task: TaskUpdate | None) -> Micros:
        """Return the price of a plain image: a task's settings are not known, and its bill tells the rest."""
        if task and task.status.is_final and task.status is not TaskStatus.COMPLETED:
            return 0
        model = (task.model if task else "") or self._models[0]
        try:
            quote = await self._quotes.quote(model, GenerationRequest("a picture")) if self._quotes else ASSUMED_QUOTE
        except NotProvided as error:
            if error.is_offered:
                raise
            quote = ASSUMED_QUOTE
        return quote.maximum

    def _link(self, task: TaskUpdate | None) -> str:
        links = [one for one in task.outputs if isinstance(one, str)] if task else []
        return next((one for one in links if self._client.may_open(one)), "")

    def _searched(self, times: Iterable[LostTime], tasks: Iterable[Candidate]) -> list[LostTime]:
        """Return those of the times of which nothing more is to be found."""
        is_under_way = any(one.update and not one.update.status.is_final for one in tasks)
        age = UNFINISHED_SECONDS if is_under_way else SETTLED_SECONDS
        return [time for time in times if self._clock.now() - time.until >= age]


def _may_be_paid_by(own_keys: Collection[str], entry: BillEntry | None) -> bool:
    """Return whether the task of an entry of the bill may be of this app's key: it names no other one."""
    return not own_keys or not entry or entry.payer_key in ("", *own_keys)
