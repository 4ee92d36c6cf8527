"""Cleanup: deletes tasks and files older than seven days, and files that a killed process left behind."""

from __future__ import annotations

from collections.abc import Callable

from components.server.tasks.database import TaskDatabase
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.queue import TaskQueue

RETENTION_MS = 7 * 24 * 60 * 60 * 1000


class Cleanup:
    """Blocking; `delete_old` may run at any time, `remove_unknown_files` only before the worker and requests."""

    def __init__(self, tasks: TaskQueue, records: TaskDatabase, files: ImageFiles, now: Callable[[], int]) -> None:
        """`now` gives milliseconds of Unix time."""
        self._tasks, self._records, self._files, self._now = tasks, records, files, now

    def remove_unknown_files(self) -> None:
        """Delete what is old, and the files that no record names."""
        self.delete_old()
        self._files.remove_unknown(self._records.outputs(), self._records.uploads())

    def delete_old(self) -> None:
        oldest = self._now() - RETENTION_MS
        self._tasks.delete(self._records.tasks_before(oldest))
        for name in self._records.delete_uploads_before(oldest):
            self._files.delete(self._files.upload(name))
