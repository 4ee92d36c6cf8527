"""Retention: delete images that are older, or take more disk space, than the host allows; those in the bin first."""

from __future__ import annotations

from dataclasses import dataclass

from components import messages
from components.clock import Clock
from components.domain.job import Job
from components.jobs.bin import BIN_DAYS, JobBin
from components.jobs.repository import JobRepository
from components.messages.message import Message
from components.storage.async_store import AsyncStore
from components.storage.bin_table import BinnedJob

DAY = 24 * 3600.0
GIGABYTE = 1_000_000_000
DOUBTED_DAYS = 2
"""Days without a new record after which the clock may be wrong: nothing is deleted for its age until there is one."""
BATCH_SIZE = 50
"""Jobs deleted at a time: other calls of the store wait in its one thread meanwhile."""


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """The host's limits; 0: no limit."""

    days: int = 0
    """Age from which a job is deleted; favourites are exempt."""
    gigabytes: float = 0.0
    """Disk space of generated images over all visitors, in units of 10^9 bytes; favourites are deleted last."""

    @property
    def notice(self) -> Message | None:
        """Return the message for visitors; None without limits."""
        if not self.days and not self.gigabytes:
            return None
        return messages.retention_notice(self.days, self.gigabytes)


KEEP_EVERYTHING = RetentionPolicy()


class Retention:
    """Deletion of jobs beyond the limits, but for unfinished ones, and those paid for without an image."""

    def __init__(
        self, store: AsyncStore, jobs: JobRepository, bin_: JobBin, clock: Clock, policy: RetentionPolicy
    ) -> None:
        self._store, self._jobs, self._bin, self._clock, self._policy = store, jobs, bin_, clock, policy

    async def sweep(self) -> None:
        """Delete jobs until the store is within the limits. Raises StorageError."""
        # No file of a newer version's folder is deleted: jobs would vanish here, and no space would be free.
        if self._store.is_from_newer_version:
            return
        now = self._clock.now()
        await self._empty_bins(now)
        if self._policy.days:
            await self._delete_expired(now)
        if self._policy.gigabytes:
            await self._make_room(round(self._policy.gigabytes * GIGABYTE))

    def leaves_bin(self, one: BinnedJob) -> float:
        """Return when a job in the bin is deleted for good, in Unix seconds, unless its space is needed earlier."""
        limits = [one.binned + BIN_DAYS * DAY]
        if self._policy.days and one.job.ended:
            limits.append(one.job.ended + self._policy.days * DAY)
        return min(limits)

    async def _empty_bins(self, now: float) -> None:
        # By a clock that is ahead too: what is in there was to be deleted, and that is promised.
        ended_before = now - self._policy.days * DAY if self._policy.days else 0.0
        while expired := await self._store.expired_in_bin(now - BIN_DAYS * DAY, ended_before, BATCH_SIZE):
            await self._bin.drop(expired)

    async def _delete_expired(self, now: float) -> None:
        # A clock that is weeks ahead would delete everything at once, and a sweep runs at every start.
        if now - await self._store.latest_record() > DOUBTED_DAYS * DAY:
            return
        before = now - self._policy.days * DAY
        while expired := await self._store.expired(before, BATCH_SIZE):
            await self._delete(expired)

    async def _make_room(self, limit: int) -> None:
        while (excess := await self._store.size() - limit) > 0:
            if binned := _first_bytes(await self._store.oldest_in_bin(BATCH_SIZE), excess):
                await self._bin.drop(binned)
                continue
            chosen = _first_bytes(await self._store.oldest_first(BATCH_SIZE), excess)
            # What is left may not be deleted: unfinished jobs, and those that were paid for and may still get their
            # image.
            if not chosen:
                return
            await self._delete(chosen)

    async def _delete(self, jobs: list[Job]) -> None:
        await self._jobs.delete(jobs)
        await self._store.record_cleanup(jobs, self._clock.now())


def _first_bytes(jobs: list[Job], excess: int) -> list[Job]:
    """Return the first of these jobs, as many as their images make up `excess` bytes."""
    chosen: list[Job] = []
    for job in jobs:
        if excess <= 0:
            break
        chosen.append(job)
        excess -= sum(image.size for image in job.images)
    return chosen
