"""Task database: tasks and uploads in SQLite. Every method blocks; any thread may call."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.server.tasks.database_file import open_database
from components.server.tasks.fields import MODEL
from components.server.tasks.outcome import (
    NO_OUTCOME,
    Outcome,
    Status,
    messages_of,
    messages_of_texts,
    messages_record,
    texts_of,
)

LOCK_SECONDS = 10.0
"""Seconds to wait for an earlier server on the same folder to end."""
TASK = "id, model, input, created_ms, status, attempts, error, note, output, nsfw, inference_ms, messages, visitor"
UPLOAD = "name, media_type, created_ms, owner, ticket, size"


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """Task as stored."""

    id: str
    input: Mapping[str, object]
    """The checked body, with names of uploads for its images and a drawn seed."""
    created_ms: int
    """Milliseconds of Unix time."""
    model: str = MODEL
    status: Status = Status.CREATED
    attempts: int = 0
    """Starts of the task, without those that ended in an orderly stop of the server."""
    outcome: Outcome = NO_OUTCOME
    visitor: str | None = None
    """Mark of the visitor whose task it is, see `http/predictions.py`; None: the caller names none."""


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """An uploaded image, or the ticket for one."""

    name: str
    created_ms: int
    media_type: str = ""
    """Detected from the content; empty until it is uploaded."""
    owner: str = ""
    """Id of the task whose body contained it; empty for a separate upload."""
    ticket: str = ""
    """Secret that allows one upload of the content."""
    size: int = 0
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Filter of the task list; None: any value. Times are inclusive, in milliseconds of Unix time."""

    model: str | None = None
    status: str | None = None
    after_ms: int | None = None
    before_ms: int | None = None


class TaskDatabase:
    """Database file, locked: a second server on the same folder is refused."""

    def __init__(self, path: Path, lock_timeout: float = LOCK_SECONDS) -> None:
        """Open or create the file; of one of a newer version a copy in memory, and the file is never written.

        Raises SetupError when another server has it locked for `lock_timeout` seconds, or it cannot be brought to this
        version.
        """
        self._lock = threading.Lock()
        self._connection, self.is_from_newer_version = open_database(path, lock_timeout)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    # Tasks

    def add_task(self, task: TaskRecord) -> None:
        body = json.dumps(task.input)
        values = (task.id, task.model, body, task.created_ms, task.status.value, task.visitor)
        self._run(
            "INSERT INTO tasks (id, model, input, created_ms, status, attempts, error, note, output, nsfw,"
            " inference_ms, visitor) VALUES (?, ?, ?, ?, ?, 0, '', '', '', 0, 0, ?)",
            *values,
        )

    def task(self, task_id: str) -> TaskRecord | None:
        rows = self._run(f"SELECT {TASK} FROM tasks WHERE id = ?", task_id)
        return _task(rows[0]) if rows else None

    def unfinished(self) -> list[TaskRecord]:
        """Return the unfinished tasks in the order of their submission."""
        rows = self._run(f"SELECT {TASK} FROM tasks WHERE status IN ('created', 'processing') ORDER BY seq")
        return [_task(row) for row in rows]

    def begin(self, task_id: str) -> None:
        self._run("UPDATE tasks SET status = 'processing', attempts = attempts + 1 WHERE id = ?", task_id)

    def requeue(self, task_id: str, *, in_good_order: bool) -> None:
        """Queue an unfinished task again; an orderly stop does not count as an attempt."""
        self._run(
            "UPDATE tasks SET status = 'created', attempts = attempts - ? WHERE id = ?",
            int(in_good_order),
            task_id,
        )

    def finish(self, task_id: str, end: Outcome) -> bool:
        """Store the end of a task. Return False when it was deleted meanwhile."""
        return self._change(
            "UPDATE tasks SET status = ?, output = ?, nsfw = ?, messages = ?, error = ?, note = ?, inference_ms = ?"
            " WHERE id = ?",
            (end.status.value, end.output, end.nsfw, messages_record(end), *texts_of(end), end.inference_ms, task_id),
        )

    def delete_task(self, task_id: str) -> bool:
        return self._change("DELETE FROM tasks WHERE id = ?", (task_id,))

    def list_tasks(self, which: Filter, offset: int, limit: int) -> tuple[list[TaskRecord], int]:
        """Return one page of tasks, newest first, and the total number."""
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
        """Return the stored name of an output; None: there is none of this name."""
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
        """Store the content's type and use the ticket up. Return False when it was used before."""
        return self._change(
            "UPDATE uploads SET media_type = ?, ticket = '' WHERE name = ? AND ticket != ''",
            (media_type, name),
        )

    def delete_uploads_of(self, task_id: str) -> list[str]:
        """Delete the uploads of a task's body. Return their names."""
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
    task_id, model, body, created_ms, status, attempts, error, note, output, nsfw, inference_ms, stored, visitor = row
    error, notes = messages_of(stored) if stored else messages_of_texts(error, note)
    end = Outcome(output, bool(nsfw), notes, error, inference_ms)
    return TaskRecord(task_id, json.loads(body), created_ms, model, Status(status), attempts, end, visitor)


def _where(which: Filter) -> tuple[str, tuple[object, ...]]:
    conditions = {
        "model = ?": which.model,
        "status = ?": which.status,
        "created_ms >= ?": which.after_ms,
        "created_ms <= ?": which.before_ms,
    }
    used = {text: value for text, value in conditions.items() if value is not None}
    return (" WHERE " + " AND ".join(used) if used else ""), tuple(used.values())
