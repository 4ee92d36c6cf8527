"""Bills: what tasks cost in truth, in jobs' records and the spending table. Calls join the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from components.domain.bill import Bill, BilledTask
from components.domain.job import Job
from components.storage import forgotten_table, jobs_table

BY_DAY = (
    "SELECT CAST(made / 86400 AS INTEGER) AS day, count(*), sum(coalesce(expected, cost)), sum(cost),"
    " count(*) FILTER (WHERE expected IS NULL) FROM spendings WHERE made > ? GROUP BY day ORDER BY day DESC"
)
_COUNT = (
    "UPDATE spendings SET expected = coalesce(expected, cost), cost = ?, is_settled = 1, is_billed = ?"
    " WHERE job_id = ?"
)
_RECORD = "UPDATE jobs SET record = json_set(record, '$.bill', json(?)) WHERE id = ? AND state <> 'deleted'"
_UNBILLED = (
    f"SELECT record FROM {jobs_table.NOT_DELETED} WHERE ended > ? AND task_id IS NOT NULL AND json_valid(record)"
    " AND json_extract(record, '$.bill.is_final') IS NOT 1"
)
# The spending of a deleted job counts on, and its row keeps the task's id.
_DELETED = (
    "SELECT id, backend, task_id, coalesce(expected, cost), ended FROM jobs JOIN spendings ON job_id = id"
    " WHERE state = 'deleted' AND task_id IS NOT NULL AND ended > ? AND is_billed = 0"
)


def set_bill(db: sqlite3.Connection, job_id: str, bill: Bill) -> Job | None:
    """Write a bill and count its cost; return the job, None if it is deleted or in the bin."""
    if bill.cost is not None:
        db.execute(_COUNT, (bill.cost, bill.is_final, job_id))
    db.execute(_RECORD, (json.dumps(asdict(bill)), job_id))
    rows = db.execute(f"SELECT record FROM {jobs_table.VISIBLE} WHERE id = ?", (job_id,)).fetchall()
    return next(iter(jobs_table.read(rows)), None)


def unbilled(db: sqlite3.Connection, since: float) -> list[BilledTask]:
    """Return the tasks that ended after a time, in Unix seconds, and have no final bill."""
    tasks = [job.billed_task for job in jobs_table.read(db.execute(_UNBILLED, (since,)).fetchall())]
    # Whether a deleted one had an image is not known: that it was free is then not said.
    deleted = [BilledTask(*row, has_image=True) for row in db.execute(_DELETED, (since,))]
    forgotten = [BilledTask(*row) for row in db.execute(forgotten_table.UNBILLED, (since,))]
    return [task for task in tasks if task] + deleted + forgotten
