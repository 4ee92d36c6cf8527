"""Sources table: uploaded images of visitors, and the links of those that were uploaded to the API."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from components.domain.request import SourceImage

TABLES = """
CREATE TABLE IF NOT EXISTS sources (
    name TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    digest TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created REAL NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_source_a_content ON sources (visitor, digest);
CREATE TABLE IF NOT EXISTS uploads (
    account TEXT NOT NULL,
    digest TEXT NOT NULL,
    link TEXT NOT NULL,
    made REAL NOT NULL,
    PRIMARY KEY (account, digest)
) STRICT;
"""
INSERT = "INSERT INTO sources (name, visitor, digest, width, height, created) VALUES (?, ?, ?, ?, ?, ?)"
"""Name, visitor, digest, width, height, Unix seconds."""
RENEW = "UPDATE sources SET created = ? WHERE name = ?"
# `->>` raises for text that is no JSON: one invalid record would stop every clean-up.
_VALID = "WITH valid AS MATERIALIZED (SELECT record FROM jobs WHERE json_valid(record)) "
"""Records of jobs. Materialized, since it is read twice."""
_UNUSED = (
    "name NOT IN ("
    "SELECT record ->> '$.request.image.name' FROM valid WHERE record ->> '$.request.image' IS NOT NULL"
    " UNION SELECT record ->> '$.request.mask.name' FROM valid WHERE record ->> '$.request.mask' IS NOT NULL"
    ")"
)
DELETE_UNUSED = f"{_VALID} DELETE FROM sources WHERE {_UNUSED} AND created < ? RETURNING name"
"""Images that were last used before a time and that no job refers to."""
DELETE_NAMED = (
    f"{_VALID} DELETE FROM sources WHERE {_UNUSED} AND name IN (SELECT value FROM json_each(?)) RETURNING name"
)
"""Those of a JSON list of names that no job refers to."""
UNUSED = f"{_VALID} SELECT name, visitor FROM sources WHERE {_UNUSED} ORDER BY created"
"""Images that no job refers to, the one used longest ago first."""
BY_NAME = "SELECT name, digest, width, height FROM sources WHERE visitor = ? AND name = ?"
NAMES = "SELECT name FROM sources"
BY_CONTENT = "SELECT name, digest, width, height FROM sources WHERE visitor = ? AND digest = ?"

LINK = "SELECT link FROM uploads WHERE account = ? AND digest = ? AND made > ?"
SAVE_LINK = "INSERT OR REPLACE INTO uploads (account, digest, link, made) VALUES (?, ?, ?, ?)"
"""Account, digest, link, Unix seconds."""
DELETE_LINK = "DELETE FROM uploads WHERE account = ? AND digest = ?"


@dataclass(frozen=True, slots=True)
class StoredSource:
    """An uploaded image by its name."""

    name: str
    visitor: str
    size: int
    """Bytes."""


def delete_unused(db: sqlite3.Connection, before: float) -> list[str]:
    """Delete images last used before a time, in Unix seconds, that no job refers to; return their file names."""
    return [name for (name,) in db.execute(DELETE_UNUSED, (before,)).fetchall()]


def read(rows: list[tuple[str, str, int, int]]) -> SourceImage | None:
    """Return the image in the rows of BY_NAME or BY_CONTENT; None without a row."""
    return SourceImage(*rows[0]) if rows else None
