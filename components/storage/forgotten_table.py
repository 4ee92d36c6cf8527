"""Forgotten tables: tasks that no stored job has, and the times in which they are looked for.

Calls join the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from components.domain.forgotten_task import PAYER_NAME, ForgottenTask, LostTime
from components.domain.job import Job

TABLES = """
CREATE TABLE IF NOT EXISTS lost_times (
    since REAL NOT NULL,
    until REAL NOT NULL,
    is_searched INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (since, until)
) STRICT;
CREATE TABLE IF NOT EXISTS forgotten_tasks (
    task_id TEXT PRIMARY KEY,
    backend TEXT NOT NULL,
    made REAL NOT NULL,
    link TEXT NOT NULL
) STRICT;
"""
# What a task cost is in `spendings`, under its `spending_id`, and counts like a job's.
# Rows of lost_times stay once they are searched: each is also a record that an app was started at its end.
ADD_TIME = "INSERT OR IGNORE INTO lost_times (since, until) VALUES (?, ?)"
UNSEARCHED = "SELECT since, until FROM lost_times WHERE NOT is_searched AND until > ? ORDER BY since"
LATEST = (
    "SELECT coalesce(max(at), 0) FROM (SELECT created AS at FROM jobs UNION ALL SELECT ended FROM jobs"
    " UNION ALL SELECT until FROM lost_times) WHERE at <= ?"
)
SINCE = (
    "SELECT task_id, backend, forgotten_tasks.made, cost, link FROM forgotten_tasks"
    " JOIN spendings ON job_id = 'task ' || task_id WHERE forgotten_tasks.made > ? ORDER BY forgotten_tasks.made DESC"
)
UNBILLED = (
    "SELECT job_id, backend, task_id, coalesce(expected, cost), spendings.made, link <> '' FROM forgotten_tasks"
    " JOIN spendings ON job_id = 'task ' || task_id WHERE spendings.made > ? AND is_billed = 0"
)
RESERVED_SUBMITS = (
    "SELECT record FROM jobs JOIN spendings ON job_id = id"
    " WHERE backend = ? AND task_id IS NULL AND state IN ('waiting', 'unknown') AND cost > 0"
)
"""Jobs whose submit may have created a task that is not known; the cost of that task is reserved."""
_SEARCHED = "UPDATE lost_times SET is_searched = 1 WHERE (since, until) = (?, ?)"
_REOPEN = "UPDATE lost_times SET is_searched = 0 WHERE since <= ? AND until >= ?"
_UNCLAIMED = "WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE backend = :backend AND task_id = :task_id)"
_ADD = (
    "INSERT INTO forgotten_tasks (task_id, backend, made, link)"
    f" SELECT :task_id, :backend, :made, :link {_UNCLAIMED} ON CONFLICT (task_id) DO UPDATE SET link = excluded.link"
)
_COUNT = (
    "INSERT INTO spendings (job_id, person, made, cost)"
    f" SELECT :spending_id, :person, :made, :cost {_UNCLAIMED}"
    " ON CONFLICT (job_id) DO UPDATE SET cost = excluded.cost WHERE expected IS NULL"
)
_DROP = "DELETE FROM forgotten_tasks WHERE backend = ? AND task_id = ?"
_DISCOUNT = "DELETE FROM spendings WHERE job_id = 'task ' || ?"


def record(db: sqlite3.Connection, tasks: Iterable[ForgottenTask]) -> None:
    """Count each task once, and none that a job has."""
    for task in tasks:
        values = {name: getattr(task, name) for name in ("task_id", "backend", "made", "link", "cost", "spending_id")}
        db.execute(_ADD, values)
        db.execute(_COUNT, values | {"person": PAYER_NAME})


def drop(db: sqlite3.Connection, backend: str, task_id: str) -> None:
    """Count a task no more: a job has it, or has its cost reserved."""
    if db.execute(_DROP, (backend, task_id)).rowcount:
        db.execute(_DISCOUNT, (task_id,))


def mark_searched(db: sqlite3.Connection, time: LostTime) -> None:
    """Note that nothing more is to be found of a time."""
    db.execute(_SEARCHED, (time.since, time.until))


def count_restored(db: sqlite3.Connection, job: Job) -> None:
    """Count what a job that came back has, or may have, as its own alone."""
    if job.task_id:
        drop(db, job.backend, job.task_id)
    else:
        # Its task may be among those that were counted: the next search tells.
        db.execute(_REOPEN, (job.lost or job.ended or job.created, job.created))
