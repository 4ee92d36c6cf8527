"""Admission: price check and budget reservation of a press before any of its jobs is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from components import messages
from components.budget.limits import STOP_SWITCH
from components.budget.quotes import QuoteCache
from components.clock import Clock
from components.domain.job import Job, JobState
from components.domain.money import Micros
from components.errors import BudgetDenied, CertificateError, ConnectionFailed, NotProvided, StorageError
from components.jobs.visitor_keys import VisitorKeys
from components.messages.message import Message
from components.storage.async_store import AsyncStore

Prices = Mapping[str, Micros]
"""Prices of the jobs of a press by job id; empty when the host's key does not pay."""
MAX_PRICE_ATTEMPTS = 3
"""Price requests after which a press is refused."""
BUSY_SECONDS = (2.0, 4.0, 8.0, 16.0)
"""Waits between the price requests of a press while the API has answered too many (429)."""


class Admission:
    """Admission of saved jobs to the send queue."""

    def __init__(
        self, quotes: QuoteCache | None, keys: VisitorKeys, store: AsyncStore, clock: Clock, host_backend: str
    ) -> None:
        """`quotes` is None when the host's backend is free of charge."""
        self._quotes, self._keys, self._store, self._clock = quotes, keys, store, clock
        self._host_backend = host_backend
        self._reservations: set[asyncio.Task[Prices]] = set()
        self._awaiting_price: dict[str, Message | None] = {}
        """Jobs that wait for their price, and the message of those that were cancelled meanwhile."""
        self._is_stopped = False
        self._begun = clock.now() - clock.monotonic()

    def begin(self, jobs: Sequence[Job]) -> asyncio.Task[Prices]:
        """Start to reserve money for the jobs of a press, all or none, in a task that outlives its callers."""
        reservation = asyncio.create_task(self._reserve(jobs))
        self._reservations.add(reservation)
        reservation.add_done_callback(self._reservations.discard)
        self._awaiting_price |= dict.fromkeys((job.id for job in jobs), None)
        return reservation

    async def admitted(self, reservation: asyncio.Task[Prices], job: Job) -> Job:
        """Wait for the reservation; return the job with its price, or an ended job that must not be sent."""
        denied = None
        prices: Prices = {}
        try:
            # Shielded: the reservation belongs to all jobs of the press, and one of them may be cancelled.
            prices = await asyncio.shield(reservation)
        except (BudgetDenied, NotProvided, ConnectionFailed, CertificateError, StorageError) as error:
            denied = error.message
        finally:
            cancelled = self._awaiting_price.pop(job.id)
        if stopped := cancelled or (None if denied else self._payer_problem(job)):
            return job.ended_as(JobState.STOPPED, self._clock.now(), stopped)
        if denied:
            return job.ended_as(JobState.FAILED, self._clock.now(), denied)
        return job.with_price(prices[job.id]) if prices else job

    def cancel(self, job_id: str, message: Message) -> bool:
        """Mark a job to end with this message when its reservation is done. Return False when it waits for none."""
        if job_id not in self._awaiting_price:
            return False
        self._awaiting_price[job_id] = message
        return True

    async def stop_spending(self, *, is_on: bool) -> None:
        """Set the stored switch that stops all spending of the host's money. Raises StorageError."""
        await self._store.set_switch(STOP_SWITCH, is_on=is_on)
        self._is_stopped = is_on

    async def close(self) -> None:
        """Cancel all reservations under way; unsent jobs are admitted again at the next start."""
        tasks = list(self._reservations)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _reserve(self, jobs: Sequence[Job]) -> Prices:
        # Of one model and person; the prices differ in a grid over settings on which a price depends.
        job, attempts = jobs[0], 0
        if not self._quotes or not self._is_host_paid(job):
            return {}
        requests = [job.request for job in jobs]
        while True:
            attempts += 1
            try:
                reservation, prices = await self._quotes.reservation_for(job.model, job.person, requests)
            except (ConnectionFailed, NotProvided) as error:
                if (wait := _wait_after(error, attempts)) is None:
                    raise
                await self._clock.sleep(wait)
            else:
                # Checks all limits in the transaction that writes: two presses cannot both take the last dollar.
                # With the time of day, which a later process shares; see there for one that is ahead of `now`.
                await self._store.reserve(jobs, reservation, self._spending_time(), made=self._clock.now())
                return {job.id: price for job, price in zip(jobs, prices, strict=True)}

    def _spending_time(self) -> float:
        """Return the end of the limits' windows; a clock that is set ahead renews no limits of a public host.

        At home it is the clock's own time, which goes on while a laptop sleeps.
        """
        now = self._clock.now()
        is_local = not self._quotes or self._quotes.limits.is_local
        return now if is_local else min(now, self._begun + self._clock.monotonic())

    def _is_host_paid(self, job: Job) -> bool:
        return not job.key and job.backend == self._host_backend

    def _payer_problem(self, job: Job) -> Message | None:
        """Return why the payer cannot pay any more: during the wait its key was forgotten or all spending stopped.

        Nothing may be awaited between this and `SendQueue.enter`: `cancel_all` ends only queued jobs, so a key that is
        forgotten in between would still be used.
        """
        if job.key and not self._keys.has(job.key):
            return messages.KEY_FORGOTTEN
        is_stopped = self._quotes and self._is_stopped and self._is_host_paid(job)
        return messages.STOPPED_BY_HOST if is_stopped else None


def _wait_after(error: ConnectionFailed | NotProvided, attempts: int) -> float | None:
    """Return the seconds until a price is requested again; None to refuse the press."""
    if isinstance(error, NotProvided) and error.is_busy:
        return BUSY_SECONDS[attempts - 1] if attempts <= len(BUSY_SECONDS) else None
    return 0.5 * attempts if attempts < MAX_PRICE_ATTEMPTS else None
