"""The line of tasks: who waits, who is painted, who is stopped."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from components.server.records import Records, Status, TaskRecord
from components.server.refusals import busy
from components.server.shelf import Shelf

MAX_WAITING = 200
MAX_ATTEMPTS = 3
"""A task during which the server died so often is not begun again."""
RETRY_AFTER = 5
"""Seconds."""


@dataclass(slots=True)
class Live:
    """A task that has not ended, as this process holds it."""

    id: str
    halt: threading.Event = field(default_factory=threading.Event)
    """Set when the painting is to stop at its next step."""
    settled: Future[None] = field(default_factory=Future[None])
    """Done when the task ended, was deleted, or the server stops."""
    progress: tuple[int, int] | None = None
    """(steps done, steps in all) while it is painted."""
    preview: bytes = b""
    """The newest small JPEG of it; kept nowhere else."""
    stage: str = ""
    """What is done before the first step."""


@dataclass(frozen=True, slots=True)
class Look:
    """One observation of a task."""

    record: TaskRecord
    position: int | None = None
    """0-based place in line while it waits."""
    progress: tuple[int, int] | None = None
    preview: bytes = b""
    stage: str = ""


class Tasks:
    """All tasks: every one in the records, those unfinished also here. Any thread may call."""

    def __init__(self, records: Records, shelf: Shelf, max_waiting: int = MAX_WAITING) -> None:
        self._records, self._shelf, self._max_waiting = records, shelf, max_waiting
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._live: dict[str, Live] = {}
        self._stopping = False
        self._preparing = ""
        for task in records.unfinished():
            self._resume(task)

    def check_room(self) -> None:
        """Raise Refused when the line is full."""
        if len(self._waiting) >= self._max_waiting:
            raise busy(RETRY_AFTER)

    def add(self, task: TaskRecord) -> None:
        """Write the task down and put it in line. Raise Refused when the line is full."""
        with self._changed:
            self.check_room()
            self._records.add_task(task)
            self._line_up(task.id)

    def look(self, task_id: str) -> Look | None:
        record = self._records.task(task_id)
        return None if record is None else self.look_at(record)

    def look_at(self, record: TaskRecord) -> Look:
        """Join what is written down with what is happening now."""
        with self._changed:
            live = self._live.get(record.id)
            waits = record.status is Status.CREATED and record.id in self._waiting
            position = self._waiting.index(record.id) if waits else None
        if live is None or record.status is not Status.PROCESSING:
            return Look(record, position, stage=self._preparing if position == 0 else "")
        return Look(record, position, live.progress, live.preview, live.stage)

    def settled(self, task_id: str) -> Future[None] | None:
        """What to wait for; None when there is nothing left to wait for."""
        live = self._live.get(task_id)
        return None if live is None else live.settled

    def delete(self, task_ids: Iterable[str]) -> int:
        """Stop and forget tasks, with their files; how many there were."""
        return sum(self._delete(task_id) for task_id in dict.fromkeys(task_ids))

    def prepare(self, stage: str) -> None:
        """Say what is done before the first in line can be painted; empty: nothing any more."""
        self._preparing = stage

    def take(self) -> Live | None:
        """Wait for the next in line; None when the server stops. For the worker."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._waiting)
            if self._stopping:
                return None
            return self._live[self._waiting.popleft()]

    def release(self, live: Live) -> None:
        """Let go of a task that was taken, whatever became of it."""
        with self._changed:
            self._live.pop(live.id, None)
            _settle(live)

    def stop(self) -> None:
        """Halt what is painted and wake all who wait; unfinished tasks stay in the records."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            for live in self._live.values():
                live.halt.set()
                _settle(live)

    def _resume(self, task: TaskRecord) -> None:
        if task.status is Status.PROCESSING:
            self._records.put_back(task.id, in_good_order=False)
        self._line_up(task.id)

    def _line_up(self, task_id: str) -> None:
        with self._changed:
            self._live[task_id] = Live(task_id)
            self._waiting.append(task_id)
            self._changed.notify_all()

    def _delete(self, task_id: str) -> bool:
        with self._changed:
            record = self._records.task(task_id)
            deleted = self._records.delete_task(task_id)
            if deleted and task_id in self._waiting:
                self._waiting.remove(task_id)
                _settle(self._live.pop(task_id))
            elif deleted and task_id in self._live:
                self._live[task_id].halt.set()
        if record is not None:
            self._remove_files(record)
        return deleted

    def _remove_files(self, record: TaskRecord) -> None:
        if record.outcome.output:
            self._shelf.output(record.outcome.output).unlink(missing_ok=True)
        for name in self._records.delete_uploads_of(record.id):
            self._shelf.upload(name).unlink(missing_ok=True)


def _settle(live: Live) -> None:
    if not live.settled.done():
        live.settled.set_result(None)
