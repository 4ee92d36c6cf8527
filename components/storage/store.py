"""Store: jobs, their costs and uploads in SQLite, image files beside it. Every call blocks; see AsyncStore."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from components.budget.limits import Reservation
from components.domain.job import Job, StoredFile, StoredImage
from components.storage import (
    cleanup_table,
    forgotten_table,
    jobs_table,
    presets_table,
    search_table,
    sources_table,
    spending_table,
)
from components.storage.bill_store import BillStore
from components.storage.bin_store import BinStore
from components.storage.cleanup_table import CleanupNote
from components.storage.forgotten_store import ForgottenStore
from components.storage.image_files import IMAGE_NAME
from components.storage.migrations import MIGRATIONS
from components.storage.preset_store import PresetStore
from components.storage.seal_store import SealStore
from components.storage.search_table import Filters, Search
from components.storage.source_store import SourceStore
from components.storage.spending_store import SpendingStore

VERSION = len(MIGRATIONS)
"""Version of the tables, as `PRAGMA user_version`."""
RECORDS_AT_ONCE = 500
_TABLES = (
    jobs_table.TABLE
    + spending_table.TABLES
    + forgotten_table.TABLES
    + search_table.TABLE
    + sources_table.TABLES
    + cleanup_table.TABLE
    + presets_table.TABLE
)


class Store(SourceStore, BillStore, SpendingStore, ForgottenStore, SealStore, BinStore, PresetStore):
    """Store of one data folder."""

    def __init__(self, folder: Path) -> None:
        """Open or create the folder, see DataFolder. Raises SetupError."""
        super().__init__(folder, _TABLES, MIGRATIONS, spending_table.MERGES)
        with self._closed_on_error():
            self._index_missing()
            self._hide_binned()

    def add_jobs(self, jobs: Sequence[Job]) -> bool:
        """Add new jobs, all or none. False: one of the ids exists, so the same press was received before."""

        def write(db: sqlite3.Connection) -> None:
            for job in jobs:
                db.execute(jobs_table.INSERT, jobs_table.row(job))
                search_table.index(db, job)

        try:
            self._db.write(write)
        except sqlite3.IntegrityError:
            return False
        return True

    def reserve(self, jobs: Sequence[Job], reservation: Reservation, now: float, *, made: float | None = None) -> None:
        """Reserve the host's money for jobs, all or none, in one transaction with the check of the limits.

        Jobs from before a restart keep theirs, unless the host has stopped all spending. While the database cannot be
        read, nothing is reserved but at home. `now` and `made` as in `spending_table.reserve`. Raises BudgetDenied.
        """

        def write(db: sqlite3.Connection) -> None:
            is_unknown = self.is_unread and not reservation.limits.is_local
            spending_table.reserve(db, jobs, reservation, now, made=made, is_stopped=is_unknown)

        # In a transaction of its own: one that is denied leaves nothing.
        self._mark_ahead(now)
        self._db.write(write)

    def save_job(self, job: Job) -> bool:
        """Write a job and settle its cost; on disk when this returns. False: another job has its task.

        Raises ValueError for a job whose record could not be read: it would overwrite that record.
        """
        if not job.is_readable:
            raise ValueError(f"job {job.id} could not be read, so it is not written")

        try:
            self._db.write(lambda db: _write_job(db, job))
        except sqlite3.IntegrityError:
            return False
        return True

    def mark_sent(self, job: Job) -> bool:
        """Write a job right before its POST; on disk when this returns.

        False, with nothing written: another process on this folder has sent or ended it.
        """

        def write(db: sqlite3.Connection) -> bool:
            # In the transaction that writes: of two processes only one finds it unsent.
            if self.is_taken or db.execute(jobs_table.IS_SENT_OR_OVER, (job.id,)).fetchone():
                return False
            _write_job(db, job)
            return True

        return self._db.write(write)

    def transfer_jobs(self, visitor: str, to: str) -> list[str]:
        """Transfer jobs, uploads and cleanup notes of a visitor to another; return the ids of the jobs."""

        def write(db: sqlite3.Connection) -> list[str]:
            moved = db.execute("SELECT id FROM jobs WHERE visitor = ?", (visitor,)).fetchall()
            db.execute(jobs_table.TRANSFER, (to, to, visitor))
            for table in ("sources", "sweeps"):
                db.execute(f"UPDATE OR IGNORE {table} SET visitor = ? WHERE visitor = ?", (to, visitor))
            return [row[0] for row in moved]

        return self._db.write(write)

    def count_jobs(self, visitor: str) -> int:
        """Return the number of a visitor's jobs, without those in the bin."""
        return int(self._db.read(f"SELECT count(*) FROM {jobs_table.VISIBLE} WHERE visitor = ?", (visitor,))[0][0])

    def remove_unknown_images(self) -> int:
        """Delete image files that no record names, left by a kill during a deletion; return their number.

        For the start, before a job runs. Nothing is deleted while the records may not be all: of a folder that is not
        `is_whole`, beside a record that cannot be read, or of files later than the latest record, as beside a database
        from a backup.
        """
        known = self._named_files() if self.is_whole else None
        return 0 if known is None else self._images.remove_unknown(known, self.latest_record())

    def _named_files(self) -> set[str] | None:
        """Return the names of all image files in all records; None when one of them cannot be read."""
        names = {name for (name,) in self._db.read(sources_table.NAMES)}
        last = ""
        # In parts: together the records of a long history may take much memory.
        while rows := self._db.read(jobs_table.NAMED_FILES, (last, RECORDS_AT_ONCE)):
            for last, is_valid, record in rows:  # noqa: B007 - the next part begins after the last one
                if not is_valid:
                    return None
                # In the text, wherever it is: a newer version's record may have names under keys of its own.
                names.update(match[0] for match in IMAGE_NAME.finditer(record))
        return names

    def set_favourite(self, visitor: str, job_id: str, *, is_favourite: bool) -> Job | None:
        """Set or clear the favourite mark of a visitor's completed job; return the job, None if there is none."""
        where = "WHERE id = ? AND visitor = ? AND state = 'completed' AND binned IS NULL"

        def write(db: sqlite3.Connection) -> Job | None:
            row = db.execute(f"SELECT record FROM jobs {where}", (job_id, visitor)).fetchone()
            job = next(iter(jobs_table.read([row])), None) if row else None
            if job is None:
                return None
            job = job.with_favourite(is_favourite=is_favourite)
            db.execute(jobs_table.SET_FAVOURITE, (json.dumps(is_favourite), job.id))
            search_table.index(db, job)
            return job

        return self._db.write(write)

    def search(self, visitor: str, search: Search, limit: int) -> list[Job]:
        """Return at most `limit` of a visitor's finished jobs that match a search, the newest first."""
        return jobs_table.read(self._db.read(*search_table.query(visitor, search, limit)))

    def filters(self, visitor: str) -> Filters:
        """Return the values to filter a visitor's finished jobs by."""
        return Filters.of(
            (model, loras, count) for model, loras, count in self._db.read(search_table.FILTERS, (visitor,))
        )

    def expired(self, before: float, limit: int) -> list[Job]:
        """Return at most `limit` jobs that ended before a time, without favourites, the oldest first."""
        return jobs_table.read(self._db.read(search_table.EXPIRED, (before, limit)))

    def oldest_first(self, limit: int) -> list[Job]:
        """Return at most `limit` completed jobs in the order of deletion: the oldest first, favourites last."""
        return jobs_table.read(self._db.read(search_table.OLDEST_FIRST, (limit,)))

    def size(self) -> int:
        """Return about how many bytes the images of all jobs take."""
        return int(self._db.read(search_table.SIZE)[0][0])

    def latest_record(self) -> float:
        """Return the latest time in Unix seconds at which a job was created or ended; 0 without jobs."""
        return float(self._db.read(jobs_table.LATEST)[0][0])

    def record_cleanup(self, jobs: Iterable[Job], now: float) -> None:
        """Record how many images of which visitors the retention policy deleted at `now`, in Unix seconds."""
        self._db.write(lambda db: cleanup_table.record(db, jobs, now))

    def cleanup_note(self, visitor: str) -> CleanupNote:
        """Return how many of a visitor's images the retention policy deleted in the last 30 days."""
        return CleanupNote(*self._db.read(cleanup_table.NOTE, (visitor,))[0])

    def job(self, job_id: str) -> Job | None:
        """Return a job by id, None if it does not exist."""
        return next(iter(self._read("WHERE id = ?", (job_id,))), None)

    def jobs(self, job_ids: Iterable[str]) -> list[Job]:
        """Return jobs by id, in the order of `job_ids`; ids that do not exist are left out."""
        ids = list(dict.fromkeys(job_ids))
        jobs = {job.id: job for job in self._read(f"WHERE id IN ({', '.join('?' * len(ids))})", tuple(ids))}
        return [jobs[job_id] for job_id in ids if job_id in jobs]

    def open_jobs(self) -> list[Job]:
        """Return the jobs that have not ended, the oldest first."""
        return self._read_readable("WHERE ended IS NULL ORDER BY created", ())

    def page_of(self, visitor: str, before: float | None, limit: int) -> list[Job]:
        """Return at most `limit` of a visitor's jobs created before a time (None: any), the newest first."""
        end = float("inf") if before is None else before
        order = "ORDER BY created DESC, id DESC LIMIT ?"
        return self._read(f"WHERE visitor = ? AND created < ? {order}", (visitor, end, limit))

    def completed(self, limit: int) -> list[Job]:
        """Return the latest `limit` completed jobs of all visitors, the oldest of them first, without huge ones."""
        # Texts of earlier versions had no limit: hundreds of megabytes would be read at a start.
        where = "WHERE state = 'completed' AND length(record) < 500000 ORDER BY created DESC LIMIT ?"
        return self._read_readable(where, (limit,))[::-1]

    def claimed_tasks(self, backend: str, task_ids: Iterable[str]) -> frozenset[str]:
        """Return those of the task ids at a backend that belong to a job."""
        query = "SELECT task_id FROM jobs WHERE backend = ? AND task_id = ?"
        return frozenset(row[0] for task in task_ids for row in self._db.read(query, (backend, task)))

    def submits_beside(self, job: Job, task_ids: Iterable[str]) -> tuple[list[Job], frozenset[str]]:
        """Return other jobs to whose submits tasks may belong, and those of the tasks that belong to a job.

        They are of the same account and model, and were sent: the answer is awaited, or was lost. Of those that have
        found their task since, the ones are returned that have one of these.
        """
        claimed = self.claimed_tasks(job.backend, task_ids)
        open_ones = "WHERE backend = ? AND model = ? AND task_id IS NULL AND state IN ('waiting', 'unknown')"
        was_lost = "CASE WHEN json_valid(record) THEN record ->> '$.lost' END"
        found = f"WHERE backend = ? AND model = ? AND task_id = ? AND {was_lost}"
        others = self._read_readable(open_ones, (job.backend, job.model))
        others += [one for task in claimed for one in self._read_readable(found, (job.backend, job.model, task))]
        return [one for one in others if one.sent and one.key == job.key and one.id != job.id], claimed

    def open_temp(self) -> BinaryIO:
        """Return an empty temporary file for a download. The caller calls `discard`."""
        return self._images.open_temp()

    def discard(self, temp: BinaryIO) -> None:
        """Close a temporary file, and delete it unless it was committed."""
        self._images.discard(temp)

    def commit_file(self, temp: BinaryIO) -> tuple[StoredFile, bool] | None:
        """Store a downloaded image that cannot be shown; see `ImageFiles.commit_file`. Raises OSError."""
        return self._images.commit_file(temp)

    def commit_image(self, temp: BinaryIO, *, nsfw: bool) -> tuple[StoredImage, bool]:
        """Check a downloaded image and store it; see `ImageFiles.commit`. Raises ImageUnavailable, OSError."""
        return self._images.commit(temp, nsfw=nsfw)

    def image_file(self, name: str) -> Path | bytes | None:
        """Return the file of an image by its unguessable name, or its bytes from memory; None if it does not exist."""
        return self._images.find(name)

    def thumbnail(self, name: str) -> Path | bytes | None:
        """Return the thumbnail of an image, a small WebP file; None if it cannot be made."""
        return self._images.thumbnail(name)

    def _read(self, where: str, values: tuple[object, ...]) -> list[Job]:
        """Return jobs that are not deleted or in the bin, with a failed job in place of each invalid record."""
        query = f"SELECT {jobs_table.COLUMNS} FROM {jobs_table.VISIBLE} {where}"
        return jobs_table.read_all(self._db.read(query, values))

    def _read_readable(self, where: str, values: tuple[object, ...]) -> list[Job]:
        return [job for job in self._read(where, values) if job.is_readable]

    def _index_missing(self) -> None:
        """Add jobs to the index that are not there: those from before there was one."""
        if missing := jobs_table.read(self._db.read(search_table.NOT_INDEXED)):
            self._db.write(lambda db: [search_table.index(db, job) for job in missing])


def _write_job(db: sqlite3.Connection, job: Job) -> None:
    db.execute(jobs_table.INSERT + jobs_table.UPDATE, jobs_table.row(job))
    search_table.index(db, job)
    if job.task_id:
        forgotten_table.drop(db, job.backend, job.task_id)
    # A visitor's own key costs the host nothing.
    if not job.key:
        spending_table.settle(db, job)
