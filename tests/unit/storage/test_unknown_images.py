"""Image files that no record names: swept at the start, and never while the records may not be all of them."""

from __future__ import annotations

import io
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from components.domain.job import Job, StoredImage
from components.storage.image_files import ImageFiles
from components.storage.store import Store
from tests.support.budgets import NOWHERE
from tests.support.scripted_api import ALICE, picture_bytes
from tests.support.stored_jobs import done


class Killed(BaseException):
    """Ends a call where a SIGKILL would end the process."""


def stored_image(store: Store) -> StoredImage:
    """Store an image and its thumbnail."""
    image, is_on_disk = store.commit_image(_temp(store), nsfw=False)
    assert is_on_disk
    assert store.thumbnail(image.name)
    return image


def _temp(store: Store) -> io.BufferedRandom:
    temp = store.open_temp()
    temp.write(picture_bytes())
    return temp  # pyright: ignore[reportReturnType] - a file, as the folder can be written


def saved(store: Store, name: str) -> Job:
    job = done(name, at=time.time(), ended=time.time(), images=(stored_image(store),))
    store.add_jobs([job])
    return job


def files(folder: Path) -> set[str]:
    return {path.name for place in ("pictures", "thumbnails") for path in (folder / place).iterdir()}


def names(*jobs: Job) -> set[str]:
    images = [image.name for job in jobs for image in job.images]
    return {*images, *(f"{name}.webp" for name in images)}


def swept(folder: Path) -> int:
    """Return the number of images that the next start sweeps."""
    store = Store(folder)
    count = store.remove_unknown_images()
    store.close()
    return count


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def test_what_was_deleted_is_gone_after_a_kill_before_its_files(tmp_path, store, monkeypatch):
    deleted, kept = [saved(store, f"a-{number}") for number in range(5)], saved(store, "b-1")

    def kill(images, name):
        raise Killed

    monkeypatch.setattr(ImageFiles, "delete", kill)
    with pytest.raises(Killed):
        store.delete_jobs(deleted)
    monkeypatch.undo()
    store.close()
    assert files(tmp_path) == names(*deleted, kept)
    assert swept(tmp_path) == 5
    assert files(tmp_path) == names(kept)


def test_a_dropped_upload_is_gone_after_a_kill_and_one_in_use_stays(tmp_path, store, monkeypatch):
    dropped = store.add_source(ALICE, picture_bytes(), (16, 8), 1.0)
    used = store.add_source(ALICE, picture_bytes("WEBP"), (16, 8), time.time())

    def kill(images, name):
        raise Killed

    monkeypatch.setattr(ImageFiles, "delete", kill)
    with pytest.raises(Killed):
        store.drop_sources(2.0)
    monkeypatch.undo()
    kept = saved(store, "b-1")
    store.close()
    assert dropped.name in files(tmp_path)
    assert swept(tmp_path) == 1
    assert files(tmp_path) == {used.name, *names(kept)}


def test_files_that_are_not_ours_by_name_stay(tmp_path, store):
    (tmp_path / "pictures" / "holiday.png").write_bytes(b"x")
    (tmp_path / "thumbnails" / "holiday.png.webp").write_bytes(b"x")
    (tmp_path / "pictures" / ("0" * 32 + ".png")).mkdir()
    saved(store, "b-1")
    before = files(tmp_path)
    store.remove_unknown_images()
    assert files(tmp_path) == before


def test_a_file_later_than_the_latest_record_stays(tmp_path, store):
    """Of a database from a backup the latest pictures have no records; those of a running download have none yet."""
    saved(store, "b-1")
    later = stored_image(store)
    assert store.remove_unknown_images() == 0
    assert later.name in files(tmp_path)
    saved(store, "b-2")
    assert store.remove_unknown_images() == 1


def test_a_folder_without_records_keeps_its_files(tmp_path, store):
    stored_image(store)
    assert store.remove_unknown_images() == 0


def spoiled(folder: Path, record: str) -> None:
    with closing(sqlite3.connect(folder / "playground.sqlite3")) as db, db:
        db.execute("UPDATE jobs SET record = ? WHERE id = 'a-1'", (record,))


def test_beside_a_record_that_is_no_json_nothing_is_swept(tmp_path, store):
    saved(store, "a-1")
    saved(store, "b-1")
    store.close()
    before = files(tmp_path)
    spoiled(tmp_path, '{"pictures": [')
    assert swept(tmp_path) == 0
    assert files(tmp_path) == before


def test_a_file_that_an_unreadable_record_names_stays(tmp_path, store):
    named, kept = saved(store, "a-1"), saved(store, "b-1")
    store.close()
    spoiled(tmp_path, f'{{"version": 99, "films": ["{named.images[0].name}"]}}')
    assert swept(tmp_path) == 0
    assert files(tmp_path) == names(named, kept)


def test_beside_a_database_that_was_set_aside_nothing_is_swept_at_any_later_start(tmp_path, store):
    saved(store, "a-1")
    store.close()
    before = files(tmp_path)
    (tmp_path / "playground.sqlite3").write_bytes(b"no database " * 500)
    for _ in range(2):
        again = Store(tmp_path)
        new = done(f"n-{time.time()}", at=time.time() + 10, ended=time.time() + 10)
        again.add_jobs([new])
        assert again.remove_unknown_images() == 0
        again.close()
    assert files(tmp_path) == before


def test_of_a_newer_version_s_folder_and_in_memory_nothing_is_swept(tmp_path, store, monkeypatch):
    deleted = saved(store, "a-1")
    saved(store, "b-1")
    monkeypatch.setattr(ImageFiles, "delete", lambda images, name: None)
    store.delete_jobs([deleted])
    monkeypatch.undo()
    before = files(tmp_path)
    for attribute, value in (("is_from_newer_version", True), ("_memory", sqlite3.connect(":memory:"))):
        with monkeypatch.context() as patch:
            patch.setattr(store._db, attribute, value)
            assert store.remove_unknown_images() == 0
    assert files(tmp_path) == before
    elsewhere = Store(NOWHERE)
    assert elsewhere.remove_unknown_images() == 0
    elsewhere.close()
    assert store.remove_unknown_images() == 1
    assert store.job("a-1") is None
