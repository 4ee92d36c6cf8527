"""Image files that browsers show and stricter readers refuse, and colors beyond sRGB."""

from __future__ import annotations

import io

import pytest
from PIL import Image, features

from components import messages
from components.errors import InvalidRequest
from components.images.mask_reading import read_mask
from components.images.source import normalize_upload
from tests.support.display_p3 import DISPLAY_P3

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
