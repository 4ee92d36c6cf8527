"""Bill collector: reads from the service what ended tasks cost in truth, until each bill is final."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence

from components.api.billings import BillSearch
from components.clock import Clock
from components.domain.bill import LOOK_SECONDS, BilledTask, BillEntry, bill_of
from components.errors import NotProvided, PlaygroundError, StorageError
from components.jobs.accounts import ApiAccounts
from components.jobs.repository import JobRepository
from components.storage.async_store import AsyncStore

BATCH_SECONDS = 2.0
"""Time over which looks at bills are joined to one call."""
BATCH_TASKS = 40
"""Tasks of one call: with a deduction and a refund each, their entries fit on a page."""
RETRY_SECONDS = 60.0
"""Pause after a call that failed."""
NOT_OFFERED_SECONDS = 3600.0
"""Time for which a service without a bill is not asked again."""

_log = logging.getLogger(__name__)


class BillCollector:
    """Bills of the ended tasks of all accounts that cost money."""

    def __init__(self, accounts: ApiAccounts, jobs: JobRepository, store: AsyncStore, clock: Clock) -> None:
        self._accounts, self._jobs, self._store, self._clock = accounts, jobs, store, clock
        self._due: dict[str, float] = {}
        """Time of the next look at a job's bill, in Unix seconds."""
        self._without_bill: dict[str, float] = {}
        """Accounts whose service has no bill, and until when that is believed."""
        self._loop: asyncio.Task[None] | None = None

    def expect(self, job_ids: Iterable[str]) -> None:
        """Look at the bills of jobs a few seconds from now, and again until each is final."""
        self._due |= dict.fromkeys(job_ids, self._clock.now() + LOOK_SECONDS[0])
        if self._due and (self._loop is None or self._loop.done()):
            self._loop = asyncio.create_task(self._run())

    async def resume(self, account: str) -> None:
        """Expect the bills of an account that an earlier process did not get. Raises StorageError."""
        tasks = await self._store.unbilled(self._clock.now() - LOOK_SECONDS[-1])
        self.expect(task.job_id for task in tasks if task.account == account)

    def close(self) -> None:
        """Stop; bills that are not final are read after the next start."""
        if self._loop:
            self._loop.cancel()

    async def _run(self) -> None:
        while self._due:
            await self._clock.sleep(max(0.0, min(self._due.values()) - self._clock.now()))
            due = dict(self._due)
            try:
                await self._look()
            except StorageError:
                _log.exception("bills cannot be stored")
                self._due = due | self._due
                await self._clock.sleep(RETRY_SECONDS)

    async def _look(self) -> None:
        now = self._clock.now()
        tasks = {task.job_id: task for task in await self._store.unbilled(now - 2 * LOOK_SECONDS[-1])}
        due = [job_id for job_id, moment in self._due.items() if moment <= now + BATCH_SECONDS]
        by_account: dict[str, list[BilledTask]] = defaultdict(list)
        for job_id in due:
            del self._due[job_id]
            if task := tasks.get(job_id):
                by_account[task.account].append(task)
        for account, found in by_account.items():
            for start in range(0, len(found), BATCH_TASKS):
                await self._read(account, found[start : start + BATCH_TASKS])

    async def _read(self, account: str, tasks: Sequence[BilledTask]) -> None:
        # A visitor's key may have been forgotten: the bill is read when it is entered again.
        if account not in self._accounts or self._clock.now() < self._without_bill.get(account, 0.0):
            return
        try:
            entries = await self._accounts[account].client.billings(BillSearch(tuple(task.task_id for task in tasks)))
        except PlaygroundError as error:
            self._put_off(account, tasks, error)
            return
        if self._without_bill.pop(account, None):
            # The call was missing for a while, and what was due then was left.
            await self.resume(account)
        for task in tasks:
            await self._write(task, [entry for entry in entries if entry.task_id == task.task_id])

    def _put_off(self, account: str, tasks: Sequence[BilledTask], error: PlaygroundError) -> None:
        now = self._clock.now()
        if isinstance(error, NotProvided) and not error.is_offered:
            self._without_bill[account] = now + NOT_OFFERED_SECONDS
            return
        for task in tasks:
            if now - task.ended < LOOK_SECONDS[-1]:
                # Longer and longer, like the age of the task.
                self._due[task.job_id] = now + max(RETRY_SECONDS, (now - task.ended) / 4)

    async def _write(self, task: BilledTask, entries: Sequence[BillEntry]) -> None:
        bill = bill_of(task, entries, self._clock.now())
        if bill:
            await self._jobs.set_bill(task.job_id, bill)
        if not (bill and bill.is_final):
            self._schedule(task)

    def _schedule(self, task: BilledTask) -> None:
        """Look at the bill of a task at the next time of LOOK_SECONDS, if there is one."""
        age = self._clock.now() - task.ended
        if later := [after for after in LOOK_SECONDS if after > age]:
            self._due[task.job_id] = task.ended + later[0]
