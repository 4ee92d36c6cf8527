"""Masks as other programs write them: read as they are meant, or said to be unclear.

The sources are public: repository and number stand beside each.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw

from components import messages
from components.errors import InvalidRequest
from components.images.mask_reading import read_mask

SIZE, MARK = (64, 48), (16, 12, 40, 30)
RED, BLUE, WHITE, BLACK = (255, 0, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def marked(mode: str, ground: Any, mark: Any) -> Image.Image:
    image = Image.new(mode, SIZE, ground)
    image.paste(mark, MARK)
    return image


def photo(size: tuple[int, int] = SIZE) -> Image.Image:
    """Return an image of many colors."""
    bands = (Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90))
    return Image.merge("RGB", [band.resize(size) for band in bands])


def with_alpha(image: Image.Image, ground: int, mark: int, box: tuple[int, int, int, int] = MARK) -> Image.Image:
    alpha = Image.new("L", SIZE, ground)
    alpha.paste(mark, box)
    image.putalpha(alpha)
    return image


def with_pixel(image: Image.Image, pixel: Any) -> Image.Image:
    image.putpixel((0, 0), pixel)
    return image


def palette(ground: tuple[int, ...], mark: tuple[int, ...]) -> Image.Image:
    image = marked("P", 0, 1)
    image.putpalette([*ground, *mark])
    return image


def file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def scattered(high: int) -> Image.Image:
    """Return a dark image of values up to one that change from pixel to pixel, as traces of a lossy file do."""
    chance = random.Random(1)
    values = [chance.randint(0, high) for _ in range(SIZE[0] * SIZE[1])]
    image = Image.new("L", SIZE)
    image.putdata(values)
    return image


CERTAIN: dict[str, Callable[[], bytes]] = {
    "black and white": lambda: file(marked("L", 0, 255)),
    "one bit": lambda: file(marked("1", 0, 1)),
    "16 bits": lambda: file(marked("I;16", 0, 65535)),
    "jpeg": lambda: file(marked("L", 0, 255), "JPEG", quality=95),
    # AUTOMATIC1111/stable-diffusion-webui#414 and #1188: a mask that is not white "does nothing".
    "red": lambda: file(marked("RGB", BLACK, RED)),
    "blue": lambda: file(marked("RGB", BLACK, BLUE)),
    "dark red, VOC's first label": lambda: file(palette(BLACK, (128, 0, 0))),
    "red on clear": lambda: file(marked("RGBA", (0, 0, 0, 0), (*RED, 255))),
    "white on clear": lambda: file(marked("RGBA", (0, 0, 0, 0), (*WHITE, 255))),
    "black on clear": lambda: file(marked("RGBA", (0, 0, 0, 0), (*BLACK, 255))),
    "matplotlib's viridis": lambda: file(marked("RGB", (68, 1, 84), (253, 231, 37))),
    "a weak brush on clear (AUTOMATIC1111#16854)": lambda: file(marked("RGBA", (0, 0, 0, 0), (*WHITE, 100))),
    "labels 0 and 1": lambda: file(marked("L", 0, 1)),
    "labels 0 and 1 in 16 bits": lambda: file(marked("I;16", 0, 1)),
    "labels 0 and 17": lambda: file(marked("L", 0, 17)),
    "dim grey": lambda: file(marked("L", 0, 100)),
    "dim grey in 16 bits": lambda: file(marked("I;16", 0, 20_000)),
    # SwarmUI PR 1003 writes alpha 254; the hidden settings of A1111 (stealth) do, too.
    "alpha 254 at one pixel": lambda: file(with_pixel(marked("RGBA", (*BLACK, 255), (*WHITE, 255)), (0, 0, 0, 254))),
    "alpha 254 or 255": lambda: file(with_alpha(marked("RGB", BLACK, WHITE), 254, 255)),
    # AUTOMATIC1111#10643: a few transparent pixels were a mask of their own.
    "one clear pixel": lambda: file(with_pixel(marked("RGBA", (*BLACK, 255), (*WHITE, 255)), (0, 0, 0, 0))),
    "alpha 0 everywhere": lambda: file(with_alpha(marked("RGB", BLACK, WHITE), 0, 0)),
    "alpha as the mask, too": lambda: file(with_alpha(marked("RGB", BLACK, WHITE), 255, 255)),
    "black and white with a clear frame": lambda: file(
        with_alpha(marked("RGB", BLACK, WHITE), 0, 255, (4, 4, 60, 44))
    ),
    "webp": lambda: file(marked("RGB", BLACK, RED), "WEBP", lossless=True),
}


@pytest.mark.parametrize("name", CERTAIN)
def test_what_is_marked_changes(name):
    read = read_mask(CERTAIN[name]())
    assert read.is_certain
    assert read.changed.mode == "L"
    assert read.changed.getbbox() == MARK
    assert read.changed.crop(MARK).getextrema() == (255, 255)


UNCLEAR: dict[str, tuple[Callable[[], bytes], bool]] = {
    # AUTOMATIC1111#12898, invoke-ai/InvokeAI#380: the hole changes. OpenAI's edits mean the same.
    "photo with a hole": (lambda: file(with_alpha(photo(), 255, 0)), True),
    "black with a hole": (lambda: file(with_alpha(Image.new("RGB", SIZE, BLACK), 255, 0)), True),
    "two colors with a hole": (lambda: file(with_alpha(marked("RGB", RED, BLUE), 255, 0)), True),
    # invoke-ai/InvokeAI#803: clear borders are no mask; what is cut out is.
    "what was cut out of a photo": (lambda: file(with_alpha(photo(), 0, 255)), True),
    "red on white": (lambda: file(marked("RGB", WHITE, RED)), True),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_may_mean_two_things_is_said_to(name):
    made, is_mark = UNCLEAR[name]
    read = read_mask(made())
    assert not read.is_certain
    assert (read.changed.getbbox() == MARK) is is_mark


def test_a_photo_is_no_mask():
    assert not read_mask(file(photo())).is_certain


NOTHING: dict[str, Callable[[], bytes]] = {
    "black": lambda: file(Image.new("L", SIZE, 0)),
    "black in 16 bits": lambda: file(Image.new("I;16", SIZE, 0)),
    "clear": lambda: file(Image.new("RGBA", SIZE, (0, 0, 0, 0))),
    "nearly black": lambda: file(Image.new("L", SIZE, 3)),
    "traces in a PNG": lambda: file(scattered(5)),
    "black with one label": lambda: file(with_pixel(Image.new("L", SIZE, 0), 1)),
    "black with one clear pixel": lambda: file(with_pixel(Image.new("RGBA", SIZE, (0, 0, 0, 255)), (0, 0, 0, 0))),
}


@pytest.mark.parametrize("name", NOTHING)
def test_a_mask_without_a_mark_changes_nothing(name):
    assert read_mask(NOTHING[name]()).changed.getbbox() is None


def test_noise_in_a_black_jpeg_is_no_label():
    image = Image.new("L", SIZE, 0)
    ImageDraw.Draw(image).line((0, 0, 60, 40), fill=4)
    assert read_mask(file(image, "JPEG", quality=60)).changed.getbbox() is None


def test_a_white_mask_changes_everything():
    for image in (Image.new("L", SIZE, 255), with_pixel(Image.new("RGBA", SIZE, (255, 255, 255, 255)), (0, 0, 0, 0))):
        read = read_mask(file(image))
        assert read.is_certain
        assert read.changed.getbbox() == (0, 0, *SIZE)


def test_a_soft_edge_is_cut_in_its_middle():
    read = read_mask(file(Image.linear_gradient("L")))
    assert read.is_certain
    assert read.changed.getbbox() == (0, 128, 256, 256)


def test_what_is_no_image_is_refused_at_the_mask():
    with pytest.raises(InvalidRequest) as caught:
        read_mask(b"<svg/>")
    assert (caught.value.field, caught.value.message) == ("mask_image", messages.NOT_A_SOURCE)
