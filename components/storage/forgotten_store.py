"""Forgotten store: tasks that no stored job has, and the times in which they are looked for. Every call blocks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from components.domain.forgotten_task import ForgottenTask, LostTime, lost_times
from components.domain.job import Job
from components.storage import forgotten_table, jobs_table
from components.storage.data_folder import DataFolder


class ForgottenStore(DataFolder):
    """Forgotten tasks of one data folder."""

    def note_lost_times(self, now: float) -> None:
        """Note of which times the folder may have lost records; for the start, before anything else is written."""
        latest = float(self._db.read(forgotten_table.LATEST, (now,))[0][0])
        times = [(time.since, time.until) for time in lost_times(latest, self.sign_of_life, now)]
        self._db.write(lambda db: db.executemany(forgotten_table.ADD_TIME, times))

    def unsearched_times(self, after: float) -> list[LostTime]:
        """Return the times that ended after a moment and have not been searched through, the earliest first."""
        return [LostTime(*row) for row in self._db.read(forgotten_table.UNSEARCHED, (after,))]

    def reserved_submits(self, backend: str) -> list[Job]:
        """Return the jobs of the host's key that may have a task that is not known, and whose cost is reserved."""
        jobs = jobs_table.read(self._db.read(forgotten_table.RESERVED_SUBMITS, (backend,)))
        return [job for job in jobs if job.sent and not job.key]

    def record_search(
        self, tasks: Sequence[ForgottenTask], others: Iterable[tuple[str, str]], searched: Iterable[LostTime]
    ) -> None:
        """Count forgotten tasks, and no more the `others`, as (backend, id).

        `searched`: the times of which nothing more is to be found.
        """

        def write(db: sqlite3.Connection) -> None:
            for backend, task_id in others:
                forgotten_table.drop(db, backend, task_id)
            forgotten_table.record(db, tasks)
            for time in searched:
                forgotten_table.mark_searched(db, time)

        self._db.write(write)

    def forgotten_tasks(self, since: float) -> list[ForgottenTask]:
        """Return the forgotten tasks that were made after a time, the newest first."""
        return [ForgottenTask(*row) for row in self._db.read(forgotten_table.SINCE, (since,))]
