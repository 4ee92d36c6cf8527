"""A child that hangs again and again: by the constants, and a clock that only its waits advance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.server.process import child
from components.server.process.child import READER_SECONDS, START_SECONDS, ServerChild

RESTARTED_SECONDS = 60
"""From the beginning of a hang until the next process answers."""


class HungForEver:
    """Process that never answers, and is replaced by another such one at once; it notes when it is killed."""

    def __init__(self, hangs: list[float], now: list[float]) -> None:
        self._hangs, self._now = hangs, now

    def poll(self) -> None:
        """Return that it runs."""

    def kill(self) -> None:
        """Note how long it was silent."""
        self._hangs.append(self._now[0] - sum(self._hangs))


def hangs_of(engine: str, number: int, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return after how many seconds each of so many hangs is ended."""
    now, hangs = [0.0], list[float]()
    server: Any = ServerChild(engine, Path("unused"))
    server._process = HungForEver(hangs, now)

    class Stopping:
        def wait(self, seconds: float) -> bool:
            now[0] += seconds
            return len(hangs) == number

    def silent(port: int, timeout: float) -> bool:
        now[0] += timeout
        return False

    server._stopping = Stopping()
    monkeypatch.setattr(child, "probe", silent)
    server._end_hung()
    return hangs


def test_each_hang_of_the_demo_painter_is_over_within_a_minute(monkeypatch: pytest.MonkeyPatch):
    hangs = hangs_of("demo", 8, monkeypatch)
    assert hangs[0] == 30
    assert max(hangs) + 2 * READER_SECONDS + START_SECONDS <= RESTARTED_SECONDS


def test_an_engine_that_loads_a_model_is_given_more_time_after_each_start(monkeypatch: pytest.MonkeyPatch):
    assert hangs_of("sdxl", 5, monkeypatch) == [30, 60, 120, 240, 240]
