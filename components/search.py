"""What a visitor looks for among their finished pictures, and the index in which it is found."""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from components.job import Job

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
_FINISHED = "FROM jobs JOIN search_index ON job_id = id WHERE visitor = ? AND state = 'completed'"
_TERM = re.compile(r'"([^"]+)"|([^\s"]+)')
CHOICES = f"SELECT model, loras, count(*) {_FINISHED} GROUP BY model, loras"
SIZE = "SELECT coalesce(sum(bytes), 0) FROM search_index"
_GOING = """
SELECT record FROM jobs JOIN search_index ON job_id = id
WHERE ended IS NOT NULL AND state NOT IN ('unknown', 'deleted') AND record ->> '$.trouble.charge' IS NOT 'spent'
"""
EXPIRED = f"{_GOING} AND ended < ? AND NOT is_favourite ORDER BY ended LIMIT ?"
"""Ended before a time and no favourites; what was paid for and not had is still awaited."""
FIRST_TO_GO = f"{_GOING} AND state = 'completed' ORDER BY is_favourite, ended LIMIT ?"
"""The order in which room is made."""
_ADD_OR_MARK = """
INSERT INTO search_index VALUES (?, ?, ?, ?, ?)
ON CONFLICT (job_id) DO UPDATE SET is_favourite = excluded.is_favourite, bytes = excluded.bytes
WHERE (is_favourite, bytes) <> (excluded.is_favourite, excluded.bytes)
"""
_REWORD = "UPDATE search_index SET words = ?2, loras = ?3 WHERE job_id = ?1 AND (words, loras) <> (?2, ?3)"
_MOST_TERMS = 20


@dataclass(frozen=True, slots=True)
class Search:
    """Which of a visitor's finished pictures; without more all of them."""

    words: str = ""
    """Each, and each phrase in double quotes, must stand in the prompt or in the negative prompt; case and accents do
    not count.
    """
    is_favourite: bool = False
    """Favourites alone."""
    model: str = ""
    lora: str = ""
    since: float = 0.0
    """Unix seconds."""
    before: tuple[float, str] = (math.inf, "")
    """Creation and id of the last one that is known: what is older follows."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a visitor's finished pictures can be told apart by."""

    count: int
    models: tuple[str, ...]
    """In alphabetical order, as the LoRAs."""
    loras: tuple[str, ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, int]]) -> Choices:
        """Read the rows of CHOICES."""
        known = list(rows)
        loras = {path for _, joined, _ in known for path in joined.split("\n") if path}
        models = {model for model, _, _ in known}
        return cls(sum(count for *_, count in known), tuple(sorted(models)), tuple(sorted(loras)))


def folded(text: str) -> str:
    """Return a text without case and accents, and each gap as one space."""
    bare = (sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join("".join(bare).casefold().split())


def index(db: sqlite3.Connection, job: Job) -> None:
    """Make a job findable, or findable anew."""
    ask = job.request
    words = folded(f"{ask.prompt}\n{ask.negative_prompt}")
    loras = "".join(f"\n{lora.path}\n" for lora in ask.loras)
    row = (job.id, words, loras, int(job.is_favourite), _bytes(job))
    db.execute(_ADD_OR_MARK, row)
    db.execute(_REWORD, row[:3])


def _bytes(job: Job) -> int:
    """Return what a job's pictures take; one as the service made it is about as large as the one put together."""
    return sum(picture.size * (2 if picture.received else 1) for picture in job.pictures)


def forget(db: sqlite3.Connection, job_id: str) -> None:
    """Take a job out of the index."""
    db.execute("DELETE FROM search_index WHERE job_id = ?", (job_id,))


def query(visitor: str, search: Search, limit: int) -> tuple[str, tuple[object, ...]]:
    """Return the SQL that gives the records of at most `limit` found jobs, the newest first, and its values."""
    terms = [("instr(words, ?)", (term,)) for term in _terms(search.words)]
    wished = [
        ("is_favourite", ()) if search.is_favourite else None,
        ("model = ?", (search.model,)) if search.model else None,
        ("instr(loras, ?)", (f"\n{search.lora}\n",)) if search.lora else None,
    ]
    limits = [("created >= ?", (search.since,)), ("(created, id) < (?, ?)", search.before)]
    parts = [*limits, *filter(None, wished), *terms]
    where = "".join(f" AND {condition}" for condition, _ in parts)
    values = tuple(value for _, given in parts for value in given)
    return f"SELECT record {_FINISHED}{where} ORDER BY created DESC, id DESC LIMIT ?", (visitor, *values, limit)


def _terms(text: str) -> list[str]:
    found = (folded(phrase or word) for phrase, word in _TERM.findall(text))
    return [term for term in found if term][:_MOST_TERMS]
