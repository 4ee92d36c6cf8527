"""Memory of decoding: what an image of many pixels takes at most, and that none of it stays."""

from __future__ import annotations

import ctypes
import gc
import io
import platform
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from components import messages
from components.errors import InvalidRequest
from components.images import webp_pixels
from components.images.decoding import open_image
from components.images.mask_reading import read_mask
from components.images.source import decoded, normalize_upload, png
from tests.support.full_run import cases

SIZE = (3_100, 3_000)
"""A band of four bytes is a block that the allocator gives back at once: larger than 32 MB."""
PIXELS = SIZE[0] * SIZE[1]
READERS: dict[str, Callable[[bytes], object]] = {"mask": read_mask, "image": lambda data: png(normalize_upload(data))}


def picture(mode: str, size: tuple[int, int] = SIZE) -> Image.Image:
    image = Image.new(mode, size, "black" if mode == "RGB" else (0, 0, 0, 0))
    image.paste("white", (0, 0, size[0] // 2, size[1] // 2))
    return image


def file(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **({"lossless": True, "method": 0} | options))
    return target.getvalue()


def resident(key: str) -> int:
    """Return bytes of this process: `VmRSS` now, `VmHWM` at most."""
    found = re.search(rf"{key}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return 1024 * int(found[1])


def settled() -> int:
    """Return the bytes of this process, without what it has let go."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return resident("VmRSS")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="asks its allocator")
@pytest.mark.parametrize("mode", cases(["RGBA", "RGB"], usual=1))
@pytest.mark.parametrize("reader", READERS)
def test_a_large_image_is_in_memory_twice_at_most_and_is_given_back(reader: str, mode: str) -> None:
    READERS[reader](file(picture(mode, (64, 64)), "WEBP"))
    data, before = file(picture(mode), "WEBP"), settled()
    Path("/proc/self/clear_refs").write_text("5")
    READERS[reader](data)
    # 8 bytes a pixel, and 4 more where the allocator takes a block for them that was in use before. Pillow takes 16.
    assert resident("VmHWM") - before < 13.5 * PIXELS
    assert settled() - before < 10_000_000


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("is_lossless", [True, False])
def test_a_still_file_has_the_pixels_that_pillow_reads(mode: str, is_lossless: bool) -> None:
    bands = (Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90))
    image = Image.merge("RGB", bands).resize((61, 43))
    if mode == "RGBA":
        image.putalpha(bands[1].resize(image.size))
    data = file(image, "WEBP", lossless=is_lossless, exact=True)
    with open_image(data, ("WEBP",)) as opened, Image.open(io.BytesIO(data)) as expected:
        found = decoded(opened, data)
        assert found.mode == ("RGBA" if mode == "RGBA" else "RGBX")
        assert found.convert(mode).tobytes() == expected.tobytes()


def test_what_libwebp_cannot_be_asked_for_is_read_by_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webp_pixels, "_decoder", lambda: None)
    data = file(picture("RGB", (64, 48)), "WEBP")
    assert read_mask(data).changed.getbbox() == (0, 0, 32, 24)


def test_of_an_animation_the_first_image_is_read_and_a_large_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    size = (64, 48)
    data = file(picture("RGB", size), "WEBP", save_all=True, append_images=[Image.new("RGB", size, "red")])
    assert read_mask(data).changed.getbbox() == (0, 0, 32, 24)
    monkeypatch.setattr(webp_pixels, "ANIMATED_PIXELS", 64 * 48 - 1)
    for reader in READERS.values():
        with pytest.raises(InvalidRequest) as caught:
            reader(data)
        assert caught.value.message == messages.SOURCE_TOO_SLOW


def test_a_file_without_its_end_is_damaged() -> None:
    data = file(picture("RGB", (64, 48)), "WEBP")
    with pytest.raises(InvalidRequest) as caught:
        normalize_upload(data[:-20])
    assert caught.value.message == messages.SOURCE_DAMAGED
