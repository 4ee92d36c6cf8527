"""Waiting for what is not on the page."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 12.0


def given(seconds: float = 1.0) -> None:
    """Let whatever may still happen happen: half a minute of the quick app's."""
    time.sleep(seconds)


def until(holds: Callable[[], object], otherwise: str = "this did not come to hold") -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
