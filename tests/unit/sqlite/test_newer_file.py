"""Versions of files right after an upgrade: the -wal file alone has them, also where there is no room for a copy."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from components.errors import SetupError
from components.server.tasks.database import TaskDatabase
from components.sqlite.newer_file import copy_in_memory, is_newer
from components.sqlite.table_schema import TableSchema
from components.sqlite.wal_file import database_header_in
from components.storage.database import Database

TABLES = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
SCHEMA = TableSchema(TABLES, (lambda _: None,))
PRAGMAS = ("user_version", "application_id")


def killed_after(path: Path, *statements: str) -> Path:
    """Return a copy of a database as it is when the process is killed after these statements, each a transaction."""
    made = path.parent / "made.sqlite3"
    made.unlink(missing_ok=True)
    with closing(sqlite3.connect(made, isolation_level=None)) as db:
        SCHEMA.apply(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for statement in statements:
            db.execute(statement)
        for ending in ("", "-wal"):
            shutil.copyfile(f"{made}{ending}", f"{path}{ending}")
    return path


def files(path: Path) -> dict[str, bytes]:
    return {part.name: part.read_bytes() for part in path.parent.glob(f"{path.name}*")}


@pytest.fixture
def path(tmp_path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "notes.sqlite3"


@pytest.fixture
def no_room(monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)


@pytest.mark.parametrize("newest", [1, 2, 70_000])
@pytest.mark.parametrize("pragma", PRAGMAS)
def test_the_version_of_the_last_transaction_is_found_with_or_without_room(path, no_room, monkeypatch, newest, pragma):
    killed_after(path, "INSERT INTO notes (text) VALUES ('one')", f"PRAGMA {pragma} = {newest}")
    schema, before = TableSchema(TABLES, SCHEMA.migrations, pragma), files(path)
    assert is_newer(path, schema) is (newest > 1)
    monkeypatch.undo()
    assert is_newer(path, schema) is (newest > 1)
    assert files(path) == before


def test_a_newer_file_is_refused_where_there_is_no_room_for_a_copy_and_not_a_byte_is_changed(path, no_room):
    killed_after(path, "PRAGMA user_version = 2")
    before = files(path)
    with pytest.raises(SetupError, match=r"newer version of this app made .*notes\.sqlite3"):
        copy_in_memory(path, SCHEMA)
    for _ in range(2):
        with pytest.raises(SetupError, match="Nothing in it was changed"):
            Database(path, TABLES, SCHEMA.migrations)
        assert files(path) == before
    killed_after(path, "PRAGMA user_version = 2", "PRAGMA application_id = 99")
    before = files(path)
    with pytest.raises(SetupError, match="Nothing in it was changed"):
        TaskDatabase(path)
    assert files(path) == before


def test_a_file_of_this_version_is_opened_where_there_is_no_room(path, no_room):
    killed_after(path, "INSERT INTO notes (text) VALUES ('one')")
    db = Database(path, TABLES, SCHEMA.migrations)
    assert (db.read("SELECT text FROM notes"), db.is_on_disk) == ([("one",)], True)
    db.close()


def test_frames_from_before_a_checkpoint_and_unfinished_ones_are_not_read(path):
    made = path.parent / "made.sqlite3"
    with closing(sqlite3.connect(made, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA user_version = 9")
        for number in range(20):
            db.execute(f"CREATE TABLE t{number} (a)")
        # The next transaction starts at the front of the -wal file, and leaves the other frames behind it.
        db.execute("PRAGMA wal_checkpoint(RESTART)")
        db.execute("PRAGMA user_version = 3")
        wal = Path(f"{made}-wal").read_bytes()
    (path.parent / "x-wal").write_bytes(wal)
    assert SCHEMA.version_in_header(database_header_in(path.parent / "x-wal")) == 3
    size = 32 + 24 + int.from_bytes(wal[8:12])
    for cut in (0, 31, 32, 40, size - 1):
        (path.parent / "x-wal").write_bytes(wal[:cut])
        assert database_header_in(path.parent / "x-wal") == b""
    assert SCHEMA.version_in_header(b"") == 0


def test_a_transaction_without_its_commit_does_not_count(path):
    killed_after(path, "PRAGMA user_version = 9")
    wal = bytearray(Path(f"{path}-wal").read_bytes())
    wal[36:40] = bytes(4)  # the size after the commit: this frame ends no transaction
    Path(f"{path}-wal").write_bytes(wal)
    assert database_header_in(Path(f"{path}-wal")) == b""
