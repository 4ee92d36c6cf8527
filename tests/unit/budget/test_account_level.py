"""What 429s tell about an account's level, and for how long."""

from __future__ import annotations

import pytest

from components.budget.account_level import RECENT_SECONDS, Level, ObservedRate, Slowdown


def test_without_a_429_nothing_is_told():
    rate = ObservedRate()
    for second in range(100):
        rate.accept(float(second))
    assert rate.slowdown(100.0) is None


def test_the_sends_of_the_minute_before_and_the_tasks_at_once():
    rate = ObservedRate()
    for second in range(0, 80, 5):
        rate.accept(float(second))
    rate.refuse(80.0, at_once=3)
    rate.refuse(81.0, at_once=1)
    assert rate.slowdown(82.0) == Slowdown(count=2, sends=11, at_once=3)


def test_an_old_429_tells_nothing_any_more():
    rate = ObservedRate()
    rate.accept(0.0)
    rate.refuse(1.0, at_once=1)
    assert rate.slowdown(RECENT_SECONDS) is not None
    assert rate.slowdown(RECENT_SECONDS + 1.0) is None


@pytest.mark.parametrize(
    ("sends", "level"),
    [(0, Level.UNKNOWN), (1, Level.BRONZE), (10, Level.BRONZE), (20, Level.BRONZE), (21, Level.SILVER)],
)
def test_it_looks_like_the_lowest_level_that_allows_what_was_accepted(sends: int, level: Level):
    assert Slowdown(1, sends, 3).level is level
