"""A lane whose process ends again and again is started less and less often."""

from __future__ import annotations

from components.engines.lanes.lane import LONGEST_PAUSE, pause_after


def test_the_first_end_after_an_image_costs_no_pause_and_further_ones_more_each() -> None:
    assert [pause_after(ends) for ends in range(1, 9)] == [0, 1, 2, 4, 8, 16, 32, LONGEST_PAUSE]
    assert pause_after(10_000) == LONGEST_PAUSE
