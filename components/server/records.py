"""Tasks and uploads in SQLite, so that they outlive the process. Every method blocks; any thread may call."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from components.errors import SetupError
from components.server.fields import MODEL

log = logging.getLogger(__name__)

VERSION = 1
LOCK_PATIENCE = 10.0
"""Seconds to wait for an earlier server on the same folder to end."""

TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, model TEXT NOT NULL, input TEXT NOT NULL,
    created_ms INTEGER NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL,
    note TEXT NOT NULL, output TEXT NOT NULL, nsfw INTEGER NOT NULL, inference_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS uploads (
    name TEXT PRIMARY KEY, media_type TEXT NOT NULL, created_ms INTEGER NOT NULL, owner TEXT NOT NULL,
    ticket TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS uploads_by_owner ON uploads (owner);
CREATE INDEX IF NOT EXISTS uploads_by_ticket ON uploads (ticket);
PRAGMA user_version = {VERSION};
COMMIT;
"""
TASK = "id, model, input, created_ms, status, attempts, error, note, output, nsfw, inference_ms"
UPLOAD = "name, media_type, created_ms, owner, ticket, size"


class Status(Enum):
    """The wire's words."""

    CREATED = "created"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: with an output, or else with an error."""

    output: str = ""
    """The file's name on the shelf."""
    nsfw: bool = False
    note: str = ""
    error: str = ""
    inference_ms: int = 0

    @property
    def status(self) -> Status:
        return Status.FAILED if self.error else Status.COMPLETED


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task as it is written down."""

    id: str
    input: Mapping[str, object]
    """The checked body; its pictures are names of uploads, its seed is drawn."""
    created_ms: int
    """Milliseconds of Unix time."""
    model: str = MODEL
    status: Status = Status.CREATED
    attempts: int = 0
    """How often it was begun without the server ending in good order."""
    outcome: Outcome = Outcome()


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """A picture that was handed in, or a ticket to hand one in."""

    name: str
    created_ms: int
    media_type: str = ""
    """Found in the content; empty while the content has not come."""
    owner: str = ""
    """The task that it came in with; empty for an upload of its own."""
    ticket: str = ""
    """Who knows it may send the content, once."""
    size: int = 0
    """Bytes the ticket was made for."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tasks to list; None lets all pass. Times are inclusive, in milliseconds of Unix time."""

    model: str | None = None
    status: str | None = None
    after_ms: int | None = None
    before_ms: int | None = None


class Records:
    """Owns the database file, alone: a second server on the same folder is refused."""

    def __init__(self, path: Path, patience: float = LOCK_PATIENCE) -> None:
        """Raise SetupError when another server keeps the file for `patience` seconds."""
        self._lock = threading.Lock()
        self._connection = _open(path, patience)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    # Tasks

    def add_task(self, task: TaskRecord) -> None:
        body = json.dumps(task.input)
        values = (task.id, task.model, body, task.created_ms, task.status.value)
        self._run(
            "INSERT INTO tasks (id, model, input, created_ms, status, attempts, error, note, output, nsfw,"
            " inference_ms) VALUES (?, ?, ?, ?, ?, 0, '', '', '', 0, 0)",
            *values,
        )

    def task(self, task_id: str) -> TaskRecord | None:
        rows = self._run(f"SELECT {TASK} FROM tasks WHERE id = ?", task_id)
        return _task(rows[0]) if rows else None

    def unfinished(self) -> list[TaskRecord]:
        """In the order of their submission."""
        rows = self._run(f"SELECT {TASK} FROM tasks WHERE status IN ('created', 'processing') ORDER BY seq")
        return [_task(row) for row in rows]

    def begin(self, task_id: str) -> None:
        self._run("UPDATE tasks SET status = 'processing', attempts = attempts + 1 WHERE id = ?", task_id)

    def put_back(self, task_id: str, *, in_good_order: bool) -> None:
        """Let an unfinished task wait again; one that was stopped in good order has lost no attempt."""
        self._run(
            "UPDATE tasks SET status = 'created', attempts = attempts - ? WHERE id = ?",
            int(in_good_order),
            task_id,
        )

    def finish(self, task_id: str, end: Outcome) -> bool:
        """False when the task was deleted meanwhile."""
        return self._change(
            "UPDATE tasks SET status = ?, output = ?, nsfw = ?, note = ?, error = ?, inference_ms = ? WHERE id = ?",
            (end.status.value, end.output, end.nsfw, end.note, end.error, end.inference_ms, task_id),
        )

    def delete_task(self, task_id: str) -> bool:
        return self._change("DELETE FROM tasks WHERE id = ?", (task_id,))

    def list_tasks(self, which: Filter, offset: int, limit: int) -> tuple[list[TaskRecord], int]:
        """One page of tasks, newest first, and how many there are in all."""
        where, values = _where(which)
        rows = self._run(
            f"SELECT {TASK} FROM tasks{where} ORDER BY created_ms DESC, seq DESC LIMIT ? OFFSET ?",
            *values,
            limit,
            offset,
        )
        total = self._run(f"SELECT count(*) FROM tasks{where}", *values)[0][0]
        return [_task(row) for row in rows], total

    def tasks_before(self, created_ms: int) -> list[str]:
        return [row[0] for row in self._run("SELECT id FROM tasks WHERE created_ms < ?", created_ms)]

    def outputs(self) -> set[str]:
        return {row[0] for row in self._run("SELECT output FROM tasks WHERE output != ''")}

    def output_named(self, name: str) -> str | None:
        """The output of that name, as it is written here; None when there is none."""
        task = self.task(name.partition("-")[0])
        return task.outcome.output if task is not None and task.outcome.output == name else None

    # Uploads

    def add_upload(self, upload: UploadRecord) -> None:
        self._run(
            f"INSERT INTO uploads ({UPLOAD}) VALUES (?, ?, ?, ?, ?, ?)",
            *(upload.name, upload.media_type, upload.created_ms, upload.owner, upload.ticket, upload.size),
        )

    def upload(self, name: str) -> UploadRecord | None:
        return self._upload("name", name)

    def upload_by_ticket(self, ticket: str) -> UploadRecord | None:
        return self._upload("ticket", ticket) if ticket else None

    def fill_upload(self, name: str, media_type: str) -> bool:
        """Note the content of a ticket, which is used up; False when it was already."""
        return self._change(
            "UPDATE uploads SET media_type = ?, ticket = '' WHERE name = ? AND ticket != ''",
            (media_type, name),
        )

    def delete_uploads_of(self, task_id: str) -> list[str]:
        """Forget the pictures that came in with a task; their names."""
        return self._delete_uploads("owner = ?", task_id)

    def delete_uploads_before(self, created_ms: int) -> list[str]:
        return self._delete_uploads("created_ms < ?", created_ms)

    def uploads(self) -> set[str]:
        return {row[0] for row in self._run("SELECT name FROM uploads")}

    def _upload(self, column: str, value: str) -> UploadRecord | None:
        rows = self._run(f"SELECT {UPLOAD} FROM uploads WHERE {column} = ?", value)
        if not rows:
            return None
        name, media_type, created_ms, owner, ticket, size = rows[0]
        return UploadRecord(name, created_ms, media_type, owner, ticket, size)

    def _delete_uploads(self, where: str, value: str | int) -> list[str]:
        names = [row[0] for row in self._run(f"SELECT name FROM uploads WHERE {where}", value)]
        for name in names:
            self._run("DELETE FROM uploads WHERE name = ?", name)
        return names

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def _change(self, statement: str, values: tuple[object, ...]) -> bool:
        with self._lock:
            return self._connection.execute(statement, values).rowcount == 1


def _task(row: tuple[Any, ...]) -> TaskRecord:
    task_id, model, body, created_ms, status, attempts, error, note, output, nsfw, inference_ms = row
    end = Outcome(output, bool(nsfw), note, error, inference_ms)
    return TaskRecord(task_id, json.loads(body), created_ms, model, Status(status), attempts, end)


def _where(which: Filter) -> tuple[str, tuple[object, ...]]:
    conditions = {
        "model = ?": which.model,
        "status = ?": which.status,
        "created_ms >= ?": which.after_ms,
        "created_ms <= ?": which.before_ms,
    }
    used = {text: value for text, value in conditions.items() if value is not None}
    return (" WHERE " + " AND ".join(used) if used else ""), tuple(used.values())


def _open(path: Path, patience: float) -> sqlite3.Connection:
    """Wait for the lock; set a file aside that is no database, or not one of this version."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return _connect(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise SetupError(f"The server's records could not be opened ({error}).") from error
            if time.monotonic() > deadline:
                raise SetupError("Another server is already using this folder.") from error
            time.sleep(0.05)
        except sqlite3.DatabaseError:
            _set_aside(path, (path, path.with_name(path.name + "-wal")))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.1, isolation_level=None, check_same_thread=False)
    try:
        # EXCLUSIVE holds the file until it is closed, however the process ends.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION):
            raise sqlite3.DatabaseError("another version")
        connection.executescript(TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_aside(path: Path, files: Iterable[Path]) -> None:
    suffix = f".bad-{time.time_ns() // 1_000_000}"
    log.warning("%s cannot be read; it is set aside as %s", path, path.name + suffix)
    for file in files:
        if file.exists():
            file.rename(file.with_name(file.name + suffix))
