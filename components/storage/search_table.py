"""Search table: search, filters and cleanup order of finished jobs, by an index beside the jobs table."""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from components.domain.job import Job

TABLE = """
CREATE TABLE IF NOT EXISTS search_index (
    job_id TEXT PRIMARY KEY,
    words TEXT NOT NULL,
    loras TEXT NOT NULL,
    is_favourite INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
"""
NOT_INDEXED = "SELECT record FROM jobs WHERE state <> 'deleted' AND id NOT IN (SELECT job_id FROM search_index)"
# Follows SELECT and columns; its parameter is the visitor.
_FINISHED = "FROM jobs JOIN search_index ON job_id = id WHERE visitor = ? AND state = 'completed' AND binned IS NULL"
_TERM = re.compile(r'"([^"]+)"|([^\s"]+)')
FILTERS = f"SELECT model, loras, count(*) {_FINISHED} GROUP BY model, loras"
SIZE = "SELECT coalesce(sum(bytes), 0) FROM search_index"
# CASE, since SQLite may evaluate the parts of an AND in any order, and `->>` raises for text that is no JSON. IS NOT,
# since a job without a problem has NULL there, which `<>` would leave out.
_DELETABLE = """
SELECT record FROM jobs JOIN search_index ON job_id = id
WHERE ended IS NOT NULL AND state NOT IN ('unknown', 'deleted') AND binned IS NULL
AND CASE WHEN json_valid(record)
    THEN record ->> '$.trouble.charge' IS NOT 'spent' OR json_array_length(record, '$.files') > 0 ELSE TRUE END
"""
EXPIRED = f"{_DELETABLE} AND ended < ? AND NOT is_favourite ORDER BY ended LIMIT ?"
"""Jobs that ended before a time, without favourites. _DELETABLE leaves out jobs that were paid for and may still get
their images: unknown ones, and failed ones whose charge is `spent`, unless a file came in place of the image.
"""
OLDEST_FIRST = f"{_DELETABLE} AND state = 'completed' ORDER BY is_favourite, ended LIMIT ?"
"""Completed jobs in the order in which they are deleted to free space."""
# Two statements, each with a condition, so that a job that did not change writes nothing.
_ADD_OR_UPDATE = """
INSERT INTO search_index (job_id, words, loras, is_favourite, bytes) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (job_id) DO UPDATE SET is_favourite = excluded.is_favourite, bytes = excluded.bytes
WHERE (is_favourite, bytes) <> (excluded.is_favourite, excluded.bytes)
"""
_UPDATE_WORDS = (
    "UPDATE search_index SET words = :words, loras = :loras WHERE job_id = :id AND (words, loras) <> (:words, :loras)"
)
_MAX_TERMS = 20
"""Terms of a search; further ones are ignored."""


@dataclass(frozen=True, slots=True)
class Search:
    """Search among a visitor's finished jobs; the defaults find all."""

    words: str = ""
    """Words and phrases in double quotes that must all be in the prompt or negative prompt, regardless of case and
    accents.
    """
    is_favourite: bool = False
    """True: favourites only."""
    model: str = ""
    """Empty: any, as for `lora`."""
    lora: str = ""
    """Path of a LoRA."""
    since: float = 0.0
    """Unix seconds; 0: no limit."""
    before: tuple[float, str] = (math.inf, "")
    """Creation time and id of the last job of the previous page; older ones are found."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Values to filter a visitor's finished jobs by."""

    count: int
    """Number of all finished jobs."""
    models: tuple[str, ...]
    """Sorted, as `loras` are."""
    loras: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, int]]) -> Filters:
        """Return the filters in the rows of FILTERS."""
        groups = list(rows)
        loras = {path for _, joined, _ in groups for path in joined.split("\n") if path}
        models = {model for model, _, _ in groups}
        return cls(sum(count for *_, count in groups), tuple(sorted(models)), tuple(sorted(loras)))


def folded(text: str) -> str:
    """Return a text in lower case, without accents, and with single spaces, for comparison."""
    # One character at a time: a whole text's accents would be sorted, in quadratic time, before they are left out.
    decomposed = (unicodedata.normalize("NFKD", character) for character in text.casefold())
    letters = (sign for signs in decomposed for sign in signs if not unicodedata.combining(sign))
    # Folded twice: NFKD may decompose a character into upper-case ones.
    return " ".join("".join(letters).casefold().split())


def index(db: sqlite3.Connection, job: Job) -> None:
    """Add a job to the index, or update it there."""
    request = job.request
    text = folded(f"{request.prompt}\n{request.negative_prompt}")
    # Each path between line breaks, so that a search for a path does not find a longer one.
    loras = "".join(f"\n{lora.path}\n" for lora in request.loras)
    db.execute(_ADD_OR_UPDATE, (job.id, text, loras, int(job.is_favourite), _bytes(job)))
    db.execute(_UPDATE_WORDS, {"id": job.id, "words": text, "loras": loras})


def _bytes(job: Job) -> int:
    """Return about how many bytes a job's images and other files take.

    An image that was composited with its source is stored as received too, with about the same size.
    """
    files = sum(file.size for file in job.files)
    return files + sum(image.size * (2 if image.received else 1) for image in job.images)


def forget(db: sqlite3.Connection, job_id: str) -> None:
    """Remove a job from the index."""
    db.execute("DELETE FROM search_index WHERE job_id = ?", (job_id,))


def query(visitor: str, search: Search, limit: int) -> tuple[str, tuple[object, ...]]:
    """Return the SQL and its parameters for the records of at most `limit` jobs, the newest first."""
    # `instr` and not LIKE, to which `%` and `_` in a visitor's words would be wildcards.
    terms = [("instr(words, ?)", (term,)) for term in _terms(search.words)]
    optional = [
        ("is_favourite", ()) if search.is_favourite else None,
        ("model = ?", (search.model,)) if search.model else None,
        ("instr(loras, ?)", (f"\n{search.lora}\n",)) if search.lora else None,
    ]
    # By time and id: two jobs may have the same time, and a page may end between them.
    limits = [("created >= ?", (search.since,)), ("(created, id) < (?, ?)", search.before)]
    parts = [*limits, *filter(None, optional), *terms]
    where = "".join(f" AND {condition}" for condition, _ in parts)
    values = tuple(value for _, parameters in parts for value in parameters)
    return f"SELECT record {_FINISHED}{where} ORDER BY created DESC, id DESC LIMIT ?", (visitor, *values, limit)


def _terms(text: str) -> list[str]:
    terms = (folded(phrase or word) for phrase, word in _TERM.findall(text))
    return [term for term in terms if term][:_MAX_TERMS]
