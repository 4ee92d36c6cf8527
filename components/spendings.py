"""What the host's money was spent on, reservations included: within the transaction of whoever writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from components.fence import DAY, HOUR, MONTH, Admission, Settling, Spent, settling
from components.job import Job
from components.money import Micros

TABLES = """
CREATE TABLE IF NOT EXISTS spendings (
    job_id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    made REAL NOT NULL,
    cost INTEGER NOT NULL,
    is_settled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS spendings_by_time ON spendings (made);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL) STRICT;
"""
STOP = "stop"
"""The switch with which the host stops all spending."""
BY_PERSON = (
    "SELECT person, count(*), coalesce(sum(cost) FILTER (WHERE made > ?), 0), sum(cost)"
    " FROM spendings WHERE made > ? GROUP BY person ORDER BY sum(cost) DESC, person"
)
_RESERVED = "SELECT 1 FROM spendings WHERE job_id = ?"
_UNSETTLED = "SELECT sum(cost) FROM spendings JOIN jobs ON id = job_id WHERE ended IS NULL OR ended >= ?"
_SETTLE = "UPDATE spendings SET cost = coalesce(?, cost), is_settled = 1 WHERE job_id = ?"


@dataclass(frozen=True, slots=True)
class Spending:
    """What the host spent on one person, reservations included."""

    person: str
    pictures: int
    """In the last 30 days."""
    today: Micros
    this_month: Micros


def reserve(db: sqlite3.Connection, jobs: Sequence[Job], admission: Admission, now: float) -> None:
    """Reserve the host's money for those of the jobs that have no reservation yet. Raises NotAllowed."""
    asked = [job for job in jobs if not db.execute(_RESERVED, (job.id,)).fetchone()]
    found = spent(db, admission.person, now, admission.balance_told)
    if asked:
        admission.check(found, len(asked))
    else:
        admission.check_open(found)
    rows = [(job.id, admission.person, now, admission.price) for job in asked]
    db.executemany("INSERT INTO spendings (job_id, person, made, cost) VALUES (?, ?, ?, ?)", rows)


def spent(db: sqlite3.Connection, person: str, now: float, balance_told: float) -> Spent:
    """Return what counts against the limits for a person."""

    def value(query: str, *values: object) -> int:
        return int(db.execute(query, values).fetchone()[0] or 0)

    return Spent(
        pictures_this_hour=value("SELECT count(*) FROM spendings WHERE person = ? AND made > ?", person, now - HOUR),
        by_person_today=value("SELECT sum(cost) FROM spendings WHERE person = ? AND made > ?", person, now - DAY),
        today=value("SELECT sum(cost) FROM spendings WHERE made > ?", now - DAY),
        this_month=value("SELECT sum(cost) FROM spendings WHERE made > ?", now - MONTH),
        unsettled=value(_UNSETTLED, balance_told),
        is_stopped=bool(value("SELECT max(is_on) FROM switches WHERE name = ?", STOP)),
    )


def settle(db: sqlite3.Connection, job: Job) -> None:
    """Bring a job's cost to what its value says."""
    match settling(job):
        case Settling.KEPT:
            pass
        case Settling.VOID:
            db.execute("DELETE FROM spendings WHERE job_id = ?", (job.id,))
        case Settling.REFUNDED:
            db.execute(_SETTLE, (0, job.id))
        case Settling.PAID:
            db.execute(_SETTLE, (job.price, job.id))
