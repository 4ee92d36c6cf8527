"""Budget limits and costs for tests of the host's spending."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from components.budget.limits import BudgetLimits

CENT = 10_000
"""Millionths of a dollar."""
CAROL = "c" * 32
"""A third visitor."""
WIDE = BudgetLimits(
    images_per_hour=10**6, per_person_day=10**12, per_day=10**12, per_month=10**12, min_balance=0, is_local=False
)
NOWHERE = Path("/dev/null/nowhere")
"""Folder that cannot be created: a store on it falls back to memory."""


def spent_on_disk(folder: Path) -> list[tuple[int, int]]:
    """Return (cost, is_settled) of each job, read by a second connection to the file."""
    with sqlite3.connect(folder / "playground.sqlite3") as db:
        rows = db.execute("SELECT cost, is_settled FROM spendings ORDER BY job_id").fetchall()
    db.close()
    return rows
