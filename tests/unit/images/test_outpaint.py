"""Making a picture wider or taller: legal sides, the old picture as it was, a mask of what is new."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageChops

from components import messages
from components.domain.schema import OWN_SERVER_SCHEMA
from components.errors import InvalidRequest
from components.images.outpaint import OVERLAP, Padding, outpaint
from tests.support.full_run import examples


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(3).randbytes(width * height * 3))


def test_the_old_picture_stands_in_the_wider_one_to_the_pixel():
    old = noise(512, 512)
    made = outpaint(old, Padding(left=128, right=64), OWN_SERVER_SCHEMA)
    assert made.image.size == (704, 512)
    assert made.scale == 1
    assert ImageChops.difference(made.image.crop((128, 0, 640, 512)), old).getbbox() is None


@pytest.mark.parametrize(
    ("room", "kept"),
    [
        (Padding(left=64), (64 + OVERLAP, 0, 576, 512)),
        (Padding(right=64), (0, 0, 512 - OVERLAP, 512)),
        (Padding(top=64), (0, 64 + OVERLAP, 512, 576)),
        (Padding(bottom=64), (0, 0, 512, 512 - OVERLAP)),
        (Padding(left=64, right=64), (64 + OVERLAP, 0, 576 - OVERLAP, 512)),
        (Padding(64, 64, 64, 64), (64 + OVERLAP, 64 + OVERLAP, 576 - OVERLAP, 576 - OVERLAP)),
    ],
)
def test_the_mask_is_white_on_the_room_and_on_the_seam_alone(room, kept):
    made = outpaint(noise(512, 512), room, OWN_SERVER_SCHEMA)
    assert made.unchanged == kept
    inside = made.mask.crop(kept)
    assert inside.getextrema() == (0, 0)
    assert made.mask.histogram()[0] == inside.width * inside.height
    assert sum(made.mask.histogram()[1:255]) == 0


@pytest.mark.parametrize(("room", "edge", "beyond"), [(Padding(right=128), 511, 560), (Padding(left=128), 0, -48)])
def test_what_is_added_mirrors_what_lies_at_that_edge(room, edge, beyond):
    old = Image.new("RGB", (512, 512), "blue")
    old.paste("red", (0, 0, 512, 256))  # upside down it would be blue above
    made = outpaint(old, room, OWN_SERVER_SCHEMA).image
    red, _, blue = made.getpixel((room.left + beyond, 60))  # pyright: ignore[reportGeneralTypeIssues]
    assert old.getpixel((edge, 60)) == (255, 0, 0)
    assert (red, blue) == (255, 0)


def test_every_result_has_legal_sides_whatever_is_asked():
    chance = random.Random(11)
    for _ in range(examples(60, usual=20)):
        old = Image.new("RGB", (chance.randint(256, 1536), chance.randint(256, 1536)))
        left, top, right = (chance.choice((0, 8, 100, 333)) for _ in range(3))
        room = Padding(left, top, right, bottom=50)
        made = outpaint(old, room, OWN_SERVER_SCHEMA)
        for side, span in (
            (made.image.width, OWN_SERVER_SCHEMA.range("width")),
            (made.image.height, OWN_SERVER_SCHEMA.range("height")),
        ):
            assert side % 8 == 0
            assert span.minimum <= side <= span.maximum
        kept = made.unchanged
        assert 0 <= kept[0] < kept[2] <= made.image.width
        assert 0 <= kept[1] < kept[3] <= made.image.height


def test_what_would_be_larger_than_legal_becomes_smaller_as_a_whole():
    made = outpaint(noise(1536, 1024), Padding(left=256, right=256), OWN_SERVER_SCHEMA)
    assert made.image.size == (1536, 768)
    assert made.scale == 0.75
    assert made.unchanged == (192 + OVERLAP, 0, 1344 - OVERLAP, 768)


def test_what_would_be_too_narrow_is_refused_in_words():
    with pytest.raises(InvalidRequest) as caught:
        outpaint(noise(1536, 256), Padding(left=768, right=768), OWN_SERVER_SCHEMA)
    assert caught.value.message == messages.TOO_NARROW_TO_GO_ON


@pytest.mark.parametrize("sides", [{}, {"left": -8, "right": 16}])
def test_no_room_is_refused_in_words(sides):
    with pytest.raises(InvalidRequest) as caught:
        Padding(**sides)
    assert caught.value.message == messages.NOTHING_TO_ADD
