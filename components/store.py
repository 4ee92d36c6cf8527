"""Jobs in SQLite, pictures in files beside it. Every call blocks: the ledger makes them in a thread of its own."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from components.errors import InvalidRequest, SetupError
from components.job import Job, Picture, from_record, to_record
from components.pictures import inspect

PICTURE_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")

_log = logging.getLogger(__name__)

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    created REAL NOT NULL,
    ended REAL,
    state TEXT NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    task_id TEXT,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_visitor ON jobs (visitor, created DESC);
CREATE INDEX IF NOT EXISTS open_jobs ON jobs (created) WHERE ended IS NULL;
CREATE UNIQUE INDEX IF NOT EXISTS one_job_a_task ON jobs (backend, task_id) WHERE task_id IS NOT NULL;
"""
_SAVE = (
    "INSERT INTO jobs (id, visitor, created, ended, state, backend, model, task_id, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = (
    " ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, state = excluded.state,"
    " task_id = excluded.task_id, record = excluded.record"
)


class Store:
    """One data folder, open in one process at a time."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder. Raises SetupError when it cannot be used or another app has it open."""
        self._pictures, self._incoming = folder / "pictures", folder / "incoming"
        try:
            for place in (self._pictures, self._incoming):
                place.mkdir(parents=True, exist_ok=True)
            self._lock = _only_one(folder / "playground.lock")
            self._db = sqlite3.connect(folder / "playground.sqlite3", check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_TABLES)
            self._sweep()
        except (OSError, sqlite3.Error) as error:
            raise SetupError(f"The data folder {folder} cannot be used.", "Set PLAYGROUND_DATA_DIR.") from error

    def close(self) -> None:
        """Give the folder back."""
        self._db.close()
        self._lock.close()

    def intend(self, jobs: Sequence[Job]) -> bool:
        """Write down new jobs, all or none. False: one of them is known, so this click has been seen."""
        try:
            with self._db:  # commits, and rolls back when that fails too: on a full disk, say
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(_SAVE, [_row(job) for job in jobs])
        except sqlite3.IntegrityError:
            return False
        return True

    def save(self, job: Job) -> bool:
        """Write a job's newest value; on disk when this returns. False: its task is another job's already."""
        try:
            self._db.execute(_SAVE + _UPDATE, _row(job))
        except sqlite3.IntegrityError:
            return False
        return True

    def job(self, job_id: str) -> Job | None:
        """Return one job."""
        return next(iter(self._read("WHERE id = ?", (job_id,))), None)

    def open_jobs(self) -> list[Job]:
        """Return the jobs that have not ended, the oldest first."""
        return self._read("WHERE ended IS NULL ORDER BY created", ())

    def page(self, visitor: str, before: float | None, limit: int) -> list[Job]:
        """Return at most `limit` of a visitor's jobs, the newest first, made before that time."""
        end = float("inf") if before is None else before
        order = "ORDER BY created DESC, id DESC LIMIT ?"
        return self._read(f"WHERE visitor = ? AND created < ? {order}", (visitor, end, limit))

    def completed(self, limit: int) -> list[Job]:
        """Return the latest finished jobs of everybody, the oldest first."""
        return self._read("WHERE state = 'completed' ORDER BY created DESC LIMIT ?", (limit,))[::-1]

    def claimed(self, backend: str, task_ids: Iterable[str]) -> frozenset[str]:
        """Return those of the tasks that some job has."""
        found = (
            self._db.execute("SELECT task_id FROM jobs WHERE backend = ? AND task_id = ?", (backend, task)).fetchone()
            for task in task_ids
        )
        return frozenset(row[0] for row in found if row)

    def in_doubt(self, backend: str, model: str) -> list[Job]:
        """Return the jobs whose POST may have made a task that has no id here."""
        where = "WHERE backend = ? AND model = ? AND task_id IS NULL AND state IN ('waiting', 'unknown')"
        return [job for job in self._read(where, (backend, model)) if job.sent]

    def incoming(self) -> Path:
        """Return a new name for a picture that is being fetched."""
        return self._incoming / secrets.token_hex(16)

    def keep(self, fetched: Path, *, nsfw: bool) -> Picture:
        """Check a fetched picture and make it last, bytes as they are. Raises PictureTrouble, OSError."""
        facts = inspect(fetched)
        name = secrets.token_hex(16) + facts.suffix
        with fetched.open("rb+") as file:
            os.fsync(file.fileno())
        fetched.replace(self._pictures / name)
        return Picture(name, facts.width, facts.height, facts.format, facts.size, nsfw)

    def picture(self, name: str) -> Path | None:
        """Return the file of a picture by its unguessable name."""
        path = self._pictures / name
        return path if PICTURE_NAME.fullmatch(name) and path.is_file() else None

    def _read(self, where: str, values: tuple[object, ...]) -> list[Job]:
        rows = self._db.execute(f"SELECT record FROM jobs {where}", values).fetchall()
        return [job for row in rows if (job := _job(row[0]))]

    def _sweep(self) -> None:
        """Throw away what a killed process left half fetched; it is fetched again."""
        for leftover in self._incoming.iterdir():
            leftover.unlink(missing_ok=True)


def _job(record: str) -> Job | None:
    """Return a row's job; None for one that this version of the app cannot read, which takes no other down."""
    try:
        return from_record(json.loads(record))
    except (KeyError, TypeError, ValueError, InvalidRequest):
        _log.exception("a job on disk cannot be read")
        return None


def _row(job: Job) -> tuple[object, ...]:
    record = json.dumps(to_record(job), ensure_ascii=True)
    return (
        job.id,
        job.visitor,
        job.created,
        job.ended,
        job.state.value,
        job.backend,
        job.model,
        job.task_id,
        record,
    )


def _only_one(path: Path) -> sqlite3.Connection:
    """Hold the folder for this process: SQLite's own lock ends with the process, however it ends, on any system."""
    lock = sqlite3.connect(path, timeout=0, check_same_thread=False, isolation_level=None)
    try:
        lock.execute("PRAGMA journal_mode = MEMORY")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise SetupError(
            f"Another playground is running on the data folder {path.parent}.",
            "Stop it, or set PLAYGROUND_DATA_DIR to another folder.",
        ) from error
    return lock
