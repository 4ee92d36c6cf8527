"""A small trial of money, see `tests/bench/money.py`: nothing that the app records or says contradicts the bill."""

from __future__ import annotations

import pytest

from tests.bench.money import Scenario, judged


@pytest.mark.parametrize(
    "scenario",
    [Scenario(5, 30, skew=180.0), Scenario(8, 30, skew=-180.0, is_in_millionths=True)],
    ids=["ahead, dollars", "behind, millionths"],
)
def test_the_bill_contradicts_neither_sums_nor_words(scenario: Scenario) -> None:
    result = judged("small", scenario)
    assert result.contradictions == []
    assert result.tasks > 10
    assert result.faults > result.exchanges / 10
    assert result.bill_micros > 0
