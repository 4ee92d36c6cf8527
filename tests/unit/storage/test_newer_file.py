"""Folders of a newer version: shown, never written, and whole when the newer version opens them again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from components.budget.limits import BudgetLimits, Reservation
from components.domain.job import Job, JobState, StoredImage
from components.errors import SetupError
from components.storage import store as store_module
from components.storage.database import Database
from components.storage.search_table import Search
from components.storage.store import Store
from tests.support.notes_database import TABLES, notes, on_disk, write
from tests.support.scripted_api import ALICE, BOB, picture_bytes
from tests.support.stored_jobs import done, job, save

NOW = 1000.0
OPEN = job("b-1", task_id="t", sent=1.0, state=JobState.PROCESSING)
UNSENT = job("c-1")


@pytest.fixture
def older(monkeypatch):
    """The same code with a version that is lower by one."""

    def with_older() -> pytest.MonkeyPatch:
        monkeypatch.setattr(store_module, "MIGRATIONS", store_module.MIGRATIONS[:-1])
        return monkeypatch

    return with_older


def image(store: Store) -> StoredImage:
    temp = store.open_temp()
    temp.write(picture_bytes())
    stored, _ = store.commit_image(temp, nsfw=False)
    store.discard(temp)
    return stored


def fill(store: Store) -> Job:
    """Store jobs of all kinds, costs, a favourite, a cleanup note and an upload; return the completed job."""
    finished = done("a-1", "a café", images=(image(store),), price=300, is_favourite=True)
    save(store, finished, OPEN, UNSENT)
    store.reserve([finished], Reservation(BudgetLimits(), "browser x", (300,), None), NOW)
    store.save_job(finished)
    store.record_cleanup([finished], NOW)
    store.record_cleanup([finished], NOW)
    source = store.add_source(ALICE, picture_bytes(), (16, 8), NOW)
    store.save_upload("hosted", source.digest, "https://media.test/1.png", NOW)
    return finished


def shown(store: Store) -> tuple[object, ...]:
    """Return what a visitor and the host see of a store that `fill` filled."""
    return (
        store.page_of(ALICE, None, 99),
        store.search(ALICE, Search("cafe", is_favourite=True), 9),
        store.cleanup_note(ALICE),
        store.spending_by_person(NOW),
        store.spending_totals("browser x", NOW),
        [store.image_bytes(one.name) for one in store.search(ALICE, Search(), 9)[0].images],
        store.open_jobs(),
        store.submits_beside(OPEN, []),
    )


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of all files of a folder but the lock."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "playground.lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def close_cleanly(folder: Path, copy: Path) -> None:
    store = Store(folder)
    fill(store)
    store.close()
    shutil.copytree(folder, copy)


def kill(folder: Path, copy: Path) -> None:
    """Copy a folder while it is open: its last writes are in the -wal file alone."""
    store = Store(folder)
    fill(store)
    shutil.copytree(folder, copy)
    store.close()
    assert (copy / "playground.sqlite3-wal").stat().st_size


def kill_and_restore(folder: Path, copy: Path) -> None:
    """Copy it without the -shm file, as a backup program may."""
    kill(folder, copy)
    (copy / "playground.sqlite3-shm").unlink()


@pytest.fixture(params=[close_cleanly, kill, kill_and_restore], ids=lambda make: make.__name__)
def newer(request, tmp_path) -> Path:
    """A folder that this version wrote."""
    request.param(tmp_path / "made", tmp_path / "data")
    return tmp_path / "data"


def change_everything(store: Store) -> None:
    """Do what visitors and the host can do on the page."""
    [finished] = store.search(ALICE, Search(), 9)
    store.set_favourite(ALICE, finished.id, is_favourite=False)
    save(store, done("d-1", images=(image(store),)), job("e-1"))
    store.save_job(job("b-1", task_id="t", sent=1.0, state=JobState.FAILED, ended=5.0))
    store.transfer_jobs(ALICE, BOB)
    store.delete_jobs([finished])
    store.add_source(BOB, b"\x89PNG", (1, 1), NOW)
    assert store.drop_sources(NOW + 1) == 2
    assert store.thumbnail(finished.images[0].name)
    store.set_switch("stop", is_on=True)
    store.record_cleanup([finished], NOW)
    assert store.job(finished.id) is None


def test_a_newer_folder_is_shown_and_not_a_byte_of_it_is_written(newer, older):
    before = files(newer)
    older()
    store = Store(newer)
    assert (store.is_from_newer_version, store.is_on_disk, store.was_quarantined) == (True, False, False)
    assert [one.id for one in store.page_of(ALICE, None, 99)] == ["c-1", "b-1", "a-1"]
    assert files(newer) == before
    change_everything(store)
    assert files(newer) == before
    store.close()
    assert files(newer) == before


def test_a_downgrade_by_one_version_loses_nothing(tmp_path, newer, older, at_once):
    shutil.copytree(newer, tmp_path / "twin")
    twin = Store(tmp_path / "twin")
    expected = shown(twin)
    twin.close()
    patched = older()
    store = Store(newer)
    assert shown(store) == expected
    change_everything(store)
    store.close()
    patched.undo()
    again = Store(newer)
    assert (again.is_from_newer_version, again.is_on_disk) == (False, True)
    assert shown(again) == expected
    again.close()


def test_without_a_lock_on_older_versions_the_same_folder_can_be_opened_again_and_again(newer, older):
    older()
    for _ in range(2):
        store = Store(newer)
        assert len(store.page_of(ALICE, None, 99)) == 3
        store.close()


def test_a_newer_version_may_add_tables_and_columns(tmp_path):
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "playground.sqlite3")) as db:
        for table in ("jobs", "spendings", "search_index", "sources", "uploads", "switches", "sweeps"):
            db.execute(f"ALTER TABLE {table} ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")
        db.execute("CREATE TABLE albums (name TEXT)")
        db.execute("PRAGMA user_version = 99")
    store = Store(tmp_path)
    assert store.is_from_newer_version
    finished = fill(store)
    store.set_switch("stop", is_on=True)
    assert store.search(ALICE, Search(), 9) == [finished]
    store.close()


def test_a_record_of_a_newer_version_is_read_or_said_to_be_unreadable(tmp_path):
    store = Store(tmp_path)
    save(store, done("a-1"), done("b-1"))
    store.close()
    with closing(sqlite3.connect(tmp_path / "playground.sqlite3", isolation_level=None)) as db:
        db.execute("UPDATE jobs SET record = json_set(record, '$.version', 9, '$.depth', 3)")
        db.execute("UPDATE jobs SET record = json_set(record, '$.state', 'archived') WHERE id = 'b-1'")
        db.execute("PRAGMA user_version = 99")
    again = Store(tmp_path)
    assert {one.id: one.is_readable for one in again.page_of(ALICE, None, 9)} == {"a-1": True, "b-1": False}
    again.close()


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE jobs RENAME COLUMN visitor TO owner", "ALTER TABLE search_index RENAME COLUMN job_id TO job"],
)
def test_a_newer_folder_that_cannot_be_shown_is_said_and_left_alone(tmp_path, change):
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "playground.sqlite3")) as db:
        db.execute(change)
        db.execute("PRAGMA user_version = 99")
    before = files(tmp_path)
    for _ in range(2):
        with pytest.raises(SetupError, match=r"newer version of this app made .* cannot show it"):
            Store(tmp_path)
    assert files(tmp_path) == before


@pytest.fixture
def unreadable(folder) -> Iterator[Path]:
    """A file of version 2 that cannot be read for now."""
    path = folder / "notes.sqlite3"
    db = Database(path, TABLES, (lambda _: None,) * 2)
    write(db, "old")
    db.close()
    path.chmod(0o000)
    yield path


def test_a_newer_file_that_can_be_read_only_later_is_never_written(unreadable, at_once):
    db = Database(unreadable, TABLES)
    write(db, "new")
    unreadable.chmod(0o600)
    before = unreadable.read_bytes()
    write(db, "newer")
    assert (notes(db), db.is_on_disk) == (["new", "newer"], False)
    db.close()
    assert unreadable.read_bytes() == before
    assert on_disk(unreadable) == ["old"]


def test_a_newer_file_put_in_the_place_of_ours_is_never_written(tmp_path, folder, at_once):
    path = folder / "notes.sqlite3"
    db = Database(path, TABLES)
    write(db, "old")
    db.close()
    path.chmod(0o400)
    db = Database(path, TABLES)
    write(db, "new")
    for part in folder.iterdir():
        part.chmod(0o600)
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 1")
    other.close()
    write(db, "newer")
    assert not db.is_on_disk
    db.close()
    assert on_disk(path) == ["old"]
