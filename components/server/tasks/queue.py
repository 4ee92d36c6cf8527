"""Task queue: waiting, running and cancelled tasks; visitors take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from components.domain.fair_queue import FairQueue
from components.messages.message import Message
from components.server.errors import busy
from components.server.tasks.database import TaskDatabase, TaskRecord
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.outcome import Status

MAX_WAITING = 200
MAX_ATTEMPTS = 3
"""A task during which the server died this often is not started again."""
RETRY_AFTER = 5
"""Seconds."""


@dataclass(slots=True)
class RunningTask:
    """In-memory state of a task that has not ended."""

    id: str
    halt: threading.Event = field(default_factory=threading.Event)
    """Set when the engine is to stop at its next step."""
    settled: Future[None] = field(default_factory=Future[None])
    """Done when the task ended, was deleted, or the server stops."""
    progress: tuple[int, int] | None = None
    """(steps done, steps in all) while it runs."""
    preview: bytes = b""
    """Latest small JPEG; stored nowhere else."""
    stage: Message | None = None
    """What is done before the first step; None: nothing."""
    visitor_token: str = field(default="", repr=False)
    """As in EngineRequest; stored nowhere else."""


@dataclass(frozen=True, slots=True)
class TaskView:
    """Snapshot of a task."""

    record: TaskRecord
    position: int | None = None
    """Number of tasks that start before it while it waits, if nothing else arrives."""
    progress: tuple[int, int] | None = None
    preview: bytes = b""
    stage: Message | None = None


class TaskQueue:
    """Tasks: all in the database, the unfinished ones also in memory. Any thread may call."""

    def __init__(
        self, records: TaskDatabase, files: ImageFiles, max_waiting: int = MAX_WAITING, lanes: int = 1
    ) -> None:
        """`lanes`: number of tasks that run at once."""
        self._records, self._files, self._max_waiting, self._lanes = records, files, max_waiting, lanes
        self._changed = threading.Condition()
        self._order = FairQueue(lanes)
        self._live: dict[str, RunningTask] = {}
        self._stopping = False
        self._preparing: Message | None = None
        for task in records.unfinished():
            self._resume(task)

    def check_room(self) -> None:
        """Raise Refused when the queue is full."""
        with self._changed:
            is_full = self._order.waiting_count >= self._max_waiting
        if is_full:
            raise busy(RETRY_AFTER)

    def add(self, task: TaskRecord, visitor_token: str = "") -> None:
        """Store a task and queue it. Raise Refused when the queue is full."""
        with self._changed:
            self.check_room()
            self._records.add_task(task)
            self._enqueue(task, visitor_token)

    def view(self, task_id: str) -> TaskView | None:
        record = self._records.task(task_id)
        return None if record is None else self.view_of(record)

    def view_of(self, record: TaskRecord) -> TaskView:
        """Return a stored task with its position or progress."""
        with self._changed:
            live = self._live.get(record.id)
            position = self._order.position(record.id) if record.status is Status.CREATED else None
        if live is None or record.status is not Status.PROCESSING:
            is_next = position is not None and position < self._lanes
            return TaskView(record, position, stage=self._preparing if is_next else None)
        return TaskView(record, position, live.progress, live.preview, live.stage)

    def settled(self, task_id: str) -> Future[None] | None:
        """Return the future of a task's end; None when it has ended."""
        live = self._live.get(task_id)
        return None if live is None else live.settled

    def delete(self, task_ids: Iterable[str]) -> int:
        """Stop and delete tasks with their files. Return their number."""
        return sum(self._delete(task_id) for task_id in dict.fromkeys(task_ids))

    def prepare(self, stage: Message | None) -> None:
        """Set what the engine does before the first tasks; None: it is ready."""
        self._preparing = stage

    def take(self) -> RunningTask | None:
        """Return the next task, for a worker thread; wait for one. None: the server stops."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._order.waiting_count)
            task_id = self._order.next_start()
            if self._stopping or task_id is None:
                return None
            self._order.start(task_id)
            return self._live[task_id]

    def release(self, live: RunningTask) -> None:
        """Drop the in-memory state of a task after its run, however that ended."""
        with self._changed:
            self._live.pop(live.id, None)
            self._order.remove(live.id)
            _settle(live)

    def stop(self) -> None:
        """Cancel the running tasks and wake all waiting requests; unfinished tasks stay in the database."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            for live in self._live.values():
                live.halt.set()
                _settle(live)

    def _resume(self, task: TaskRecord) -> None:
        if task.status is Status.PROCESSING:
            self._records.requeue(task.id, in_good_order=False)
        self._enqueue(task)

    def _enqueue(self, task: TaskRecord, visitor_token: str = "") -> None:
        with self._changed:
            self._live[task.id] = RunningTask(task.id, visitor_token=visitor_token)
            self._order.add(task.id, task.visitor or "")
            self._changed.notify()

    def _delete(self, task_id: str) -> bool:
        with self._changed:
            record = self._records.task(task_id)
            deleted = self._records.delete_task(task_id)
            if deleted and self._order.is_waiting(task_id):
                self._order.remove(task_id)
                _settle(self._live.pop(task_id))
            elif deleted and task_id in self._live:
                self._live[task_id].halt.set()
        if record is not None:
            self._remove_files(record)
        return deleted

    def _remove_files(self, record: TaskRecord) -> None:
        if record.outcome.output:
            self._files.delete(self._files.output(record.outcome.output))
        for name in self._records.delete_uploads_of(record.id):
            self._files.delete(self._files.upload(name))


def _settle(live: RunningTask) -> None:
    if not live.settled.done():
        live.settled.set_result(None)
