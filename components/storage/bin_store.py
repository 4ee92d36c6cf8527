"""Bin store: deleted jobs that can still be put back, and the deletion for good. Every call blocks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from components.domain.job import Job
from components.storage import bin_table, jobs_table, search_table
from components.storage.bin_table import BinnedJob, BinPlace
from components.storage.data_folder import DataFolder


class BinStore(DataFolder):
    """Deleted jobs of one data folder. Their files stay, and are found by `binned_thumbnail` alone."""

    def put_in_bin(self, jobs: Sequence[Job], now: float) -> None:
        """Put ended jobs into the bin, at `now` in Unix seconds."""
        self._db.write(lambda db: db.executemany(bin_table.PUT, [(now, job.id) for job in jobs]))
        self._images.hide(_names(jobs))

    def take_out_of_bin(self, visitor: str, job_ids: Iterable[str]) -> list[Job]:
        """Put a visitor's jobs back where they were; return those that were in the bin."""
        jobs = self._db.write(lambda db: bin_table.take_out(db, visitor, job_ids))
        self._images.show(_names(jobs))
        return jobs

    def in_bin(self, visitor: str, job_ids: Iterable[str]) -> list[Job]:
        """Return those of these jobs that are in a visitor's bin."""
        return self._db.write(lambda db: bin_table.owned(db, visitor, job_ids))

    def bin_page(self, visitor: str, after: BinPlace, limit: int) -> list[BinnedJob]:
        """Return at most `limit` jobs of a visitor's bin, the newest deletion first."""
        found: list[BinnedJob] = []
        place = (after.binned, after.created, after.job_id)
        for record, binned in self._db.read(bin_table.PAGE, (visitor, *place, limit)):
            found += [BinnedJob(job, binned) for job in jobs_table.read([(record,)])]
        return found

    def bin_count(self, visitor: str) -> int:
        """Return the number of jobs in a visitor's bin."""
        return int(self._db.read(bin_table.COUNT, (visitor,))[0][0])

    def expired_in_bin(self, binned_before: float, ended_before: float, limit: int) -> list[Job]:
        """Return at most `limit` jobs of all bins that were deleted before a time, or ended before another."""
        return jobs_table.read(self._db.read(bin_table.EXPIRED, (binned_before, ended_before, limit)))

    def oldest_in_bin(self, limit: int) -> list[Job]:
        """Return at most `limit` jobs with files of all bins, the oldest deletion first."""
        return jobs_table.read(self._db.read(bin_table.OLDEST_FIRST, (limit,)))

    def binned_thumbnail(self, name: str) -> Path | bytes | None:
        """Return the thumbnail of an image, in the bin or not; None if it cannot be made."""
        return self._images.thumbnail(name, is_hidden_too=True)

    def delete_jobs(self, jobs: Iterable[Job]) -> None:
        """Delete content and images of jobs. Ids, tasks and costs stay, so that a repeated press starts nothing."""
        deleted = tuple(jobs)

        def write(db: sqlite3.Connection) -> None:
            for job in deleted:
                db.execute(jobs_table.DELETE, (job.id,))
                search_table.forget(db, job.id)

        self._db.write(write)
        # After the rows: a crash in between leaves files without a job, never a job without its images.
        for name in _names(deleted):
            self._images.delete(name)

    def _hide_binned(self) -> None:
        self._images.hide(_names(jobs_table.read(self._db.read(bin_table.ALL))))


def _names(jobs: Iterable[Job]) -> list[str]:
    return [name for job in jobs for name in job.stored_names]
