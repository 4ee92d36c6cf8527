"""A visitor's finished pictures across days: found, marked, gathered."""

from __future__ import annotations

from collections.abc import Iterable

from components.board import PAGE
from components.job import Job, JobState
from components.ledger import Ledger
from components.search import Choices, Search
from components.store import Store, Swept


class History:
    """What one asks of the pictures that one made; nobody is told of another's."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store, self._ledger = store, ledger

    async def page(self, board: str, search: Search) -> tuple[list[Job], bool]:
        """Return the next page that a search finds, the newest first, and whether there is more."""
        page = await self._ledger.call(self._store.found, board, search, PAGE + 1)
        return page[:PAGE], len(page) > PAGE

    async def choices(self, board: str) -> Choices:
        """Return what can be filtered by."""
        return await self._ledger.call(self._store.choices, board)

    async def swept(self, board: str) -> Swept:
        """Return what the host's limits took from a visitor lately."""
        return await self._ledger.call(self._store.swept, board)

    async def favour(self, board: str, job_id: str, *, is_favourite: bool) -> bool:
        """Mark a finished job as a favourite, or no more; False for another's."""
        return await self._ledger.favour(board, job_id, is_favourite=is_favourite)

    async def finished(self, board: str, job_ids: Iterable[str]) -> list[Job]:
        """Return those of the jobs that are finished and the visitor's own, in the order asked for."""
        found = await self._ledger.call(self._store.jobs, job_ids)
        return [job for job in found if job.visitor == board and job.state is JobState.COMPLETED]
