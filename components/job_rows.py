"""Jobs as rows of the database."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable

from components.errors import InvalidRequest
from components.job import Job, from_record, to_record

_log = logging.getLogger(__name__)

TABLE = """
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
INSERT = (
    "INSERT INTO jobs (id, visitor, created, ended, state, backend, model, task_id, record)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
UPDATE = (
    " ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, state = excluded.state,"
    " task_id = excluded.task_id, record = json_set(excluded.record, '$.visitor', visitor)"
)
"""A job's owner is changed by `move` alone: a value made before that does not take it back."""
DELETE = "UPDATE jobs SET visitor = '', state = 'deleted', record = '{}' WHERE id = ?"
KEPT = "(SELECT * FROM jobs WHERE state <> 'deleted')"


def read(rows: Iterable[tuple[str]]) -> list[Job]:
    """Return the jobs of their records; one that this version of the app cannot read takes no other down."""
    return [job for (record,) in rows if (job := _job(record))]


def row(job: Job) -> tuple[object, ...]:
    """Return the values of INSERT."""
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


def _job(record: str) -> Job | None:
    try:
        return from_record(json.loads(record))
    except (KeyError, TypeError, ValueError, InvalidRequest):
        _log.exception("a job on disk cannot be read")
        return None
