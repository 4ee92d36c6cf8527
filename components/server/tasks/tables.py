"""Tables of the task database, and migrations, one for each version, in order.

A new migration is a function at the end of `MIGRATIONS`, and `TABLES` change with it; what holds for those of the
app's store (storage/migrations.py) holds here: released ones never change, columns have a default, none is dropped.
"""

from __future__ import annotations

import sqlite3

from components.sqlite.table_schema import ForeignFile, TableSchema

# Servers from before there were migrations set a file aside, and delete its pictures, unless its user_version is 1:
# the version is therefore the application_id, and they read and write a file of any version.
TABLES = """
CREATE TABLE IF NOT EXISTS tasks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, model TEXT NOT NULL, input TEXT NOT NULL,
    created_ms INTEGER NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL,
    note TEXT NOT NULL, output TEXT NOT NULL, nsfw INTEGER NOT NULL, inference_ms INTEGER NOT NULL,
    messages TEXT NOT NULL DEFAULT '', visitor TEXT
);
CREATE TABLE IF NOT EXISTS uploads (
    name TEXT PRIMARY KEY, media_type TEXT NOT NULL, created_ms INTEGER NOT NULL, owner TEXT NOT NULL,
    ticket TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS uploads_by_owner ON uploads (owner);
CREATE INDEX IF NOT EXISTS uploads_by_ticket ON uploads (ticket);
PRAGMA user_version = 1;
"""


def _to_1(db: sqlite3.Connection) -> None:
    """Version 1 is the first: a file without a version that has tables is another program's."""
    raise ForeignFile("a database without a version")


def _to_2(db: sqlite3.Connection) -> None:
    """Version 2 stores messages as codes; before, they were texts alone, in `error` and `note`."""
    # Some servers of version 1 added the column and not the version.
    if "messages" not in {row[1] for row in db.execute("PRAGMA table_info(tasks)")}:
        db.execute("ALTER TABLE tasks ADD COLUMN messages TEXT NOT NULL DEFAULT ''")


def _to_3(db: sqlite3.Connection) -> None:
    """Version 3 stores whose task it is, by a mark, so that visitors take turns after a restart too."""
    db.execute("ALTER TABLE tasks ADD COLUMN visitor TEXT")


SCHEMA = TableSchema(TABLES, (_to_1, _to_2, _to_3), version_pragma="application_id")
