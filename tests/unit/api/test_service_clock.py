"""Service clock: how far the API's clock is from ours, by accepted tasks and by `Date` headers."""

from __future__ import annotations

import pytest

from components.api.service_clock import DATE_MARGIN, TASK_MARGIN, UNKNOWN_MARGIN, ServiceClock

DATE = "Sun, 29 Nov 2026 12:00:00 GMT"
NOON = 1795953600.0


def test_until_something_is_known_the_clocks_may_differ_a_little():
    offset = ServiceClock().offset
    assert (offset.least, offset.most) == (-UNKNOWN_MARGIN, UNKNOWN_MARGIN)


@pytest.mark.parametrize("minutes", [-40, 0, 3])
def test_a_date_header_tells_it_to_the_second(minutes):
    clock, ours = ServiceClock(), NOON - 60 * minutes
    clock.observe_date(ours - 0.2, ours + 0.3, DATE)
    assert clock.offset.least == pytest.approx(60 * minutes - 0.3 - DATE_MARGIN)
    assert clock.offset.most == pytest.approx(60 * minutes + 1.2 + DATE_MARGIN)


def test_an_accepted_task_tells_it_better_than_a_header():
    clock = ServiceClock()
    clock.observe_task(100.0, 101.0, 220.5)
    clock.observe_date(NOON, NOON, DATE)
    assert (clock.offset.least, clock.offset.most) == (119.5 - TASK_MARGIN, 120.5 + TASK_MARGIN)


@pytest.mark.parametrize(
    "header", [None, "", "yesterday", "Mon, 01 Jan 2024 00:00:00 +9999999999999", "Sat, 01 Jan 2000 00:00:00 GMT"]
)
def test_nonsense_teaches_nothing(header):
    clock = ServiceClock()
    clock.observe_date(NOON, NOON, header)
    clock.observe_task(NOON, NOON, None)
    clock.observe_task(NOON, NOON, 0.0)
    assert clock.offset.most == UNKNOWN_MARGIN
