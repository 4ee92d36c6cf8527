"""Outputs of a format that the page does not keep, as PNG files: their colors, their depth, and what is not read."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin, features

from components.images.conversion import converted

SIZE = (40, 24)


def file(image: Image.Image, kind: str = "TIFF", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def png_of(content: bytes) -> Image.Image:
    png = converted(content)
    assert png
    return Image.open(io.BytesIO(png))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_a_tiff_of_any_usual_compression_is_read(compression: str) -> None:
    shown = png_of(file(Image.new("RGB", SIZE, (200, 100, 50)), compression=compression))
    assert (shown.size, shown.mode) == (SIZE, "RGB")
    found = shown.getpixel((5, 5))
    assert isinstance(found, tuple)
    assert all(abs(one - wanted) < 4 for one, wanted in zip(found, (200, 100, 50), strict=True))


def test_a_tiff_in_either_order_of_bytes_keeps_its_alpha() -> None:
    content = file(Image.new("RGBA", SIZE, (1, 2, 3, 128)))
    assert content.startswith(b"II")
    assert png_of(content).getpixel((0, 0)) == (1, 2, 3, 128)
    pixels = bytes((9, 8, 7)) * 4
    tags = ((256, 4, 2), (257, 4, 2), (258, 3, 8 << 16), (259, 3, 1 << 16), (262, 3, 2 << 16))
    tags += ((273, 4, 8 + 2 + 9 * 12 + 4), (277, 3, 3 << 16), (278, 4, 2), (279, 4, len(pixels)))
    entries = b"".join(struct.pack(">HHII", tag, kind, 1, value) for tag, kind, value in tags)
    big_endian = b"MM\0*" + struct.pack(">IH", 8, 9) + entries + bytes(4) + pixels
    assert png_of(big_endian).getpixel((0, 0)) == (9, 8, 7)


def test_gray_of_16_bits_keeps_its_tones() -> None:
    shown = png_of(file(Image.new("I;16", SIZE, 100 * 256)))
    assert shown.getpixel((0, 0)) == (100, 100, 100)


def test_a_turned_tiff_is_turned_once() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[0x0112] = 6
    assert png_of(file(Image.new("RGB", SIZE), tiffinfo=tags)).size == (SIZE[1], SIZE[0])


def test_a_profile_of_other_channels_is_not_kept() -> None:
    assert "icc_profile" not in png_of(file(Image.new("CMYK", SIZE), icc_profile=b"of CMYK")).info
    assert png_of(file(Image.new("RGB", SIZE), icc_profile=b"of RGB")).info["icc_profile"] == b"of RGB"


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow was built without AVIF")
def test_an_avif_is_known_by_its_further_names_too() -> None:
    content = file(Image.new("RGB", SIZE), "AVIF")
    assert content[8:12] == b"avif"
    assert png_of(content[:8] + b"mif1" + content[12:]).size == SIZE


@pytest.mark.parametrize("mode", ["F", "I"])
def test_numbers_without_a_known_range_are_not_guessed(mode: str) -> None:
    assert converted(file(Image.new(mode, SIZE))) is None


def test_tags_that_name_the_same_bytes_over_and_over_are_not_read() -> None:
    content = file(Image.new("RGB", (400, 400)))
    at = struct.unpack_from("<I", content, 4)[0]
    count = struct.unpack_from("<H", content, at)[0]
    entries = content[at + 2 : at + 2 + 12 * count]
    entries += b"".join(struct.pack("<HHII", 40_000 + tag, 7, len(content), 0) for tag in range(500))
    forged = content[:4] + struct.pack("<I", len(content)) + content[8:]
    assert converted(forged + struct.pack("<H", count) + entries[: 12 * count] + bytes(4)) is not None
    assert converted(forged + struct.pack("<H", count + 500) + entries + bytes(4)) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "PPM"])
def test_another_file_is_none_of_these(kind: str) -> None:
    assert converted(file(Image.new("RGB", SIZE), kind)) is None


@pytest.mark.parametrize("start", [b"GIF89a", b"\0\0\0 ftypavif", b"II*\0", b"MM\0*", b"BM", b"\xff\x4f\xff\x51", b""])
def test_what_only_begins_like_one_is_none(start: bytes) -> None:
    assert converted(start + bytes(300)) is None
