"""A database that outlives its disk: full, not to be written, not to be read, and well again."""

from __future__ import annotations

import sqlite3

import pytest

from components.database import RETRY_SECONDS, Database

TABLES = "CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY, length INTEGER NOT NULL) STRICT;"


def add(db: Database, *words: str) -> None:
    db.write(
        lambda inside: inside.executemany("INSERT INTO words VALUES (?, ?)", [(word, len(word)) for word in words])
    )


def words(db: Database) -> list[str]:
    return [row[0] for row in db.read("SELECT word FROM words ORDER BY word")]


def fill_up(db: Database) -> None:
    """Let SQLite find no room for another page, as on a full disk."""
    (pages,) = db.read("PRAGMA page_count")[0]
    db.read(f"PRAGMA max_page_count = {pages}")


def make_room(db: Database) -> None:
    """Give the disk its room back, and let the time pass after which it is tried again."""
    assert db._disk
    db._disk.execute("PRAGMA max_page_count = 100000")
    db._tried -= RETRY_SECONDS + 1


HEAVY = ["heavy" + "x" * 9000, "heavier" + "x" * 9000]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "words.sqlite3"


@pytest.fixture
def db(path):
    db = Database(path, TABLES)
    yield db
    db.close()


def reopened(path) -> list[str]:
    db = Database(path, TABLES)
    try:
        assert db.is_on_disk
        return words(db)
    finally:
        db.close()


def test_on_a_full_disk_a_write_is_done_in_memory_once_and_whole(db):
    add(db, "old")
    fill_up(db)
    add(db, *HEAVY)
    assert not db.is_on_disk
    assert words(db) == sorted(["old", *HEAVY])
    assert db._disk
    assert [row[0] for row in db._disk.execute("SELECT word FROM words")] == ["old"], "half of it is on disk"


def test_while_the_disk_is_full_it_is_not_tried_at_each_write(db):
    fill_up(db)
    add(db, *HEAVY)
    db._disk.execute("PRAGMA max_page_count = 100000")
    add(db, "soon after")
    assert not db.is_on_disk


def test_a_disk_with_room_again_gets_everything(db, path):
    add(db, "old")
    fill_up(db)
    add(db, *HEAVY)
    make_room(db)
    add(db, "late")
    assert db.is_on_disk
    db.close()
    assert reopened(path) == sorted(["old", "late", *HEAVY])


def test_a_disk_with_room_again_at_the_end_gets_everything(db, path):
    fill_up(db)
    add(db, *HEAVY)
    make_room(db)
    db.close()
    assert reopened(path) == sorted(HEAVY)


def test_a_disk_that_stays_full_keeps_what_it_had(db, path):
    add(db, "old")
    fill_up(db)
    add(db, *HEAVY)
    db._tried -= RETRY_SECONDS + 1
    add(db, "late")
    assert not db.is_on_disk
    db.close()
    assert reopened(path) == ["old"]


def test_a_fault_of_the_statement_is_not_taken_for_the_disk_s(db):
    with pytest.raises(sqlite3.OperationalError):
        db.write(lambda inside: inside.execute("INSERT INTO nowhere VALUES (1)"))
    add(db, "one")
    with pytest.raises(sqlite3.IntegrityError):
        add(db, "two", "one")
    assert db.is_on_disk
    assert words(db) == ["one"]


def test_a_failing_commit_leaves_no_transaction_open(db):
    """A deferred constraint fails at COMMIT, as a full disk can."""
    db.read("PRAGMA foreign_keys = ON")
    db.read("CREATE TABLE other (id TEXT PRIMARY KEY)")
    db.read("CREATE TABLE pairs (id TEXT REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(sqlite3.IntegrityError):
        db.write(lambda inside: inside.execute("INSERT INTO pairs VALUES ('none')"))
    add(db, "one")
    assert words(db) == ["one"]


# --- a file that cannot be opened ---


@pytest.fixture
def barred(path):
    """A history with one word in it that cannot be opened, by root neither; `unbar` lets it be again."""
    db = Database(path, TABLES)
    add(db, "old", "twice")
    db.close()
    bar = path.with_name(path.name + "-wal")
    bar.mkdir()
    return bar


def test_without_a_path_it_is_memory():
    db = Database(None, TABLES)
    add(db, "one")
    assert (words(db), db.is_on_disk) == (["one"], False)
    db.close()


def test_a_file_that_cannot_be_opened_is_neither_set_aside_nor_touched(barred, path):
    before = path.read_bytes()
    db = Database(path, TABLES)
    add(db, "new")
    assert (db.is_on_disk, db.was_set_aside) == (False, False)
    db.close()
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.bad-*"))


@pytest.mark.parametrize("at_the_end", [True, False])
def test_what_was_made_meanwhile_joins_a_history_that_can_be_opened_again(barred, path, at_the_end):
    db = Database(path, TABLES)
    add(db, "new")
    db.write(lambda inside: inside.execute("INSERT INTO words VALUES ('twice', 0)"))
    barred.rmdir()
    if not at_the_end:
        db._tried -= RETRY_SECONDS + 1
        add(db, "late")
        assert db.is_on_disk
        assert words(db) == ["late", "new", "old", "twice"]
    db.close()
    assert reopened(path) == ["late", "new", "old", "twice"][at_the_end:]


# --- a file that cannot be read ---


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_what_is_no_database_is_set_aside_byte_for_byte(path, content):
    path.write_bytes(content)
    db = Database(path, TABLES)
    assert (db.was_set_aside, db.is_on_disk) == (True, True)
    add(db, "one")
    [aside] = path.parent.glob("*.bad-*")
    assert aside.read_bytes() == content
    db.close()
    assert reopened(path) == ["one"]


def test_a_damaged_page_is_found_when_it_is_opened(db, path):
    add(db, *[f"{number:04}" + "x" * 500 for number in range(200)])
    db.close()
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096 * 3)
    again = Database(path, TABLES)
    assert again.was_set_aside
    assert words(again) == []
    again.close()


def test_two_that_are_set_aside_do_not_overwrite_each_other(path):
    """Also within one second: an app that is restarted at once."""
    for content in (b"first" * 100, b"second" * 100):
        path.write_bytes(content)
        Database(path, TABLES).close()
    assert {aside.read_bytes() for aside in path.parent.glob("*.bad-*")} == {b"first" * 100, b"second" * 100}
