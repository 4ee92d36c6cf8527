"""Extended edges: mirrored copies all around, blurred, for images that are padded and for those that are extended."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageFilter

from components.domain.schema import OWN_SERVER_SCHEMA
from components.images.extend_edges import extend_edges
from components.images.fit import FitMode, fit
from components.images.outpaint import Padding, outpaint


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3))


def mirrored(position: int, length: int) -> int:
    position %= 2 * length
    return min(position, 2 * length - 1 - position)


def expected(image: Image.Image, size: tuple[int, int], at: tuple[int, int], blur: float) -> Image.Image:
    """The same, pixel by pixel."""
    canvas = Image.new("RGB", size)
    for x in range(size[0]):
        for y in range(size[1]):
            source = mirrored(x - at[0], image.width), mirrored(y - at[1], image.height)
            canvas.putpixel((x, y), image.getpixel(source) or 0)
    canvas = canvas.filter(ImageFilter.GaussianBlur(blur))
    canvas.paste(image, at)
    return canvas


@pytest.mark.parametrize("at", [(0, 0), (13, 0), (0, 40), (31, 5), (70, 64)])
@pytest.mark.parametrize("blur", [0, 2.5])
def test_each_pixel_beyond_an_edge_mirrors_one_within(at, blur):
    image = noise(30, 24)
    made = extend_edges(image, (101, 90), at, blur)
    assert made.tobytes() == expected(image, (101, 90), at, blur).tobytes()


@pytest.mark.parametrize(("width", "height"), [(160, 64), (64, 160), (161, 64), (65, 64), (64, 64)])
def test_a_padded_image_goes_on_with_its_mirrored_edges(width, height):
    image = noise(64, 64)
    made, place = fit(image, width, height, FitMode.PAD)
    size, at = (width, height), ((width - 64) // 2, (height - 64) // 2)
    assert (place.x, place.y, place.width, place.height) == (*at, 64, 64)
    assert made.tobytes() == expected(image, size, at, max(size) / 40).tobytes()


def test_an_outpainted_image_goes_on_with_its_mirrored_edges():
    image = noise(256, 256)
    made = outpaint(image, Padding(left=64, top=72, bottom=8), OWN_SERVER_SCHEMA).image
    assert made.size == (320, 336)
    assert made.tobytes() == expected(image, (320, 336), (64, 72), 336 / 80).tobytes()
