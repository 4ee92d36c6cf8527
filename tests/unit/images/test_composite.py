"""Outside the mask not one pixel changes; inside the new picture fades in."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from components.images.composite import composite, feathered


def noise(size: tuple[int, int], seed: int) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(3 * size[0] * size[1]))


def mask_of(size: tuple[int, int], boxes: list[tuple[int, int, int, int]]) -> Image.Image:
    mask = Image.new("L", size, 0)
    for left, top, width, height in boxes:
        mask.paste(255, (left, top, min(size[0], left + width), min(size[1], top + height)))
    return mask


sizes = st.tuples(st.integers(1, 24), st.integers(1, 24))
boxes = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 24), st.integers(1, 24)), max_size=3)


def distance_inside(mask: Image.Image, x: int, y: int) -> int:
    """Chessboard distance to the nearest black pixel, by looking at all of them; large where there is none."""
    black = [
        max(abs(x - other % mask.width), abs(y - other // mask.width))
        for other, value in enumerate(mask.tobytes())
        if value == 0
    ]
    return min(black, default=10_000)


@given(sizes, boxes, st.integers(0, 8))
def test_the_fade_is_the_distance_to_the_edge(size, boxes, feather):
    mask = mask_of(size, [box for box in boxes if box[0] < size[0] and box[1] < size[1]])
    soft = feathered(mask, feather)
    for place, value in enumerate(mask.tobytes()):
        x, y = place % size[0], place // size[0]
        steps = max(feather, 1)
        wanted = round(255 * min(distance_inside(mask, x, y), steps) / steps) if value else 0
        assert soft.getpixel((x, y)) == wanted


@given(sizes, boxes, st.integers(0, 8), st.integers(0, 99))
def test_outside_the_mask_nothing_differs_and_deep_inside_all_is_new(size, boxes, feather, seed):
    mask = mask_of(size, [box for box in boxes if box[0] < size[0] and box[1] < size[1]])
    original, painted = noise(size, seed), noise(size, seed + 1)
    kept = composite(original, painted, mask, feather)
    outside = mask.point([255] * 128 + [0] * 128)
    black = Image.new("RGB", size)
    assert ImageChops.composite(ImageChops.difference(kept, original), black, outside).getbbox() is None
    deep = feathered(mask, feather).point([0] * 255 + [255])
    assert ImageChops.composite(ImageChops.difference(kept, painted), black, deep).getbbox() is None


@pytest.mark.parametrize("size", [(32, 32), (128, 96)])
def test_a_picture_of_another_size_is_brought_to_the_original_s(size):
    original, mask = noise((64, 48), 1), mask_of((64, 48), [(8, 8, 16, 16)])
    kept = composite(original, noise(size, 2), mask, 0)
    assert kept.size == original.size
    assert kept.getpixel((0, 0)) == original.getpixel((0, 0))
    assert kept.crop((8, 8, 24, 24)).tobytes() != original.crop((8, 8, 24, 24)).tobytes()
