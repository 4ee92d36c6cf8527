"""The recipes of pictures in the store."""

from __future__ import annotations

from components.job import Job
from components.ledger import Ledger
from components.recipe import infotext
from components.store import Store


class Recipes:
    """Tells how finished pictures were made."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store, self._ledger = store, ledger

    async def of_picture(self, name: str, job_id: str) -> str:
        """Return the recipe of the picture of that name, made by that job; empty when it was not."""
        job = await self._job(job_id)
        is_made_there = job is not None and name in {each for one in job.pictures for each in (one.name, one.received)}
        return infotext(job.request, job.model) if job and is_made_there else ""

    async def of_job(self, board: str, job_id: str) -> str:
        """Return the recipe of a job of that board; empty for another's."""
        job = await self._job(job_id)
        return infotext(job.request, job.model) if job and job.visitor == board else ""

    async def _job(self, job_id: str) -> Job | None:
        return await self._ledger.call(self._store.job, job_id)
