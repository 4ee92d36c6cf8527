from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.domain.money import MAX_MICROS, micros

amounts = st.integers(-MAX_MICROS, MAX_MICROS)


@given(amounts)
def test_an_amount_of_whole_millionths_is_kept_exactly(amount):
    told = Decimal(amount) / 1_000_000
    assert micros(told) == micros(str(told)) == micros(f"{told:f}") == amount


@given(st.lists(st.integers(0, 10**9), max_size=50))
def test_sums_of_prices_are_exact(prices):
    assert sum(micros(str(Decimal(price) / 1_000_000)) or 0 for price in prices) == sum(prices)


def test_a_price_that_floats_cannot_hold_adds_up():
    assert sum(micros(0.1) or 0 for _ in range(10)) == micros("1")
    assert micros(0.1 + 0.2) == 300_001, "never rounded down"


@given(st.decimals(-1000, 1000, allow_nan=False, allow_infinity=False, places=12))
def test_a_fraction_of_a_millionth_counts_as_a_whole_one(told):
    counted = micros(told)
    assert counted is not None
    assert told * 1_000_000 <= counted < told * 1_000_000 + 1


@given(
    st.none()
    | st.booleans()
    | st.text()
    | st.binary()
    | st.integers()
    | st.floats()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.integers())
)
@example("1e999999")
@example("9e999999999999999999")
@example("-1e999999")
@example(10**5000)
@example("sNaN")
@example(Decimal("sNaN"))
@example("1" * 5000)
@example(1 + 2j)
def test_whatever_is_told_is_an_amount_or_nothing(told):
    counted = micros(told)
    assert counted is None or (type(counted) is int and abs(counted) <= MAX_MICROS)


@pytest.mark.parametrize(
    "told",
    [math.nan, math.inf, -math.inf, "NaN", "sNaN", "inf", "-inf", True, False, None, "", "free", "$1", b"1", [], {}],
)
def test_what_is_no_amount_is_none(told):
    assert micros(told) is None


def test_more_than_anything_costs_is_none():
    assert micros("1000000000") == MAX_MICROS
    assert micros("1000000000.000001") is None
    assert micros("1e999999") is None
