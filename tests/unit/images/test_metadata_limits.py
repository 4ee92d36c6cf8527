"""Forged image files of many parts: what is looked at is bounded, and so is the time."""

from __future__ import annotations

import io
import struct
from time import process_time

import pytest
from PIL import Image

from components.images.metadata import read_text, strip, write_text
from components.images.structure import MAX_PARTS

TEXT = "a fox\nSteps: 20"


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind)
    return file.getvalue()


def png_chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + bytes(4)


def with_parts(kind: str, count: int) -> bytes:
    """Return a file with so many empty parts more, which have no effect on the image."""
    data = write_text(picture(kind), TEXT)
    if kind == "PNG":
        return data[:-12] + png_chunk(b"tIME") * count + data[-12:]
    if kind == "JPEG":
        return data[:2] + b"\xff\xed\x00\x02" * count + data[2:]
    start = 12 + 8 + 10  # behind the VP8X chunk
    body = data[8:start] + b"JUNK\0\0\0\0" * count + data[start:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_c06_a_file_of_too_many_parts_is_left_as_it_is(kind):
    usual, forged = with_parts(kind, 10_000), with_parts(kind, MAX_PARTS)
    assert read_text(usual) == TEXT
    assert len(strip(usual)) < 5_000
    assert read_text(forged) == ""
    assert strip(forged) == write_text(forged, "") == forged


@pytest.mark.parametrize("filling", [b"\xff", b"\xff\x00", b"\xff\xd3", b"\x01"])
def test_c06_the_data_of_a_scan_is_searched_in_a_moment(filling):
    data = write_text(picture("JPEG"), TEXT)
    scanned = data[:-2] + filling * (6_000_000 // len(filling)) + b"\xff\xd9"
    begun = process_time()
    assert read_text(scanned) == TEXT
    assert process_time() - begun < 0.7
    assert strip(scanned).endswith(scanned[-1_000_000:])


@pytest.mark.parametrize("missing", [0, 1, 2])
@pytest.mark.parametrize("length", [256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1])
def test_c06_a_marker_is_found_wherever_it_lies(length, missing):
    data = write_text(picture("JPEG"), TEXT)
    start = data.index(b"\xff\xda") + 2 + 12
    scanned = data[:start] + b"\x01" * (length - missing) + b"\xff\xd9"
    assert strip(scanned + b"behind").endswith(b"\x01\x01\xff\xd9")
    assert read_text(scanned[:-2]) == "", "no marker ends it"


def test_c06_long_exif_data_is_not_read():
    for length, read in ((60_000, "{}"), (5_000_000, "")):
        exif = Image.Exif()
        exif[0x0110], exif[0x9C9B] = "prompt:{}", bytes(length)
        file = io.BytesIO()
        Image.new("RGB", (8, 8)).save(file, "WEBP", exif=exif)
        assert read_text(file.getvalue()) == read
