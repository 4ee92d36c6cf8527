"""Database of notes for tests of the Database class, and reads of its file by a second connection."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from components.storage.database import Database

TABLES = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
BIG = "x" * 100_000
"""Text that does not fit the free pages of a small file."""


def write(db: Database, *texts: str) -> None:
    db.write(lambda connection: connection.executemany("INSERT INTO notes (text) VALUES (?)", [(t,) for t in texts]))


def notes(db: Database) -> list[str]:
    return [row[0] for row in db.read("SELECT text FROM notes ORDER BY id")]


def on_disk(path: Path) -> list[str]:
    """Return the notes that a second connection reads from the file."""
    reader = sqlite3.connect(path)
    found = [row[0] for row in reader.execute("SELECT text FROM notes ORDER BY id")]
    reader.close()
    return found


def filled(path: Path, *texts: str) -> None:
    db = Database(path, TABLES)
    write(db, *texts)
    db.close()


def fill(db: Database) -> None:
    """Limit the file to its current pages, as on a full disk."""
    assert db._disk
    (pages,) = db._disk.execute("PRAGMA page_count").fetchone()
    db._disk.execute(f"PRAGMA max_page_count = {pages}")


def make_room(db: Database) -> None:
    """Let the file grow again."""
    assert db._disk
    db._disk.execute("PRAGMA max_page_count = 1000000")
