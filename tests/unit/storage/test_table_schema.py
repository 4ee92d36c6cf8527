"""Migrations of one file: in order, each whole or not at all. A good file is never set aside for a fault of ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from components.errors import SetupError
from components.sqlite.table_schema import TableSchema, place_of
from components.storage.database import Database
from tests.support.notes_database import TABLES, notes, on_disk, write

OLD = TABLES.replace("text TEXT NOT NULL", "words TEXT NOT NULL")
NEW = (
    TABLES.replace("NOT NULL)", "NOT NULL, mark INTEGER NOT NULL DEFAULT 0)")
    + "CREATE INDEX IF NOT EXISTS notes_by_mark ON notes (mark);"
)


def rename(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE notes RENAME COLUMN words TO text")


def add_mark(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE notes ADD COLUMN mark INTEGER NOT NULL DEFAULT 0")


def fails(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM notes")
    db.execute("UPDATE notes SET colour = 1")


STEPS = (rename, add_mark)


@pytest.fixture
def old(path) -> Path:
    """A file of version 0 with one note."""
    db = Database(path, OLD)
    db.write(lambda connection: connection.execute("INSERT INTO notes (words) VALUES ('one')"))
    db.close()
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as reader:
        return reader.execute("PRAGMA user_version").fetchone()[0]


def test_a_new_file_has_the_newest_version_and_runs_no_migration(path):
    db = Database(path, NEW, (fails, fails))
    write(db, "one")
    db.close()
    assert version(path) == 2


def test_a_new_file_is_made_whole_or_not_at_all(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            TableSchema(f"{NEW} CREATE TABLE notes (one);", STEPS).apply(db)
        assert db.execute("SELECT * FROM sqlite_schema").fetchall() == []
    assert version(path) == 0


def test_an_older_file_runs_those_between_its_version_and_ours_in_order(old):
    Database(old, TABLES, (rename,)).close()
    assert version(old) == 1
    db = Database(old, NEW, STEPS)
    write(db, "two")
    assert db.read("SELECT text, mark FROM notes ORDER BY id") == [("one", 0), ("two", 0)]
    assert (db.is_on_disk, db.was_quarantined) == (True, False)
    db.close()
    assert version(old) == 2
    Database(old, NEW, (fails, fails)).close()


def test_a_migration_that_fails_leaves_the_file_as_it_was_and_says_so(old):
    for _ in range(2):
        with pytest.raises(SetupError, match=r"not be brought to this version .*colour.* Nothing in it was lost"):
            Database(old, NEW, (rename, fails))
    assert version(old) == 1, "the one before it is done, and is an earlier version's whole file"
    assert on_disk(old) == ["one"]
    assert [part.name for part in old.parent.iterdir()] == [old.name], "not set aside"
    db = Database(old, NEW, STEPS)
    assert notes(db) == ["one"]
    db.close()


def test_any_error_of_a_migration_is_said(old):
    def divides(db: sqlite3.Connection) -> None:
        raise ZeroDivisionError("by zero")

    with pytest.raises(SetupError, match="by zero"):
        Database(old, NEW, (rename, divides))


def test_a_migration_that_was_forgotten_does_not_set_a_good_file_aside(old):
    Database(old, TABLES, (rename,)).close()
    with pytest.raises(SetupError, match="mark"):
        Database(old, NEW, (rename,))
    assert on_disk(old) == ["one"]


def test_a_file_that_can_be_read_and_not_written_is_migrated_in_memory_and_later_on_disk(folder, at_once):
    path = folder / "notes.sqlite3"
    db = Database(path, TABLES)
    write(db, "one")
    db.close()
    path.chmod(0o400)
    db = Database(path, NEW, (lambda _: None, add_mark))
    write(db, "two")
    assert (notes(db), db.is_on_disk, db.was_quarantined) == (["one", "two"], False, False)
    assert version(path) == 0
    for part in folder.iterdir():
        part.chmod(0o600)
    write(db, "three")
    assert db.is_on_disk
    db.close()
    assert (on_disk(path), version(path)) == (["one", "two", "three"], 2)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR | (3 << 8)])
def test_a_disk_that_fails_during_a_migration_is_not_the_file_s_fault(old, at_once, code):
    is_full = True

    def fills_the_disk(db: sqlite3.Connection) -> None:
        add_mark(db)
        if is_full and place_of(db) != "memory":
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = code  # type: ignore[misc]
            raise error

    db = Database(old, NEW, (rename, fills_the_disk))
    assert (notes(db), db.is_on_disk, db.was_quarantined) == (["one"], False, False)
    assert version(old) == 1
    is_full = False
    write(db, "two")
    assert db.is_on_disk
    db.close()
    assert (on_disk(old), version(old)) == (["one", "two"], 2)


def test_rows_join_a_file_whose_columns_have_another_order(folder, at_once):
    path = folder / "notes.sqlite3"
    db = Database(path, OLD)
    db.write(lambda connection: connection.execute("INSERT INTO notes (words) VALUES ('old')"))
    db.close()
    path.chmod(0o000)
    tables = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, mark INTEGER NOT NULL DEFAULT 0, text TEXT);"
    db = Database(path, tables, STEPS)
    db.write(lambda connection: connection.execute("INSERT INTO notes (id, mark, text) VALUES (7, 5, 'new')"))
    path.chmod(0o600)
    write(db, "newer")
    assert db.is_on_disk
    assert db.read("SELECT text, mark FROM notes ORDER BY id") == [("old", 0), ("new", 5), ("newer", 0)]
    db.close()
