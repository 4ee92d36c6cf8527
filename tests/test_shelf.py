"""Pictures as files: kept byte for byte, under names that nobody guesses, in memory when the disk fails."""

from __future__ import annotations

import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from components.errors import PictureTrouble
from components.job import Picture
from components.shelf import Shelf
from tests.fakes import picture_bytes


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path)


def kept(shelf: Shelf, content: bytes, *, nsfw: bool = False) -> tuple[Picture, bool]:
    """Put a picture on the shelf as it is done when one is fetched."""
    landing = shelf.landing()
    try:
        landing.write(content)
        return shelf.keep(landing, nsfw=nsfw)
    finally:
        shelf.clear(landing)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_a_kept_picture_is_byte_for_byte_what_came(shelf, tmp_path, kind, suffix):
    picture, is_on_disk = kept(shelf, picture_bytes(kind), nsfw=True)
    path = shelf.find(picture.name)
    assert is_on_disk
    assert path.read_bytes() == picture_bytes(kind)
    assert (path.suffix, picture.format, picture.nsfw) == (suffix, kind, True)
    assert (picture.width, picture.height, picture.size) == (16, 8, len(picture_bytes(kind)))
    assert files(tmp_path) == [path]


def test_no_two_pictures_have_a_name_that_tells_of_the_other(shelf):
    names = {kept(shelf, picture_bytes())[0].name for _ in range(20)}
    assert len({name[:16] for name in names}) == 20


@pytest.mark.parametrize("content", [b"<html>", b"", picture_bytes()[:-40], picture_bytes("GIF")])
def test_what_is_no_whole_picture_is_not_kept(shelf, tmp_path, content):
    with pytest.raises(PictureTrouble):
        kept(shelf, content)
    assert not files(tmp_path)


def test_leftovers_of_a_killed_process_are_swept(shelf, tmp_path):
    with shelf.landing() as left:
        left.write(b"half")
    picture, _ = kept(shelf, picture_bytes())
    Shelf(tmp_path)
    assert [path.name for path in files(tmp_path)] == [picture.name]


@pytest.mark.parametrize(
    "name",
    [
        "../playground.sqlite3",
        "..",
        "",
        ".",
        "/etc/passwd",
        "a/b.png",
        "secret.png",
        "%2e%2e/x",
        f"{'a' * 32}.svg",
        f"{'a' * 32}.png\n",
        f"{'A' * 32}.png",
        f"{'a' * 32}.png/",
        f"../pictures/{'a' * 32}.png",
        "\0" * 36,
        f"{'b' * 32}.png",
    ],
)
def test_a_name_leads_to_a_picture_or_nowhere(shelf, tmp_path, name):
    for made in ("secret.png", f"{'a' * 32}.png", f"{'a' * 32}.svg"):
        (tmp_path / "pictures" / made).write_bytes(b"x")
    assert shelf.find(name) is None
    assert shelf.find(f"{'a' * 32}.png")


def test_a_folder_by_a_pictures_name_is_none(shelf, tmp_path):
    os.mkdir(tmp_path / "pictures" / f"{'c' * 32}.png")  # noqa: PTH102 - shorter than the Path
    assert shelf.find(f"{'c' * 32}.png") is None


# --- a disk that fails ---


@pytest.fixture
def nowhere(tmp_path):
    """A shelf whose folder cannot be made."""
    (tmp_path / "file").write_text("")
    return Shelf(tmp_path / "file" / "folder")


def test_without_a_folder_a_picture_is_held_in_memory_byte_for_byte(nowhere):
    picture, is_on_disk = kept(nowhere, picture_bytes("WEBP"))
    assert not is_on_disk
    assert nowhere.find(picture.name) == picture_bytes("WEBP")
    assert picture.size == len(picture_bytes("WEBP"))


def test_without_a_folder_what_is_no_picture_is_not_held_either(nowhere):
    with pytest.raises(PictureTrouble):
        kept(nowhere, b"<html>")
    assert not nowhere._held


@pytest.mark.parametrize("broken", ["incoming", "pictures"])
def test_a_picture_that_cannot_be_put_in_its_place_is_held_in_memory(shelf, tmp_path, broken):
    (tmp_path / broken).rmdir()
    (tmp_path / broken).write_text("a file where the folder should be")
    picture, is_on_disk = kept(shelf, picture_bytes())
    assert not is_on_disk
    assert shelf.find(picture.name) == picture_bytes()
    assert files(tmp_path) == [tmp_path / broken], "nothing half done is left"


@pytest.mark.parametrize("place", ["incoming", "pictures"])
def test_a_folder_that_was_tidied_away_is_made_again(shelf, tmp_path, place):
    (tmp_path / place).rmdir()
    assert kept(shelf, picture_bytes())[1]


def test_a_picture_that_landed_in_memory_stays_there(shelf, tmp_path):
    picture, is_on_disk = shelf.keep(io.BytesIO(picture_bytes()), nsfw=False)
    assert not is_on_disk
    assert shelf.find(picture.name) == picture_bytes()
    assert not files(tmp_path)


def test_memory_holds_so_much_and_the_newest(tmp_path):
    small = Shelf(tmp_path / "file" / "folder", memory_limit=3 * len(picture_bytes()))
    names = [small.keep(io.BytesIO(picture_bytes()), nsfw=False)[0].name for _ in range(5)]
    assert [small.find(name) is not None for name in names] == [False, False, True, True, True]


@pytest.fixture
def hasty():
    """Threads that take turns as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
def test_threads_may_fill_memory_at_once(tmp_path):
    small = Shelf(tmp_path, memory_limit=3)

    def fill(thread: int) -> None:
        for number in range(2000):
            small._hold(f"{thread}-{number}", io.BytesIO(b"x"))

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(fill, thread) for thread in range(8)]:
            done.result()
    assert len(small._held) == 3
