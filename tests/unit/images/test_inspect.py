from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import messages
from components.errors import ImageUnavailable
from components.images.inspect import PIXEL_LIMIT, inspect
from components.messages.message import Message
from tests.support.full_run import examples
from tests.support.scripted_api import picture_bytes

SUFFIX = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}


def refused(content: bytes) -> Message:
    with pytest.raises(ImageUnavailable) as caught:
        inspect(io.BytesIO(content))
    return caught.value.message


@pytest.mark.parametrize("kind", SUFFIX)
def test_what_a_picture_is_comes_from_its_content(tmp_path, kind):
    content = picture_bytes(kind, (40, 24))
    place = tmp_path / "a name that says nothing true.txt"
    place.write_bytes(content)
    with place.open("rb") as file:
        facts = inspect(file)
    assert (facts.format, facts.width, facts.height, facts.size) == (kind, 40, 24, len(content))
    assert facts.suffix == SUFFIX[kind]


@pytest.mark.parametrize("kind", SUFFIX)
def test_a_file_is_read_from_its_begin_wherever_its_writer_stopped(kind):
    content = picture_bytes(kind)
    file = io.BytesIO()
    file.write(content)
    assert inspect(file).size == len(content)


@pytest.mark.parametrize("kind", SUFFIX)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_picture_that_is_cut_off_is_damaged(kind, share):
    content = picture_bytes(kind, (64, 64))
    assert refused(content[: int(len(content) * share)]) == messages.DAMAGED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html><body>Sign in</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'{"error": "not found"}',
        picture_bytes("GIF"),
        picture_bytes("BMP"),
        picture_bytes("TIFF"),
        b"%PDF-1.4",
        b"\x89PNG",
    ],
    ids=["empty", "html", "svg", "json", "gif", "bmp", "tiff", "pdf", "signature"],
)
def test_what_is_no_png_jpeg_or_webp_is_not_shown(content):
    assert refused(content) == messages.NOT_A_PICTURE


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose pixels would fill the memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8200, 5000), (10_000, 10_000), (20_000, 20_000), (60_000, 60_000)])
def test_over_40_megapixels_are_refused_by_the_header_alone(size):
    assert refused(png_that_claims(*size)) == messages.TOO_MANY_PIXELS, "opened, it would be called damaged"


def test_40_megapixels_are_not_refused_for_their_size():
    assert PIXEL_LIMIT == 8000 * 5000
    assert "40 megapixels" in messages.TOO_MANY_PIXELS.happened
    assert refused(png_that_claims(8000, 5000)) == messages.DAMAGED


@settings(max_examples=examples(150))
@given(st.sampled_from(sorted(SUFFIX)), st.data())
def test_no_damage_makes_any_other_trouble(kind, data):
    content = bytearray(picture_bytes(kind, (16, 16)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ImageUnavailable):
        inspect(io.BytesIO(content[: data.draw(st.integers(0, len(content)))]))
