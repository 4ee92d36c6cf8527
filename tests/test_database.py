"""One SQLite file whose disk fails, comes back, or holds something else: nothing read so far is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from components import database
from components.database import Database

TABLES = "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "notes.sqlite3"


@pytest.fixture
def at_once(monkeypatch):
    """The way back to disk is tried at every write."""
    monkeypatch.setattr(database, "RETRY_SECONDS", -1.0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of somebody whom permissions hold back; root they do not."""
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(65534)
    place = Path(tempfile.mkdtemp())
    yield place
    place.chmod(0o700)
    for path in place.iterdir():
        path.chmod(0o600)
    shutil.rmtree(place)
    if as_root:
        os.seteuid(0)


def write(db: Database, *texts: str) -> None:
    db.write(lambda connection: connection.executemany("INSERT INTO notes (text) VALUES (?)", [(t,) for t in texts]))


def notes(db: Database) -> list[str]:
    return [row[0] for row in db.read("SELECT text FROM notes ORDER BY id")]


def on_disk(path: Path) -> list[str]:
    """What another process finds."""
    reader = sqlite3.connect(path)
    found = [row[0] for row in reader.execute("SELECT text FROM notes ORDER BY id")]
    reader.close()
    return found


def filled(path: Path, *texts: str) -> None:
    db = Database(path, TABLES)
    write(db, *texts)
    db.close()


def fill(db: Database) -> None:
    """Leave no page free on its disk, and let none be added."""
    assert db._disk
    (pages,) = db._disk.execute("PRAGMA page_count").fetchone()
    db._disk.execute(f"PRAGMA max_page_count = {pages}")


def make_room(db: Database) -> None:
    assert db._disk
    db._disk.execute("PRAGMA max_page_count = 1000000")


BIG = "x" * 100_000


# --- a disk that works ---


def test_what_is_written_is_there_after_a_restart(path):
    filled(path, "one", "two")
    again = Database(path, TABLES)
    assert (notes(again), again.is_on_disk, again.was_set_aside) == (["one", "two"], True, False)
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
    assert (notes(db), db.is_on_disk, db.was_set_aside) == (["old", "new"], False, False)
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
    assert (notes(db), db.is_on_disk, db.was_set_aside) == (["new"], False, False)
    path.chmod(0o600)
    write(db, "newer")
    assert db.is_on_disk
    assert on_disk(path) == notes(db) == ["old", "new", "newer"]
    db.close()


def test_f28_a_read_only_folder_lives_in_memory(folder):
    folder.chmod(0o500)
    db = Database(folder / "notes.sqlite3", TABLES)
    write(db, "one")
    assert (notes(db), db.is_on_disk, db.was_set_aside) == (["one"], False, False)
    db.close()


def test_f28_a_history_that_another_program_holds_is_not_set_aside(path, at_once, monkeypatch):
    filled(path, "old")
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0.01))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    db = Database(path, TABLES)
    db.write(lambda connection: connection.execute("INSERT INTO notes VALUES (7, 'new')"))
    assert not db.was_set_aside
    assert not db.is_on_disk
    other.close()
    write(db, "newer")
    assert on_disk(path) == ["old", "new", "newer"]
    assert sorted(part.name for part in path.parent.iterdir() if ".bad" in part.name) == []
    db.close()


# --- F29: what is there is no history of ours ---


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def scribbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)


def old(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    db.close()


BAD = {
    "text": lambda path: path.write_text("My shopping list: milk, bread and a very long line.\n" * 100),
    "zeros": lambda path: path.write_bytes(bytes(8192)),
    "truncated": cut,
    "scribbled": scribbled,
    "another program's": old,
}
INDEXED = TABLES + "CREATE INDEX IF NOT EXISTS notes_by_text ON notes (text);"


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_f29_an_unreadable_file_is_set_aside_whole_and_a_new_one_begun(path, spoil):
    filled(path, *(f"{number} {BIG}" for number in range(5)))
    spoil(path)
    before = path.read_bytes()
    db = Database(path, INDEXED)
    assert (db.was_set_aside, db.is_on_disk, notes(db)) == (True, True, [])
    (bad,) = [part for part in path.parent.iterdir() if part.name.startswith("notes.sqlite3.bad-")]
    assert bad.read_bytes()[100:] == before[100:], "but for SQLite's own header"
    write(db, "new")
    db.close()
    again = Database(path, INDEXED)
    assert (again.was_set_aside, notes(again)) == (False, ["new"]), "one notice"
    again.close()


def test_f29_two_bad_files_of_one_second_are_both_kept(path):
    for text in ("first list " * 100, "second list " * 100):
        path.write_text(text)
        Database(path, TABLES).close()
        path.unlink()
    assert len([part for part in path.parent.iterdir() if ".bad-" in part.name]) == 2


def test_f29_an_empty_file_is_a_new_history(path):
    path.touch()
    db = Database(path, TABLES)
    assert (db.was_set_aside, db.is_on_disk) == (False, True)
    db.close()


def test_f29_a_file_that_cannot_be_moved_away_is_left_and_memory_takes_its_place(folder, at_once):
    path = folder / "notes.sqlite3"
    path.write_text("a shopping list " * 100)
    folder.chmod(0o500)
    db = Database(path, TABLES)
    write(db, "one")
    write(db, "two")
    assert (notes(db), db.is_on_disk) == (["one", "two"], False)
    db.close()
    assert path.read_text().startswith("a shopping list")


def test_f29_a_full_disk_beside_a_bad_file_does_not_keep_the_app_from_starting(path, monkeypatch):
    path.write_text("a shopping list " * 100)
    new, calls = Database._new, 0

    def full(self: Database, place: Path | str) -> sqlite3.Connection:
        nonlocal calls
        if isinstance(place, Path):
            calls += 1
            if calls > 1:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[misc]
                raise error
        return new(self, place)

    monkeypatch.setattr(Database, "_new", full)
    db = Database(path, TABLES)
    write(db, "one")
    assert (notes(db), db.is_on_disk, db.was_set_aside) == (["one"], False, True)
    db.close()


# --- F30: killed at any moment ---


def test_f30_what_a_killed_process_left_beside_the_file_is_taken_in(path, tmp_path_factory):
    db = Database(path, TABLES)
    write(db, "one", "two")
    copy = tmp_path_factory.mktemp("killed") / path.name
    for ending in ("", "-wal", "-shm"):
        shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    assert Path(f"{copy}-wal").stat().st_size, "both stand in the log alone"
    db.close()
    again = Database(copy, TABLES)
    assert notes(again) == ["one", "two"]
    again.close()


def test_f29_a_log_whose_file_is_gone_hurts_nobody(path, tmp_path_factory):
    db = Database(path, TABLES)
    write(db, "one")
    lone = tmp_path_factory.mktemp("lone") / path.name
    shutil.copy(f"{path}-wal", f"{lone}-wal")
    db.close()
    again = Database(lone, TABLES)
    write(again, "new")
    assert on_disk(lone) == ["new"]
    again.close()


def test_f30_a_log_cut_off_anywhere_keeps_whole_writes(path, tmp_path_factory):
    db = Database(path, TABLES)
    for number in range(5):
        write(db, str(number))
    shutil.copy(path, base := tmp_path_factory.mktemp("cut") / path.name)
    log = Path(f"{path}-wal").read_bytes()
    db.close()
    for length in range(0, len(log), 997):
        Path(f"{base}-wal").write_bytes(log[:length])
        shutil.copy(base, place := base.with_name(f"{length}.sqlite3"))
        Path(f"{place}-wal").write_bytes(log[:length])
        again = Database(place, TABLES)
        found = notes(again)
        assert found == [str(number) for number in range(len(found))]
        assert not again.was_set_aside
        again.close()
