"""Decoding ends: files of too many parts are refused before, and every block that is read looks at the deadline."""

from __future__ import annotations

import io
import time
import tracemalloc
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from components import messages
from components.errors import ImageUnavailable, InvalidRequest
from components.images.decoding import SECONDS, open_image
from components.images.inspect import FORMATS, inspect
from components.images.mask_reading import read_mask
from components.images.metadata import read_text, strip, write_text
from components.images.source import normalize_upload
from components.images.structure import MAX_SCANS, TooSlow, check_structure
from components.images.thumbnail import thumbnail
from components.server.errors import Refused
from components.server.tasks.images import decode, media_type_of
from tests.support.fake_clock import FakeClock
from tests.support.odd_images import (
    exif_of_equal_values,
    jpeg_of_scans,
    png_of_chunks,
    profile_of_steps,
    saved,
    webp_of_chunks,
)

_EXIF = exif_of_equal_values(300, 60_000)
TOO_MANY_PARTS = {
    "scans": jpeg_of_scans(MAX_SCANS + 1),
    "scans of many pixels": jpeg_of_scans(16, (8_000, 5_000)),
    "filling bytes": b"\xff\xd8" + b"\xff" * 100_000 + saved("JPEG")[2:],
    "no marker": b"\xff\xd8" + b"\xff" * 100_000,
    "chunks of a PNG": png_of_chunks(25_000),
    "chunks of a WebP": webp_of_chunks(25_000),
    **{f"tags of a {kind}": saved(kind, exif=_EXIF) for kind in FORMATS},
}


@pytest.mark.parametrize("name", TOO_MANY_PARTS)
def test_a_file_of_too_many_parts_is_refused_wherever_one_is_opened(name: str) -> None:
    data = TOO_MANY_PARTS[name]
    with pytest.raises(InvalidRequest) as upload:
        normalize_upload(data)
    with pytest.raises(InvalidRequest) as mask:
        read_mask(data)
    with pytest.raises(ImageUnavailable) as result:
        inspect(io.BytesIO(data))
    with pytest.raises(Refused) as input_image:
        decode("image", data, "RGB")
    assert upload.value.message == mask.value.message == messages.SOURCE_TOO_SLOW
    assert result.value.message == messages.TOO_SLOW_TO_READ
    assert input_image.value.message == "image takes too long to read."
    assert thumbnail(data) is None
    assert media_type_of(data) is None
    assert read_text(data) == ""


@pytest.mark.parametrize("data", [jpeg_of_scans(MAX_SCANS), png_of_chunks(5_000), webp_of_chunks(5_000)])
def test_as_many_parts_as_programs_write_are_read(data: bytes) -> None:
    assert normalize_upload(data).size == (40, 24)


def test_a_large_progressive_photo_is_read() -> None:
    photo = jpeg_of_scans(10, (8_000, 5_000))
    assert normalize_upload(photo).size == (2_458, 1_536)


def test_the_size_of_a_small_picture_in_a_segment_before_lets_no_more_scans_in() -> None:
    large = jpeg_of_scans(16, (8_000, 5_000))
    thumbnail_first = large[:2] + b"\xff\xe0\x00\x0c\xff\xc2\x00\x08\x08\x00\x10\x00\x10\x00" + large[2:]
    with pytest.raises(TooSlow):
        check_structure(thumbnail_first)


def test_scans_are_counted_in_the_image_alone() -> None:
    """A photo may have a film behind its end, and any bytes in its segments."""
    film = b"\xff\xda" * 500
    photo = saved("JPEG", comment=film)
    assert normalize_upload(photo + film).size == (40, 24)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])  # a WebP is read as a whole when it is opened
def test_a_file_is_read_no_longer_than_its_deadline(kind: str) -> None:
    clock = FakeClock()
    open_image(saved(kind), FORMATS, clock).load()
    image = open_image(saved(kind), FORMATS, clock)
    clock.advance(SECONDS + 1)
    with pytest.raises(TooSlow):
        image.load()


def test_tags_that_name_the_same_bytes_are_not_copied() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InvalidRequest):
            normalize_upload(saved("PNG", exif=exif_of_equal_values(1_000, 300_000)))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("data", [b"\xff" * 18_000_000, b"\xff\0" * 9_000_000], ids=["fill", "stuffed"])
def test_a_scan_is_passed_over_at_the_speed_of_c(data: bytes) -> None:
    whole = saved("JPEG")
    begun = time.thread_time()
    strip(whole[:-2] + data + b"\0\xff\xd9")
    # 9.7 and 3 seconds where Python looked at each byte.
    assert time.thread_time() - begun < 2


def test_a_color_profile_of_many_steps_is_not_applied() -> None:
    begun = time.thread_time()
    image = normalize_upload(saved("PNG", icc_profile=profile_of_steps(3_000)))
    assert image.getpixel((0, 0)) == (255, 0, 0)
    # 6 seconds where it was.
    assert time.thread_time() - begun < 2


def test_reading_in_threads_leaves_the_filters_of_warnings_as_they_are() -> None:
    before = list(warnings.filters)
    photo = write_text(saved("JPEG"), "a fox")

    def read(_: int) -> None:
        normalize_upload(photo)
        inspect(io.BytesIO(photo))
        read_text(photo)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(200)))
    assert warnings.filters == before


def test_a_photo_with_broken_exif_data_is_read() -> None:
    broken = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\xff\xff\0\0\xff\xff\0\0"
    assert normalize_upload(saved("JPEG", exif=broken)).size == (40, 24)
    assert read_text(saved("JPEG", exif=broken)) == ""
