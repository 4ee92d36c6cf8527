"""Bin: deleted jobs that can still be put back, as rows of the jobs table with the time of their deletion."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from components.domain.job import Job
from components.storage import jobs_table

_OWN = "visitor = ? AND state <> 'deleted' AND binned IS NOT NULL"
ALL = "SELECT record FROM jobs WHERE state <> 'deleted' AND binned IS NOT NULL"
PUT = "UPDATE jobs SET binned = ? WHERE id = ? AND ended IS NOT NULL AND binned IS NULL"
"""Unix seconds and the id of an ended job."""
PAGE = (
    f"SELECT record, binned FROM jobs WHERE {_OWN} AND (binned, created, id) < (?, ?, ?)"
    " ORDER BY binned DESC, created DESC, id DESC LIMIT ?"
)
"""The newest deletion first; those that were deleted together as the gallery shows them."""
COUNT = f"SELECT count(*) FROM jobs WHERE {_OWN}"
EXPIRED = f"{ALL} AND (binned < ? OR ended < ?) ORDER BY binned LIMIT ?"
"""Jobs that were deleted before one time, or ended before another."""
OLDEST_FIRST = (
    "SELECT record FROM jobs JOIN search_index ON job_id = id"
    " WHERE state <> 'deleted' AND binned IS NOT NULL AND bytes > 0 ORDER BY binned LIMIT ?"
)
"""Jobs with files, in the order in which they are deleted for good to free space."""
_OF_VISITOR = f"SELECT record FROM jobs WHERE id = ? AND {_OWN}"
_TAKE_OUT = "UPDATE jobs SET binned = NULL WHERE id = ?"


@dataclass(frozen=True, slots=True)
class BinPlace:
    """Place in a visitor's bin, the newest deletion first: what lies after it is the next page."""

    binned: float = math.inf
    created: float = math.inf
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class BinnedJob:
    """A deleted job that can still be put back."""

    job: Job
    binned: float
    """Time of its deletion, in Unix seconds."""

    @property
    def place(self) -> BinPlace:
        """Return its place in the bin."""
        return BinPlace(self.binned, self.job.created, self.job.id)


def owned(db: sqlite3.Connection, visitor: str, job_ids: Iterable[str]) -> list[Job]:
    """Return those of these jobs that are in a visitor's bin, in this order."""
    rows = (db.execute(_OF_VISITOR, (job_id, visitor)).fetchone() for job_id in dict.fromkeys(job_ids))
    return jobs_table.read(row for row in rows if row)


def take_out(db: sqlite3.Connection, visitor: str, job_ids: Iterable[str]) -> list[Job]:
    """Take those of these jobs that are in a visitor's bin out of it; return them."""
    found = owned(db, visitor, job_ids)
    db.executemany(_TAKE_OUT, [(job.id,) for job in found])
    return found
