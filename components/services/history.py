"""History: search, favourites and recipes of a visitor's completed images."""

from __future__ import annotations

from collections.abc import Iterable

from components.domain.job import Job, JobState
from components.jobs.feed import PAGE_SIZE
from components.jobs.repository import JobRepository
from components.recipes.infotext import infotext
from components.services.backend import shown_model
from components.storage.async_store import AsyncStore
from components.storage.cleanup_table import CleanupNote
from components.storage.search_table import Filters, Search
from components.threads import optional_threads


class History:
    """A visitor's completed jobs, never another visitor's. Methods raise StorageError, searches TooBusy."""

    def __init__(self, store: AsyncStore, jobs: JobRepository) -> None:
        self._store, self._jobs = store, jobs

    async def page(self, visitor: str, search: Search) -> tuple[list[Job], bool]:
        """Return one page of the jobs that a search finds, newest first, and whether there are more."""
        # One more than a page: it tells whether there is another page.
        async with optional_threads().turn():
            page = await self._store.search(visitor, search, PAGE_SIZE + 1)
        return page[:PAGE_SIZE], len(page) > PAGE_SIZE

    async def filters(self, visitor: str) -> Filters:
        """Return the models and LoRAs of the visitor's jobs, to filter by, and the number of jobs."""
        async with optional_threads().turn():
            return await self._store.filters(visitor)

    async def cleanup_note(self, visitor: str) -> CleanupNote:
        """Return how many of a visitor's images the retention policy deleted lately."""
        return await self._store.cleanup_note(visitor)

    async def set_favourite(self, visitor: str, job_id: str, *, is_favourite: bool) -> bool:
        """Set or clear the favourite flag. Return False for another visitor's or an uncompleted job."""
        return await self._jobs.set_favourite(visitor, job_id, is_favourite=is_favourite)

    async def finished(self, visitor: str, job_ids: Iterable[str]) -> list[Job]:
        """Return those of these jobs that are completed and the visitor's own, in this order."""
        found = await self._store.jobs(job_ids)
        return [job for job in found if job.visitor == visitor and job.state is JobState.COMPLETED]


class Recipes:
    """Recipes of completed jobs: prompt and settings as A1111 infotext."""

    def __init__(self, store: AsyncStore) -> None:
        self._store = store

    async def job_of_image(self, name: str, job_id: str) -> Job | None:
        """Return the job that has an image, by the image's stored name; None unless it is that job."""
        job = await self._job(job_id)
        names = {name for image in job.images for name in (image.name, image.received)} if job else set[str]()
        return job if name in names else None

    async def of_job(self, visitor: str, job_id: str) -> str:
        """Return the recipe of a visitor's job; empty for another visitor's."""
        job = await self._job(job_id)
        return infotext(job.request, shown_model(job)) if job and job.visitor == visitor else ""

    async def _job(self, job_id: str) -> Job | None:
        return await self._store.job(job_id)
