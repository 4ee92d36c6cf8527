"""Thumbnails of every kind of picture that is kept."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from components.images.thumbnail import SIDE, thumbnail


def file(kind: str, mode: str, size: tuple[int, int]) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size, 255 if mode in "L1P" else None).save(held, kind)
    return held.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "shown"),
    [
        ("PNG", "RGB", "RGB"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "L", "RGB"),
        ("PNG", "P", "RGB"),
        ("PNG", "1", "RGB"),
        ("JPEG", "RGB", "RGB"),
        ("JPEG", "L", "RGB"),
        ("JPEG", "CMYK", "RGB"),
        ("WEBP", "RGB", "RGB"),
    ],
)
def test_every_kind_becomes_a_small_webp(kind, mode, shown):
    small = thumbnail(file(kind, mode, (1100, 2200)))
    assert small
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.mode, image.size) == ("WEBP", shown, (SIDE // 2, SIDE))


def test_a_small_picture_is_not_made_larger():
    small = thumbnail(file("PNG", "RGB", (40, 30)))
    assert small
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (40, 30)


@pytest.mark.parametrize("content", [b"", b"no picture", file("PNG", "RGB", (64, 64))[:60]])
def test_what_is_no_picture_has_none(content):
    assert thumbnail(content) is None


def test_what_a_picture_says_of_itself_is_not_in_it():
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where it was made"
    Image.new("RGB", (600, 600)).save(held, "JPEG", exif=exif)
    small = thumbnail(held.getvalue())
    assert small
    assert b"where it was made" not in small
