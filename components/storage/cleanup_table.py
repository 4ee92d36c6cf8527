"""Cleanup table: how many images of which visitor the host's retention policy deleted."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from components.budget.limits import MONTH
from components.domain.job import Job

TABLE = """
CREATE TABLE IF NOT EXISTS sweeps (
    visitor TEXT NOT NULL,
    made REAL NOT NULL,
    pictures INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sweeps_by_visitor ON sweeps (visitor);
"""
# Without a unique key: two batches may be deleted in one instant, and rows of two visitors may become those of one.
NOTE = "SELECT coalesce(sum(pictures), 0), coalesce(max(made), 0) FROM sweeps WHERE visitor = ?"


@dataclass(frozen=True, slots=True)
class CleanupNote:
    """Number of a visitor's images that were deleted in the last 30 days."""

    images: int
    latest: float
    """Unix seconds; 0 when there was none."""


def record(db: sqlite3.Connection, jobs: Iterable[Job], now: float) -> None:
    """Add the deleted jobs' images to the notes of their visitors, and drop notes that are older than 30 days."""
    counts: Counter[str] = Counter()
    for job in jobs:
        counts[job.visitor] += len(job.images)
    db.execute("DELETE FROM sweeps WHERE made < ?", (now - MONTH,))
    rows = [(visitor, now, count) for visitor, count in counts.items() if count]
    db.executemany("INSERT INTO sweeps (visitor, made, pictures) VALUES (?, ?, ?)", rows)
