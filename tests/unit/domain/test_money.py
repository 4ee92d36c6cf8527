from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.domain.money import MAX_MICROS, dollars, micros

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


@pytest.mark.parametrize(
    ("amount", "read"),
    [
        (0, "$0.00"),
        (1_000_000, "$1.00"),
        (2_500_000, "$2.50"),
        (123_456_789, "$123.46"),
        (100_000, "$0.10"),
        (99_999, "$0.10"),
        (50_000, "$0.05"),
        (7_500, "$0.0075"),
        (10_000, "$0.01"),
        (100, "$0.0001"),
        (99, "under $0.0001"),
        (-500_000, "-$0.50"),
        (-1, "-$0.00"),
        (MAX_MICROS, "$1000000000.00"),
    ],
)
def test_amounts_as_people_read_them(amount, read):
    assert dollars(amount) == read


@given(st.integers(-MAX_MICROS, MAX_MICROS))
def test_what_is_read_is_near_the_amount(amount):
    text = dollars(amount)
    if text == "under $0.0001":
        assert 0 < amount < 100
        return
    assert abs(Decimal(text.replace("$", "")) * 1_000_000 - amount) <= (100 if 0 < amount < 100_000 else 5_000)
    assert len(text.partition(".")[2]) >= 2, "cents are told whole"
