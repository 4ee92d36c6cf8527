"""Spending table: reservations and costs of jobs that the host pays for. Calls join the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from components.budget.limits import (
    DAY,
    HOUR,
    MONTH,
    STOP_SWITCH,
    Reservation,
    Settlement,
    SpendingTotals,
    Window,
    settlement_of,
)
from components.domain.job import Job

TABLES = """
CREATE TABLE IF NOT EXISTS spendings (
    job_id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    made REAL NOT NULL,
    cost INTEGER NOT NULL,
    is_settled INTEGER NOT NULL DEFAULT 0,
    expected INTEGER,
    is_billed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS spendings_by_time ON spendings (made);
CREATE TABLE IF NOT EXISTS spendings_ahead (job_id TEXT PRIMARY KEY, seen REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL) STRICT;
"""
# A row is a reservation at the quoted price until it is settled; `person` is a Person's payer_name. Once the service's
# bill is known, `cost` is what it says and `expected` what was counted before; `is_billed` when that is final.
# A row of spendings_ahead says when a spending was first found to lie in the future: the clock was ahead when it was
# made, or is behind now. It counts for a window from then on, neither until that future nor for nothing.
BY_PERSON = (
    "SELECT person, count(*), coalesce(sum(cost) FILTER (WHERE made > ?), 0), sum(cost)"
    " FROM spendings WHERE made > ? GROUP BY person ORDER BY sum(cost) DESC, person"
)
SET_SWITCH = "INSERT INTO switches (name, is_on) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on"
# A switch that was turned on while the file could not be read stays on, and one that is on in the file is not turned
# off.
MERGES = {"switches": "ON CONFLICT (name) DO UPDATE SET is_on = max(is_on, excluded.is_on)"}
_IN_WINDOW = (
    "made > :begin AND (made <= :now OR EXISTS"
    " (SELECT 1 FROM spendings_ahead AS ahead WHERE ahead.job_id = spendings.job_id AND ahead.seen > :begin))"
)
"""Condition of the spendings that count in a window, by its begin and the present."""
MARK_AHEAD = (
    "INSERT OR IGNORE INTO spendings_ahead (job_id, seen) SELECT job_id, :now FROM spendings WHERE made > :now"
)
_FREED = (
    "SELECT min(made) FROM (SELECT made, sum(CASE WHEN :by_image THEN 1 ELSE cost END) OVER (ORDER BY made, job_id)"
    f" AS freed FROM spendings WHERE {_IN_WINDOW} AND (person = :person OR NOT :of_payer)) WHERE freed >= :excess"
)
"""Time of the spending with which, once it has left a window, at least `excess` has left."""
_RESERVED = "SELECT 1 FROM spendings WHERE job_id = ?"
_UNSETTLED = "SELECT sum(cost) FROM spendings JOIN jobs ON id = job_id WHERE ended IS NULL OR ended >= ?"
RESTORE = "INSERT OR IGNORE INTO spendings (job_id, person, made, cost) VALUES (?, ?, ?, ?)"
# coalesce: a job without a price of its own costs what was reserved for it.
_SETTLE = "UPDATE spendings SET cost = coalesce(?, cost), is_settled = 1 WHERE job_id = ? AND expected IS NULL"


def reserve(
    db: sqlite3.Connection,
    jobs: Sequence[Job],
    reservation: Reservation,
    now: float,
    *,
    made: float | None = None,
    is_stopped: bool = False,
) -> None:
    """Reserve money for those of the jobs without a reservation; `is_stopped` as in `totals`. Raises BudgetDenied.

    Jobs from before a restart have one already; then only the host's stop switch is checked. `now` is the end of the
    windows; `made` is the time that is stored, which may be later, None for the same.
    """
    priced = zip(jobs, reservation.prices, strict=True)
    unreserved = [(job.id, price) for job, price in priced if not db.execute(_RESERVED, (job.id,)).fetchone()]
    spent = totals(db, reservation.payer_name, now, reservation.balance_time, is_stopped=is_stopped)
    if unreserved:
        reservation.check(spent, [price for _, price in unreserved])
    else:
        reservation.check_not_stopped(spent)
    stored = now if made is None else made
    rows = [(job_id, reservation.payer_name, stored, price) for job_id, price in unreserved]
    db.executemany("INSERT INTO spendings (job_id, person, made, cost) VALUES (?, ?, ?, ?)", rows)


def totals(
    db: sqlite3.Connection, payer_name: str, now: float, balance_time: float, *, is_stopped: bool = False
) -> SpendingTotals:
    """Return the amounts that count against the limits of a person, at `now`; both times are in Unix seconds.

    Unsettled are jobs that had not ended at `balance_time`, when the balance was fetched; it may not include them.
    `is_stopped` is the state of the host's switch while it was never set.
    """

    def since(begin: float, what: str, of_whom: str = "") -> int:
        query = f"SELECT {what} FROM spendings WHERE {_IN_WINDOW}{of_whom}"
        found = db.execute(query, {"begin": begin, "now": now, "person": payer_name})
        return int(found.fetchone()[0] or 0)

    def value(query: str, *values: object) -> int:
        return int(db.execute(query, values).fetchone()[0] or 0)

    of_person = " AND person = :person"
    return SpendingTotals(
        images_this_hour=since(now - HOUR, "count(*)", of_person),
        by_person_today=since(now - DAY, "sum(cost)", of_person),
        today=since(now - DAY, "sum(cost)"),
        this_month=since(now - MONTH, "sum(cost)"),
        unsettled=value(_UNSETTLED, balance_time),
        is_stopped=bool(value("SELECT coalesce(max(is_on), ?) FROM switches WHERE name = ?", is_stopped, STOP_SWITCH)),
    )


def freed_at(db: sqlite3.Connection, payer_name: str, window: Window, excess: int, now: float) -> float | None:
    """Return when at least `excess` will have left a window, in Unix seconds; None when it holds less than that."""
    values = {"begin": now - window.seconds, "now": now, "person": payer_name, "excess": excess}
    flags = {"by_image": window.counts_images, "of_payer": window.is_of_payer}
    made = db.execute(_FREED, values | flags).fetchone()[0]
    return None if made is None else made + window.seconds


def settle(db: sqlite3.Connection, job: Job) -> None:
    """Update a job's cost from its state: no change, deleted, 0, or its price."""
    match settlement_of(job):
        case Settlement.RESERVED:
            pass
        case Settlement.VOID:
            db.execute("DELETE FROM spendings WHERE job_id = ? AND expected IS NULL", (job.id,))
        case Settlement.REFUNDED:
            db.execute(_SETTLE, (0, job.id))
        case Settlement.PAID:
            db.execute(_SETTLE, (job.price, job.id))
