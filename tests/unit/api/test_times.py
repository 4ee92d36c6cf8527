"""Times of the service as Unix seconds, whatever unit a number counts."""

from __future__ import annotations

import pytest

from components.api.times import unix_seconds


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_a_number_is_read_in_the_unit_that_makes_it_a_year_from_2001_to_2286(unit):
    assert unix_seconds(1_800_000_000 * unit) == 1_800_000_000
    assert unix_seconds(1_000_000_000 * unit) == 1_000_000_000
    assert unix_seconds(9_999_999_999 * unit) == 9_999_999_999
    assert unix_seconds(999_999_999 * unit) is None
    assert unix_seconds(10_000_000_000 * unit) is None
