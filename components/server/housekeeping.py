"""Deletes what is older than seven days, and what a killed process left behind."""

from __future__ import annotations

from collections.abc import Callable

from components.server.records import Records
from components.server.shelf import Shelf
from components.server.tasks import Tasks

KEPT_MS = 7 * 24 * 60 * 60 * 1000


class Housekeeping:
    """Blocking; `sweep` may run beside everything else, `tidy` only before anything else runs."""

    def __init__(self, tasks: Tasks, records: Records, shelf: Shelf, now: Callable[[], int]) -> None:
        """`now` gives milliseconds of Unix time."""
        self._tasks, self._records, self._shelf, self._now = tasks, records, shelf, now

    def tidy(self) -> None:
        """Also remove files that no record knows."""
        self.sweep()
        self._shelf.remove_strangers(self._records.outputs(), self._records.uploads())

    def sweep(self) -> None:
        oldest = self._now() - KEPT_MS
        self._tasks.delete(self._records.tasks_before(oldest))
        for name in self._records.delete_uploads_before(oldest):
            self._shelf.upload(name).unlink(missing_ok=True)
