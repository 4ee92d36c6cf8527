"""How long and how much is kept, as the host decided: what goes is chosen, deleted, and counted to be told."""

from __future__ import annotations

from dataclasses import dataclass

from components import messages
from components.clock import Clock
from components.errors import Sentence
from components.job import Job
from components.ledger import Ledger
from components.store import Store

DAY = 24 * 3600.0
GIGABYTE = 1_000_000_000
AT_ONCE = 50
"""Jobs that are deleted in one go, so that others need not wait long for the store."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the host chose; 0: no limit."""

    days: int = 0
    """Favourites stay longer."""
    gigabytes: float = 0.0
    """Of pictures that were made here, over all visitors; favourites go last."""

    @property
    def notice(self) -> Sentence | None:
        """Return what visitors are to know of it."""
        if not self.days and not self.gigabytes:
            return None
        return messages.kept_so_long(self.days, self.gigabytes)


EVERYTHING = Keeping()


class Retention:
    """Deletes what is beyond the limits. What still may come, or was paid for without a picture, is left alone."""

    def __init__(self, store: Store, ledger: Ledger, clock: Clock, keeping: Keeping) -> None:
        self._store, self._ledger, self._clock, self._keeping = store, ledger, clock, keeping

    async def sweep(self) -> None:
        """Bring the store within its limits. Raises StoreTrouble."""
        if self._keeping.days:
            await self._delete_the_old(self._clock.now() - self._keeping.days * DAY)
        if self._keeping.gigabytes:
            await self._make_room(round(self._keeping.gigabytes * GIGABYTE))

    async def _delete_the_old(self, before: float) -> None:
        while old := await self._ledger.call(self._store.expired, before, AT_ONCE):
            await self._delete(old)

    async def _make_room(self, limit: int) -> None:
        while (excess := await self._ledger.call(self._store.size) - limit) > 0:
            going = _enough(await self._ledger.call(self._store.first_to_go, AT_ONCE), excess)
            if not going:
                return
            await self._delete(going)

    async def _delete(self, jobs: list[Job]) -> None:
        await self._ledger.delete(jobs)
        await self._ledger.call(self._store.note_sweep, jobs, self._clock.now())


def _enough(jobs: list[Job], excess: int) -> list[Job]:
    """Return the first of these jobs whose pictures make so many bytes."""
    going: list[Job] = []
    for job in jobs:
        if excess <= 0:
            break
        going.append(job)
        excess -= sum(picture.size for picture in job.pictures)
    return going
