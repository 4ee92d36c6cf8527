"""Migrations of the store's tables, one for each version, in order.

A new migration is a function at the end of MIGRATIONS; the tables of a new file, in `*_table.py`, change with it. A
migration is never changed once it was released: files of its version exist. It runs in a transaction with the new
version number, so it uses single statements, and not `executescript`, which commits.

Columns that are added have a default, and none is renamed or dropped: the version before must be able to show the
file. A new version of the stored records, RECORD_VERSION, comes with a migration too, even an empty one, or an older
app would write such records back as its own.
"""

from __future__ import annotations

import sqlite3

from components.sqlite.table_schema import ForeignFile, Migration


def _to_1(db: sqlite3.Connection) -> None:
    """Version 1 is the first with a number; its tables are those of the folders before it, or created as missing."""
    try:
        db.execute("SELECT id, visitor, record FROM jobs LIMIT 0")
    except sqlite3.OperationalError as error:
        raise ForeignFile(str(error)) from error


def _to_2(db: sqlite3.Connection) -> None:
    """Version 2 counts all clean-ups of one instant, and has records of version 2, which version 1 cannot read.

    With the key of version 1, by visitor and instant, the second count replaced the first, and where a visitor's rows
    moved to another with a row of that instant, they were left behind.
    """
    old = "visitor TEXT NOT NULL, made REAL NOT NULL, pictures INTEGER NOT NULL"
    # Folders without a version may have no such table.
    db.execute(f"CREATE TABLE IF NOT EXISTS sweeps ({old}, PRIMARY KEY (visitor, made)) STRICT")
    db.execute(f"CREATE TABLE sweeps_2 ({old}) STRICT")
    db.execute("INSERT INTO sweeps_2 (visitor, made, pictures) SELECT visitor, made, pictures FROM sweeps")
    db.execute("DROP TABLE sweeps")
    db.execute("ALTER TABLE sweeps_2 RENAME TO sweeps")


def _to_3(db: sqlite3.Connection) -> None:
    """Version 3 counts what the service's bill says, and keeps beside it what was counted before."""
    # A folder without a version may have no such table.
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'spendings'").fetchone():
        db.execute("ALTER TABLE spendings ADD COLUMN expected INTEGER")
        db.execute("ALTER TABLE spendings ADD COLUMN is_billed INTEGER NOT NULL DEFAULT 0")


def _to_4(db: sqlite3.Connection) -> None:
    """Version 4 has a bin: the version before would show again what was deleted, as in use."""
    db.execute("ALTER TABLE jobs ADD COLUMN binned REAL")


MIGRATIONS: tuple[Migration, ...] = (_to_1, _to_2, _to_3, _to_4)
