"""Polling with a deadline, for conditions in another thread, process or page."""

from __future__ import annotations

import time
from collections.abc import Callable

DEADLINE = 20.0
"""Seconds; only a failing test waits so long."""


def wait_until(
    holds: Callable[[], object],
    message: Callable[[], object] | str = "the condition did not come to hold",
    *,
    seconds: float = DEADLINE,
    pause: float = 0.05,
) -> None:
    """Poll until `holds()` is true; raise AssertionError with the message after `seconds`."""
    if not comes_true(holds, seconds=seconds, pause=pause):
        raise AssertionError(message if isinstance(message, str) else message())


def comes_true(holds: Callable[[], object], *, seconds: float = DEADLINE, pause: float = 0.05) -> bool:
    """Poll until `holds()` is true; return False if it is not after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
