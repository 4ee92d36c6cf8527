"""Times of which a folder may have lost records, by what is found in it at a start."""

from __future__ import annotations

import pytest

from components.domain.forgotten_task import LOST_SECONDS, RESTART_SECONDS, LostTime, lost_times

NOW = 1_000_000.0
LAST = LostTime(NOW - RESTART_SECONDS, NOW)


@pytest.mark.parametrize(
    ("latest_record", "sign_of_life", "found"),
    [
        pytest.param(0, 0, [LAST], id="an empty folder"),
        pytest.param(NOW - 50, 0, [LostTime(NOW - 50, NOW)], id="a record of just now"),
        pytest.param(NOW - 50, NOW - 45, [LostTime(NOW - 50, NOW)], id="a crash of just now"),
        pytest.param(NOW - 500, NOW - 45, [LostTime(NOW - 500, NOW)], id="idle before the crash"),
        pytest.param(
            NOW - 90_000,
            NOW - 80_000,
            [LostTime(NOW - 80_000 - LOST_SECONDS, NOW - 80_000 + LOST_SECONDS), LAST],
            id="down for a day after a crash",
        ),
        pytest.param(
            NOW - 80_010,
            NOW - 80_000,
            [LostTime(NOW - 80_010, NOW - 80_000 + LOST_SECONDS), LAST],
            id="a record shortly before the crash",
        ),
        pytest.param(NOW + 5, NOW + 5, [LAST], id="a clock that was set back"),
        pytest.param(NOW - 50, NOW - 900, [LostTime(NOW - 50, NOW)], id="a record after the last sign"),
    ],
)
def test_lost_times(latest_record, sign_of_life, found):
    assert lost_times(latest_record, sign_of_life, NOW) == found
