"""One SQLite file whose disk fails, comes back or cannot be written: nothing read so far is lost (F28)."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from components.storage import database
from components.storage.database import Database
from tests.support.notes_database import BIG, TABLES, fill, filled, make_room, notes, on_disk, write

# --- a disk that works ---


def test_what_is_written_is_there_after_a_restart(path):
    filled(path, "one", "two")
    again = Database(path, TABLES)
    assert (notes(again), again.is_on_disk, again.was_quarantined) == (["one", "two"], True, False)
    again.close()


def test_what_is_written_is_on_disk_when_write_returns(path):
    db = Database(path, TABLES)
    write(db, "one")
    assert on_disk(path) == ["one"]
    db.close()


def test_a_work_that_fails_leaves_nothing(path):
    db = Database(path, TABLES)

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (text) VALUES ('half')")
        raise ValueError

    with pytest.raises(ValueError):
        db.write(fails)
    with pytest.raises(sqlite3.IntegrityError):
        db.write(lambda connection: connection.execute("INSERT INTO notes (text) VALUES (NULL)"))
    assert notes(db) == []
    assert db.is_on_disk, "a mistake of ours is not the disk's"
    write(db, "whole")
    db.close()


# --- another program holds the file ---


def test_a_lock_that_lasts_is_waited_for_once(path, monkeypatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.3)
    monkeypatch.setattr(database, "LOCKED_SECONDS", 0.01)
    db = Database(path, TABLES)
    write(db, "one")
    patience = [db.read("PRAGMA busy_timeout")[0][0]]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                write(db, "two")
            assert notes(db) == ["one"], "it can be read meanwhile"
            patience.append(db.read("PRAGMA busy_timeout")[0][0])
    write(db, "three")
    patience.append(db.read("PRAGMA busy_timeout")[0][0])
    assert patience == [300, 10, 10, 300]
    assert (notes(db), on_disk(path), db.is_on_disk) == (["one", "three"], ["one", "three"], True)
    db.close()


# --- F28: the disk fails while it runs ---


def test_f28_a_full_disk_goes_on_in_memory_with_all_that_was_read_so_far(path):
    db = Database(path, TABLES)
    write(db, "one")
    fill(db)
    write(db, BIG)
    assert (notes(db), db.is_on_disk) == (["one", BIG], False)
    write(db, "three")
    assert notes(db) == ["one", BIG, "three"]
    assert on_disk(path) == ["one"], "what was written before is whole"
    db.close()


def test_f28_it_returns_to_disk_when_there_is_room_again(path, at_once):
    db = Database(path, TABLES)
    write(db, "one")
    fill(db)
    write(db, BIG)
    write(db, "three")
    assert not db.is_on_disk, "still full"
    make_room(db)
    write(db, "four")
    assert db.is_on_disk
    assert on_disk(path) == notes(db) == ["one", BIG, "three", "four"]
    db.close()


def test_f28_the_way_back_is_not_tried_at_every_write(path):
    db = Database(path, TABLES)
    fill(db)
    write(db, BIG)
    make_room(db)
    write(db, "two")
    assert not db.is_on_disk
    db.close()
    assert on_disk(path) == [BIG, "two"], "at the latest when it is closed"


def test_f28_what_was_taken_out_meanwhile_does_not_come_back(path, at_once):
    db = Database(path, TABLES)
    write(db, "one", "two")
    fill(db)
    write(db, BIG)
    db.write(lambda connection: connection.execute("DELETE FROM notes WHERE text = 'one'"))
    make_room(db)
    write(db, "three")
    assert on_disk(path) == ["two", BIG, "three"]
    db.close()


@pytest.mark.parametrize("code", ["SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_FULL"])
def test_f28_whatever_the_disk_s_trouble_is_called(path, code):
    db = Database(path, TABLES)
    write(db, "one")
    is_first = True

    def work(connection: sqlite3.Connection) -> None:
        nonlocal is_first
        connection.execute("INSERT INTO notes (text) VALUES ('two')")
        if is_first:
            is_first = False
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = getattr(sqlite3, code) | (3 << 8)  # type: ignore[misc]
            raise error

    db.write(work)
    assert (notes(db), db.is_on_disk) == (["one", "two"], False)
    db.close()


def test_f28_a_folder_wiped_while_it_runs_is_made_anew_with_everything(path):
    db = Database(path, TABLES)
    write(db, "one")
    shutil.rmtree(path.parent)
    write(db, "two")
    assert notes(db) == ["one", "two"]
    assert db.is_on_disk
    assert on_disk(path) == ["one", "two"]
    write(db, "three")
    db.close()
    assert on_disk(path) == ["one", "two", "three"]


def test_f28_a_folder_wiped_and_not_to_be_made_goes_on_in_memory(path, at_once):
    db = Database(path, TABLES)
    write(db, "one")
    shutil.rmtree(path.parent)
    path.parent.write_text("a file in its place")
    write(db, "two")
    assert (notes(db), db.is_on_disk) == (["one", "two"], False)
    path.parent.unlink()
    write(db, "three")
    assert db.is_on_disk
    assert on_disk(path) == ["one", "two", "three"]
    db.close()


# --- F28: it cannot be written from the start ---


def test_f28_without_a_place_it_lives_in_memory():
    db = Database(None, TABLES)
    write(db, "one")
    assert (notes(db), db.is_on_disk) == (["one"], False)
    db.close()


def test_f28_a_folder_that_is_none_lives_in_memory(tmp_path):
    (tmp_path / "file").write_text("")
    db = Database(tmp_path / "file" / "notes.sqlite3", TABLES)
    write(db, "one")
    assert (notes(db), db.is_on_disk) == (["one"], False)
    db.close()


def test_f28_a_history_that_cannot_be_written_is_still_read_and_not_lost(folder, at_once):
    path = folder / "notes.sqlite3"
    filled(path, "old")
    path.chmod(0o400)
    db = Database(path, TABLES)
    write(db, "new")
    assert (notes(db), db.is_on_disk, db.was_quarantined) == (["old", "new"], False, False)
    for part in folder.iterdir():
        part.chmod(0o600)
    write(db, "newer")
    assert db.is_on_disk
    assert on_disk(path) == ["old", "new", "newer"]
    db.close()


def test_f28_a_history_that_cannot_be_read_for_now_is_joined_and_not_overwritten(folder, at_once):
    path = folder / "notes.sqlite3"
    filled(path, "old")
    path.chmod(0o000)
    db = Database(path, TABLES)
    db.write(lambda connection: connection.execute("INSERT INTO notes VALUES (7, 'new')"))
    assert (notes(db), db.is_on_disk, db.was_quarantined) == (["new"], False, False)
    path.chmod(0o600)
    write(db, "newer")
    assert db.is_on_disk
    assert on_disk(path) == notes(db) == ["old", "new", "newer"]
    db.close()


def test_f28_a_read_only_folder_lives_in_memory(folder):
    folder.chmod(0o500)
    db = Database(folder / "notes.sqlite3", TABLES)
    write(db, "one")
    assert (notes(db), db.is_on_disk, db.was_quarantined, db.is_unread) == (["one"], False, False, False)
    db.close()


def test_f28_a_history_that_another_program_holds_is_not_set_aside(path, at_once, monkeypatch):
    filled(path, "old")
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    db = Database(path, TABLES)
    db.write(lambda connection: connection.execute("INSERT INTO notes VALUES (7, 'new')"))
    assert not db.was_quarantined
    assert (db.is_on_disk, db.is_unread) == (False, True)
    other.close()
    write(db, "newer")
    assert (db.is_on_disk, db.is_unread) == (True, False)
    assert on_disk(path) == ["old", "new", "newer"]
    assert sorted(part.name for part in path.parent.iterdir() if ".bad" in part.name) == []
    db.close()
