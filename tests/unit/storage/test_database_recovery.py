"""Files that are no history, and files a killed process left: set aside whole, or read to their last whole write."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from components.storage.database import Database
from tests.support.notes_database import BIG, TABLES, filled, notes, on_disk, write

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
    assert (db.was_quarantined, db.is_on_disk, notes(db)) == (True, True, [])
    (bad,) = [part for part in path.parent.iterdir() if part.name.startswith("notes.sqlite3.bad-")]
    assert bad.read_bytes()[100:] == before[100:], "but for SQLite's own header"
    write(db, "new")
    db.close()
    again = Database(path, INDEXED)
    assert (again.was_quarantined, notes(again)) == (False, ["new"]), "one notice"
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
    assert (db.was_quarantined, db.is_on_disk) == (False, True)
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
    new, calls = Database._connect, 0

    def full(self: Database, place: Path | str) -> sqlite3.Connection:
        nonlocal calls
        if isinstance(place, Path):
            calls += 1
            if calls > 1:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL  # type: ignore[misc]
                raise error
        return new(self, place)

    monkeypatch.setattr(Database, "_connect", full)
    db = Database(path, TABLES)
    write(db, "one")
    assert (notes(db), db.is_on_disk, db.was_quarantined) == (["one"], False, True)
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
        assert not again.was_quarantined
        again.close()
