"""Image files on a disk that fails at any step: shown all the same, and said when they are not saved."""

from __future__ import annotations

import errno
import io
import os
import shutil
from pathlib import Path
from typing import Any, BinaryIO, cast

import httpx
import pytest
from PIL import Image, features

from components import messages
from components.domain.job import JobState
from components.errors import ImageUnavailable
from components.storage.image_files import IMAGE_NAME, ImageFiles
from tests.support.core import problem_of, running
from tests.support.scripted_api import picture_bytes

PNG = picture_bytes()


@pytest.fixture
def shelf(tmp_path):
    return ImageFiles(tmp_path)


def landed(shelf: ImageFiles, content: bytes = PNG) -> BinaryIO:
    landing = shelf.open_temp()
    landing.write(content)
    return landing


def content(found: Path | bytes | None) -> bytes | None:
    return found.read_bytes() if isinstance(found, Path) else found


class Failing:
    """A file of a disk that is full from some step on."""

    def __init__(self, file: BinaryIO, step: str) -> None:
        self._file, self._step = file, step
        self.name = file.name

    def __getattr__(self, step: str) -> Any:
        if step == self._step:
            return self._fails
        return getattr(self._file, step)

    def _fails(self, *_: object) -> None:
        if self._step == "close":
            self._file.close()
        raise OSError(errno.ENOSPC, "No space left on device")


# --- a disk that works ---


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_is_kept_as_it_came_under_a_name_nobody_guesses(shelf, kind, suffix, tmp_path):
    landing = landed(shelf, picture_bytes(kind))
    picture, is_on_disk = shelf.commit(landing, nsfw=True)
    shelf.discard(landing)
    assert is_on_disk
    assert IMAGE_NAME.fullmatch(picture.name)
    assert picture.name.endswith(suffix)
    assert content(shelf.find(picture.name)) == picture_bytes(kind)
    assert (picture.width, picture.height, picture.size, picture.nsfw) == (16, 8, len(picture_bytes(kind)), True)
    assert list((tmp_path / "incoming").iterdir()) == []


NO_NAMES = ["", "..", "../playground.sqlite3", "a" * 32, f"{'a' * 32}.png/..", f"{'A' * 32}.png"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_s04_what_is_no_name_of_a_picture_finds_nothing(shelf, name):
    assert shelf.find(name) is None


def test_f24_what_is_no_picture_leaves_nothing(shelf, tmp_path):
    for junk in (b"", b"<html>", PNG[:50], b"\x89PNG\r\n\x1a\n" + bytes(100)):
        landing = landed(shelf, junk)
        with pytest.raises(ImageUnavailable):
            shelf.commit(landing, nsfw=False)
        shelf.discard(landing)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kind", ["GIF", "AVIF", "TIFF", "BMP", "JPEG2000"])
def test_a_paid_image_of_another_format_is_stored_as_png(shelf, kind):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    landing = landed(shelf, picture_bytes(kind, (40, 24)))
    picture, is_on_disk = shelf.commit(landing, nsfw=False)
    shelf.discard(landing)
    assert is_on_disk
    assert (picture.format, picture.width, picture.height) == ("PNG", 40, 24)
    assert Image.open(io.BytesIO(content(shelf.find(picture.name)) or b"")).format == "PNG"


@pytest.mark.parametrize("start", [b"GIF89a", b"\0\0\0 ftypavif"])
def test_f24_what_only_begins_like_one_is_no_picture(shelf, start):
    landing = landed(shelf, start + bytes(300))
    with pytest.raises(ImageUnavailable) as caught:
        shelf.commit(landing, nsfw=False)
    shelf.discard(landing)
    assert caught.value.message == messages.NOT_A_PICTURE


def test_f30_what_a_killed_process_left_half_fetched_is_thrown_away(tmp_path):
    landing = landed(ImageFiles(tmp_path), PNG[:50])
    landing.close()
    assert len(list((tmp_path / "incoming").iterdir())) == 1
    ImageFiles(tmp_path)
    assert list((tmp_path / "incoming").iterdir()) == []


# --- F28 ---


def test_f28_in_a_folder_that_cannot_be_made_pictures_stay_in_memory(tmp_path):
    (tmp_path / "file").write_text("")
    shelf = ImageFiles(tmp_path / "file")
    landing = landed(shelf)
    picture, is_on_disk = shelf.commit(landing, nsfw=False)
    shelf.discard(landing)
    assert not is_on_disk
    assert content(shelf.find(picture.name)) == PNG


def test_f28_a_folder_wiped_while_it_runs_is_made_anew(shelf, tmp_path):
    shutil.rmtree(tmp_path)
    landing = landed(shelf)
    picture, is_on_disk = shelf.commit(landing, nsfw=False)
    assert is_on_disk
    assert content(shelf.find(picture.name)) == PNG
    shutil.rmtree(tmp_path)
    assert shelf.find(picture.name) is None


@pytest.mark.parametrize("step", ["fsync", "replace", "mkdir"])
def test_f28_a_picture_that_cannot_be_moved_to_its_place_is_held_in_memory(shelf, monkeypatch, step):
    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    landing = landed(shelf)
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, step)), fails)
    picture, is_on_disk = shelf.commit(landing, nsfw=False)
    shelf.discard(landing)
    assert not is_on_disk
    assert content(shelf.find(picture.name)) == PNG


def test_f28_a_disk_that_is_full_at_the_last_bytes_is_no_damaged_picture(shelf):
    """They stand in Python's own buffer until somebody reads the file from its beginning."""
    landing = cast("BinaryIO", Failing(landed(shelf), "seek"))
    with pytest.raises(OSError) as full:
        shelf.commit(landing, nsfw=False)
    assert full.value.errno == errno.ENOSPC
    shelf.discard(landing)


def test_f28_memory_has_a_limit_and_the_oldest_go_first(tmp_path):
    (tmp_path / "file").write_text("")
    shelf = ImageFiles(tmp_path / "file", 3 * len(PNG))
    names = [shelf.commit(landed(shelf), nsfw=False)[0].name for _ in range(5)]
    assert [shelf.find(name) is not None for name in names] == [False, False, True, True, True]


def test_f28_a_picture_over_the_whole_limit_is_not_held(tmp_path):
    (tmp_path / "file").write_text("")
    shelf = ImageFiles(tmp_path / "file", len(PNG) - 1)
    picture, is_on_disk = shelf.commit(landed(shelf), nsfw=False)
    assert not is_on_disk
    assert shelf.find(picture.name) is None


# --- F28 on the whole core ---


@pytest.mark.parametrize("step", ["write", "flush", "seek", "fileno", "close"])
async def test_f28_a_disk_that_fails_at_any_step_of_a_picture_shows_it_and_says_so(
    tmp_path, api, clock, monkeypatch, step
):
    make = ImageFiles.open_temp
    monkeypatch.setattr(ImageFiles, "open_temp", lambda self: Failing(make(self), step))
    async with running(tmp_path, api.client(), clock) as rig:
        job = await rig.picture()
        assert (job.state, problem_of(job)) == (JobState.COMPLETED, messages.NOT_SAVED)
        assert content(rig.store.image_file(job.images[0].name)) == PNG
    assert messages.charged(problem_of(job), is_free=False) == "This was charged."


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
async def test_f28_a_full_disk_as_the_system_has_it(tmp_path, api, clock, monkeypatch):
    monkeypatch.setattr(ImageFiles, "open_temp", lambda self: FULL.open("rb+"))
    monkeypatch.setattr(ImageFiles, "discard", _close)
    async with running(tmp_path, api.client(), clock) as rig:
        job = await rig.picture()
        assert (job.state, problem_of(job)) == (JobState.COMPLETED, messages.NOT_SAVED)


def _close(shelf: ImageFiles, landing: BinaryIO) -> None:
    try:
        landing.close()
    except OSError:
        assert landing.closed


async def test_f28_a_folder_wiped_between_two_pictures(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        first = await rig.picture("c1")
        shutil.rmtree(tmp_path)
        second = await rig.picture("c2")
        assert (second.state, second.problem) == (JobState.COMPLETED, None)
        assert content(rig.store.image_file(second.images[0].name)) == PNG
        assert rig.store.image_file(first.images[0].name) is None
        assert {job.id for job in rig.store.page_of(first.visitor, None, 9)} == {"c1-1", "c2-1"}


async def test_f28_a_folder_wiped_while_a_picture_is_fetched(tmp_path, api, clock):
    def wipe(request: httpx.Request) -> httpx.Response:
        shutil.rmtree(tmp_path)
        return httpx.Response(200, content=PNG)

    api.files["https://files.test/task1.png"] = wipe
    async with running(tmp_path, api.client(), clock) as rig:
        job = await rig.picture()
        assert job.state is JobState.COMPLETED
        assert content(rig.store.image_file(job.images[0].name)) == PNG


# --- thumbnails ---


def kept(shelf: ImageFiles, content: bytes = PNG) -> str:
    return shelf.commit(landed(shelf, content), nsfw=False)[0].name


def test_a_thumbnail_is_made_once_kept_and_made_again_when_it_is_gone(shelf, tmp_path):
    name = kept(shelf, picture_bytes(size=(2000, 1000)))
    first = content(shelf.thumbnail(name))
    assert first
    with Image.open(io.BytesIO(first)) as small:
        assert (small.format, small.size) == ("WEBP", (512, 256))
    (file,) = (tmp_path / "thumbnails").iterdir()
    assert shelf.thumbnail(name) == file
    file.unlink()
    assert content(shelf.thumbnail(name)) == first


def test_a_thumbnail_goes_with_its_picture(shelf, tmp_path):
    name = kept(shelf)
    shelf.thumbnail(name)
    shelf.delete(name)
    assert list((tmp_path / "thumbnails").iterdir()) == []
    assert shelf.thumbnail(name) is None


def test_a_picture_deleted_while_its_thumbnail_is_made_leaves_none(shelf, tmp_path, monkeypatch):
    name = kept(shelf)

    def meanwhile(picture: Path) -> bytes:
        shelf.delete(name)
        return b"small"

    monkeypatch.setattr("components.storage.image_files.thumbnail", meanwhile)
    shelf.thumbnail(name)
    assert list((tmp_path / "thumbnails").iterdir()) == []


def test_a_thumbnail_that_cannot_be_saved_is_given_all_the_same(shelf, tmp_path):
    name = kept(shelf)
    (tmp_path / "thumbnails").rmdir()
    assert content(shelf.thumbnail(name))
    assert list((tmp_path / "incoming").iterdir()) == []


def test_of_a_damaged_picture_there_is_no_thumbnail(shelf, tmp_path):
    name = kept(shelf)
    (tmp_path / "pictures" / name).write_bytes(PNG[:40])
    assert shelf.thumbnail(name) is None


def test_no_name_of_another_kind_reaches_a_file(shelf, tmp_path):
    (tmp_path / "secret.png").write_bytes(PNG)
    assert shelf.thumbnail("../secret.png") is None
