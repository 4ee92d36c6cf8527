"""Image files that browsers show and stricter readers refuse, and colors beyond sRGB."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, features

from components import messages
from components.errors import InvalidRequest
from components.images.display_p3 import DISPLAY_P3
from components.images.mask_reading import read_mask
from components.images.source import normalize_upload

SIZE = (320, 200)
NEEDS_AVIF = pytest.mark.skipif(not features.check("avif"), reason="this Pillow was built without AVIF")


def photo() -> Image.Image:
    """Return an image with detail down to its last row."""
    bands = (Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90))
    return Image.merge("RGB", [band.resize(SIZE) for band in bands])


def saved(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    target = io.BytesIO()
    (image or photo()).save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("missing", [1, 2, 3, 8])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_without_its_end_is_taken(missing, progressive):
    # python-pillow/Pillow#4414 and #2038: shown perfectly anywhere else.
    whole = saved("JPEG", quality=90, progressive=progressive)
    assert normalize_upload(whole[:-missing]).size == SIZE


def test_a_jpeg_mask_without_its_end_is_taken():
    mask = Image.new("L", SIZE, 0)
    mask.paste(255, (80, 40, 240, 200))
    assert read_mask(saved("JPEG", mask, quality=95)[:-2]).changed.getbbox() == (80, 40, 240, 200)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_half_a_jpeg_is_damaged(share):
    whole = saved("JPEG", quality=90)
    with pytest.raises(InvalidRequest) as caught:
        normalize_upload(whole[: int(len(whole) * share)])
    assert caught.value.message == messages.SOURCE_DAMAGED


@NEEDS_AVIF
def test_an_avif_is_taken():
    read = normalize_upload(saved("AVIF", quality=90))
    assert (read.size, read.mode) == (SIZE, "RGB")
    assert read.getpixel((10, 190)) == pytest.approx(photo().getpixel((10, 190)), abs=16)


@NEEDS_AVIF
def test_an_avif_mask_is_read_by_its_transparency():
    mask = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    mask.paste((255, 255, 255, 255), (80, 40, 240, 160))
    assert read_mask(saved("AVIF", mask, quality=100)).changed.getbbox() == (80, 40, 240, 160)


# By https://www.w3.org/TR/css-color-4/#color-conversion-code: the third is sRGB's red, two lie beyond sRGB.
P3_COLORS = {
    (255, 0, 0): (255, 0, 0),
    (0, 255, 0): (0, 255, 0),
    (234, 51, 35): (255, 0, 0),
    (128, 128, 128): (128, 128, 128),
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("color", P3_COLORS)
def test_display_p3_is_converted(kind, color):
    options = {} if kind == "PNG" else {"quality": 100} | ({"subsampling": 0} if kind == "JPEG" else {})
    read = normalize_upload(saved(kind, Image.new("RGB", (32, 32), color), icc_profile=DISPLAY_P3, **options))
    assert read.getpixel((16, 16)) == pytest.approx(P3_COLORS[color], abs=6)


def png_of_numbers(image: Image.Image, numbers: bytes) -> bytes:
    """Return a PNG with a chunk cICP behind its head, by https://www.w3.org/TR/png-3/#cICP-chunk."""
    plain, chunk = saved("PNG", image), b"cICP" + numbers
    return plain[:33] + struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + plain[33:]


def avif_of_numbers(image: Image.Image, primaries: int) -> bytes:
    """Return an AVIF whose box `colr` has other primaries, by https://aomediacodec.github.io/av1-avif/."""
    plain = saved("AVIF", image, quality=100, subsampling="4:4:4")
    before, kind, numbers = plain.partition(b"colrnclx")
    assert numbers[:4] == bytes((0, 1, 0, 13))
    return before + kind + struct.pack(">H", primaries) + numbers[2:]


@pytest.mark.parametrize("color", P3_COLORS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_display_p3_by_a_png_s_color_numbers_is_converted(mode, color):
    image = Image.new("RGB", (32, 32), color).convert(mode)
    read = normalize_upload(png_of_numbers(image, bytes((12, 13, 0, 1))))
    assert read.getpixel((16, 16)) == pytest.approx(P3_COLORS[color], abs=6)


@NEEDS_AVIF
@pytest.mark.parametrize("color", P3_COLORS)
def test_display_p3_by_an_avif_s_color_numbers_is_converted(color):
    read = normalize_upload(avif_of_numbers(Image.new("RGB", (32, 32), color), 12))
    assert read.getpixel((16, 16)) == pytest.approx(P3_COLORS[color], abs=6)


@pytest.mark.parametrize("numbers", [(1, 13, 0, 1), (9, 16, 0, 1), (12, 16, 0, 1)])
def test_other_color_numbers_change_nothing(numbers):
    # Of HDR there is no one right picture in sRGB: it stays as any program without these numbers shows it.
    read = normalize_upload(png_of_numbers(Image.new("RGB", (32, 32), (234, 51, 35)), bytes(numbers)))
    assert read.getpixel((16, 16)) == (234, 51, 35)
