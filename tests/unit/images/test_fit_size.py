"""The nearest legal size, without trying every pair of sides."""

from __future__ import annotations

import math
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from components.domain.schema import BUILT_IN_SCHEMA, ModelSchema, Range
from components.images.fit import match_size

SIDES = st.integers(1, 4096)


def tried(width: int, height: int, schema: ModelSchema) -> tuple[int, int]:
    """Try every pair of legal sides whose height is nearest to the shape."""
    aspect = width / height

    def legal(span: Range) -> range:
        return range(math.ceil(span.minimum / 8) * 8, int(span.maximum) + 1, 8)

    def misfit(size: tuple[int, int]) -> float:
        shape = abs(math.log(size[0] / size[1] / aspect))
        return shape + 0.1 * abs(math.log(size[0] * size[1] / 1024**2))

    pairs = [
        (one, min(legal(schema.range("height")), key=lambda it: abs(it - one / aspect)))
        for one in legal(schema.range("width"))
    ]
    return min(pairs, key=misfit)


@given(SIDES, SIDES, st.integers(64, 600), st.integers(601, 2048))
def test_it_is_what_trying_every_pair_finds(width: int, height: int, least: int, most: int) -> None:
    assume(width % 8 or height % 8)  # else it may be legal as it is
    schema = BUILT_IN_SCHEMA.with_range("height", Range("Height", least, most, least, 8))
    assert match_size(width, height, schema) == tried(width, height, schema)


@pytest.mark.parametrize("size", [(1216, 832), (832, 1216), (1536, 640), (896, 1152), (1536, 840)])
def test_a_picture_of_the_model_s_own_size_keeps_its_pixels(size: tuple[int, int]) -> None:
    assert match_size(*size, BUILT_IN_SCHEMA) == size


@pytest.mark.parametrize("size", [(512, 512), (1600, 1200), (1536, 1536), (1216, 833), (64, 64)])
def test_any_other_is_brought_to_about_a_megapixel(size: tuple[int, int]) -> None:
    across, down = match_size(*size, BUILT_IN_SCHEMA)
    assert 0.9 < across * down / 1024**2 < 1.1


def test_an_upload_costs_hundreds_of_calls_and_not_thousands() -> None:
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        match_size(1000, 667, BUILT_IN_SCHEMA)
    finally:
        sys.setprofile(None)
    assert calls < 1000
