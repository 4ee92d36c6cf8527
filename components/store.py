"""Jobs and what they cost in SQLite, pictures beside it. Every call blocks: the ledger makes them in a thread."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from components import job_rows, search, spendings
from components.database import Database
from components.fence import DAY, MONTH, Admission, Spent
from components.folder_lock import only_one
from components.generation import SourceImage
from components.job import Job, Picture
from components.search import Choices, Search
from components.shelf import Shelf
from components.spendings import Spending

_OTHER_TABLES = """
CREATE TABLE IF NOT EXISTS sources (
    name TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    digest TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_source_a_content ON sources (visitor, digest);
CREATE TABLE IF NOT EXISTS uploads (
    account TEXT NOT NULL,
    digest TEXT NOT NULL,
    link TEXT NOT NULL,
    made REAL NOT NULL,
    PRIMARY KEY (account, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS sweeps (
    visitor TEXT NOT NULL,
    made REAL NOT NULL,
    pictures INTEGER NOT NULL,
    PRIMARY KEY (visitor, made)
) STRICT;
"""
_TABLES = job_rows.TABLE + spendings.TABLES + search.TABLE + _OTHER_TABLES
_RENEW = "UPDATE sources SET created = ? WHERE name = ?"
_DROP = (
    "DELETE FROM sources WHERE created < ? AND name NOT IN ("
    "SELECT json_extract(record, '$.request.image.name') FROM jobs WHERE record ->> '$.request.image' IS NOT NULL"
    " UNION SELECT json_extract(record, '$.request.mask.name') FROM jobs WHERE record ->> '$.request.mask' IS NOT NULL"
    ") RETURNING name"
)


@dataclass(frozen=True, slots=True)
class Swept:
    """What the host's limits took from a visitor in the last 30 days."""

    pictures: int
    last: float
    """Unix seconds; 0 when there was none."""


class Store:
    """One data folder, open in one process at a time. Where it cannot be written, memory takes its place."""

    def __init__(self, folder: Path) -> None:
        """Open or make the folder. Raises SetupError when another app has it open."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = only_one(folder / "playground.lock")
        except OSError:
            self._lock = None
        self._db = Database(folder / "playground.sqlite3" if self._lock else None, _TABLES)
        self._shelf = Shelf(folder)
        self._index_the_old()

    def close(self) -> None:
        """Give the folder back."""
        self._db.close()
        if self._lock:
            self._lock.close()

    @property
    def is_on_disk(self) -> bool:
        """Tell whether what is written now outlives the process."""
        return self._db.is_on_disk

    @property
    def was_set_aside(self) -> bool:
        """Tell whether an unreadable history was put aside when the folder was opened."""
        return self._db.was_set_aside

    def intend(self, jobs: Sequence[Job]) -> bool:
        """Write down new jobs, all or none. False: one of them is known, so this click has been seen."""

        def write(db: sqlite3.Connection) -> None:
            for job in jobs:
                db.execute(job_rows.INSERT, job_rows.row(job))
                search.index(db, job)

        try:
            self._db.write(write)
        except sqlite3.IntegrityError:
            return False
        return True

    def reserve(self, jobs: Sequence[Job], admission: Admission, now: float) -> None:
        """Reserve the host's money for jobs, all or none, in the transaction that counts what was spent.

        Jobs that have their reservation from before a restart keep it, unless the host pays for nothing now. Raises
        NotAllowed.
        """
        self._db.write(lambda db: spendings.reserve(db, jobs, admission, now))

    def save(self, job: Job) -> bool:
        """Write a job's newest value and settle its cost; on disk when this returns. False: its task is another's."""

        def write(db: sqlite3.Connection) -> None:
            db.execute(job_rows.INSERT + job_rows.UPDATE, job_rows.row(job))
            search.index(db, job)
            if not job.key:
                spendings.settle(db, job)

        try:
            self._db.write(write)
        except sqlite3.IntegrityError:
            return False
        return True

    def move(self, visitor: str, to: str) -> list[str]:
        """Hand all jobs of one visitor to another; return their ids."""

        def write(db: sqlite3.Connection) -> list[str]:
            moved = db.execute("SELECT id FROM jobs WHERE visitor = ?", (visitor,)).fetchall()
            change = "UPDATE jobs SET visitor = ?, record = json_set(record, '$.visitor', ?) WHERE visitor = ?"
            db.execute(change, (to, to, visitor))
            for table in ("sources", "sweeps"):
                db.execute(f"UPDATE OR IGNORE {table} SET visitor = ? WHERE visitor = ?", (to, visitor))
            return [row[0] for row in moved]

        return self._db.write(write)

    def count(self, visitor: str) -> int:
        """Return how many jobs a visitor has."""
        return int(self._db.read("SELECT count(*) FROM jobs WHERE visitor = ?", (visitor,))[0][0])

    def delete(self, jobs: Iterable[Job]) -> None:
        """Delete words and pictures of jobs. Their clicks, tasks and costs stay known, so none counts anew."""
        gone = tuple(jobs)

        def write(db: sqlite3.Connection) -> None:
            for job in gone:
                db.execute(job_rows.DELETE, (job.id,))
                search.forget(db, job.id)

        self._db.write(write)
        for name in (name for job in gone for picture in job.pictures for name in (picture.name, picture.received)):
            if name:
                self._shelf.drop(name)

    def favour(self, visitor: str, job_id: str, *, is_favourite: bool) -> Job | None:
        """Mark a visitor's finished job as a favourite, or no more; None for another's, or what is not finished."""
        mine = "WHERE id = ? AND visitor = ? AND state = 'completed'"

        def write(db: sqlite3.Connection) -> Job | None:
            row = db.execute(f"SELECT record FROM jobs {mine}", (job_id, visitor)).fetchone()
            job = next(iter(job_rows.read([row])), None) if row else None
            if job is None:
                return None
            job = job.favoured(is_favourite=is_favourite)
            db.execute("UPDATE jobs SET record = ? WHERE id = ?", (job_rows.row(job)[-1], job.id))
            search.index(db, job)
            return job

        return self._db.write(write)

    def found(self, visitor: str, wanted: Search, limit: int) -> list[Job]:
        """Return at most `limit` of a visitor's finished jobs that a search finds, the newest first."""
        return job_rows.read(self._db.read(*search.query(visitor, wanted, limit)))

    def choices(self, visitor: str) -> Choices:
        """Return what a visitor's finished jobs can be told apart by."""
        return Choices.of((model, loras, count) for model, loras, count in self._db.read(search.CHOICES, (visitor,)))

    def expired(self, before: float, limit: int) -> list[Job]:
        """Return jobs that ended before that time and are no favourites, the oldest first, at most so many."""
        return job_rows.read(self._db.read(search.EXPIRED, (before, limit)))

    def first_to_go(self, limit: int) -> list[Job]:
        """Return finished jobs in the order in which room is made: the oldest first, favourites last."""
        return job_rows.read(self._db.read(search.FIRST_TO_GO, (limit,)))

    def size(self) -> int:
        """Return how many bytes the finished jobs' pictures take."""
        return int(self._db.read(search.SIZE)[0][0])

    def note_sweep(self, jobs: Iterable[Job], now: float) -> None:
        """Write down from whom the host's limits took how many pictures, and forget such notes after 30 days."""
        counts: Counter[str] = Counter()
        for job in jobs:
            counts[job.visitor] += len(job.pictures)
        rows = [(visitor, now, count) for visitor, count in counts.items() if count]

        def write(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM sweeps WHERE made < ?", (now - MONTH,))
            db.executemany("INSERT OR REPLACE INTO sweeps VALUES (?, ?, ?)", rows)

        self._db.write(write)

    def swept(self, visitor: str) -> Swept:
        """Return what the host's limits took from a visitor lately."""
        query = "SELECT coalesce(sum(pictures), 0), coalesce(max(made), 0) FROM sweeps WHERE visitor = ?"
        return Swept(*self._db.read(query, (visitor,))[0])

    def job(self, job_id: str) -> Job | None:
        """Return one job."""
        return next(iter(self._read("WHERE id = ?", (job_id,))), None)

    def jobs(self, job_ids: Iterable[str]) -> list[Job]:
        """Return those of the jobs that there are, in the order asked for."""
        asked = list(dict.fromkeys(job_ids))
        found = {job.id: job for job in self._read(f"WHERE id IN ({', '.join('?' * len(asked))})", tuple(asked))}
        return [found[name] for name in asked if name in found]

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
        query = "SELECT task_id FROM jobs WHERE backend = ? AND task_id = ?"
        return frozenset(row[0] for task in task_ids for row in self._db.read(query, (backend, task)))

    def in_doubt(self, job: Job) -> list[Job]:
        """Return the other jobs of its account and model whose POST may have made a task that has no id here."""
        where = "WHERE backend = ? AND model = ? AND task_id IS NULL AND state IN ('waiting', 'unknown')"
        likely = self._read(where, (job.backend, job.model))
        return [other for other in likely if other.sent and other.key == job.key and other.id != job.id]

    def spent(self, person: str, now: float) -> Spent:
        """Return what counts against the limits for a person."""
        return self._db.write(lambda db: spendings.spent(db, person, now, now))

    def spendings(self, now: float) -> list[Spending]:
        """Return what was spent on whom in the last 30 days, the most first."""
        return [Spending(*row) for row in self._db.read(spendings.BY_PERSON, (now - DAY, now - MONTH))]

    def switch(self, name: str, *, is_on: bool) -> None:
        """Turn one of the host's switches."""
        turn = "INSERT INTO switches VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on"
        self._db.write(lambda db: db.execute(turn, (name, int(is_on))))

    def landing(self) -> BinaryIO:
        """Return an empty file for a picture that is being fetched."""
        return self._shelf.landing()

    def clear(self, landing: BinaryIO) -> None:
        """Throw away what was not kept of a landing."""
        self._shelf.clear(landing)

    def keep(self, landing: BinaryIO, *, nsfw: bool) -> tuple[Picture, bool]:
        """Check a fetched picture and make it last: returns it, and whether it is on disk. Raises PictureTrouble."""
        return self._shelf.keep(landing, nsfw=nsfw)

    def picture(self, name: str) -> Path | bytes | None:
        """Return the file of a picture, or its bytes, by its unguessable name."""
        return self._shelf.find(name)

    def thumbnail(self, name: str) -> Path | bytes | None:
        """Return a small WebP copy of a picture by its name; None when none can be made."""
        return self._shelf.thumbnail(name)

    def keep_source(self, visitor: str, content: bytes, size: tuple[int, int], now: float) -> SourceImage:
        """Keep a visitor's own picture, a PNG file of that size in pixels; the same content is kept once."""
        digest = hashlib.sha256(content).hexdigest()
        if known := self._sources("visitor = ? AND digest = ?", (visitor, digest)):
            self._db.write(lambda db: db.execute(_RENEW, (now, known[0].name)))
            return known[0]
        source = SourceImage(self._shelf.put(content), digest, *size)
        row = (source.name, visitor, digest, source.width, source.height, now)
        self._db.write(lambda db: db.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)", row))
        return source

    def source(self, visitor: str, name: str) -> SourceImage | None:
        """Return a visitor's own picture by its name; None for one that is another's, or gone."""
        return next(iter(self._sources("visitor = ? AND name = ?", (visitor, name))), None)

    def content(self, name: str) -> bytes | None:
        """Return the bytes of a picture by its unguessable name."""
        return self._shelf.content(name)

    def drop_sources(self, before: float) -> int:
        """Delete the pictures that nobody used since that time and no job was made from; return how many."""
        gone = self._db.write(lambda db: db.execute(_DROP, (before,)).fetchall())
        for (name,) in gone:
            self._shelf.drop(name)
        return len(gone)

    def upload(self, account: str, digest: str, since: float) -> str | None:
        """Return where a content lies at the service, if this account sent it up since that time."""
        query = "SELECT link FROM uploads WHERE account = ? AND digest = ? AND made > ?"
        return next((str(row[0]) for row in self._db.read(query, (account, digest, since))), None)

    def remember_upload(self, account: str, digest: str, link: str, now: float) -> None:
        """Write down where a content lies at the service."""
        row = (account, digest, link, now)
        self._db.write(lambda db: db.execute("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?)", row))

    def forget_upload(self, account: str, digest: str) -> None:
        """The service has it no more."""
        which = (account, digest)
        self._db.write(lambda db: db.execute("DELETE FROM uploads WHERE account = ? AND digest = ?", which))

    def _sources(self, where: str, values: tuple[object, ...]) -> list[SourceImage]:
        rows = self._db.read(f"SELECT name, digest, width, height FROM sources WHERE {where}", values)
        return [SourceImage(*row) for row in rows]

    def _read(self, where: str, values: tuple[object, ...]) -> list[Job]:
        return job_rows.read(self._db.read(f"SELECT record FROM {job_rows.KEPT} {where}", values))

    def _index_the_old(self) -> None:
        """Make findable what was made before there was an index."""
        if missing := job_rows.read(self._db.read(search.NOT_INDEXED)):
            self._db.write(lambda db: [search.index(db, job) for job in missing])
