"""Account level: what the 429s of an account tell about its level at the vendor. Only shown, never enforced. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from components.domain.money import Micros

RECENT_SECONDS = 600.0
"""Age up to which a 429 counts."""
_MINUTE = 60.0
_TOLERANCE = 2
"""Factor by which the sends of 60 seconds may exceed a limit that is reset every minute: they may lie across two."""


class Level(Enum):
    """Level of an account, by the names that the host's page uses."""

    BRONZE = "bronze"
    SILVER = "silver"
    UNKNOWN = "unknown"
    """Turned away without any sends: another program may use the same key."""


BRONZE_PER_MINUTE, BRONZE_AT_ONCE, SILVER_PER_MINUTE = 10, 3, 500
"""Images a minute, and tasks at once, of the vendor's page on account levels."""
SILVER_TOP_UP: Micros = 100_000_000
"""Amount after whose top-up an account is Silver."""


@dataclass(frozen=True, slots=True)
class Slowdown:
    """The recent 429s of an account."""

    count: int
    sends: int
    """Most submits that were accepted in the minute before one."""
    at_once: int
    """Most tasks that were under way at one."""

    @property
    def level(self) -> Level:
        """Return the lowest level that allows what was accepted."""
        if not self.sends:
            return Level.UNKNOWN
        return Level.BRONZE if self.sends <= _TOLERANCE * BRONZE_PER_MINUTE else Level.SILVER


class ObservedRate:
    """Submits of an account and the 429s among them; times by the monotonic clock."""

    def __init__(self) -> None:
        self._accepted: deque[float] = deque()
        self._refused: deque[tuple[float, int, int]] = deque()
        """Time, submits accepted in the minute before, and tasks under way."""

    def accept(self, now: float) -> None:
        """Record an accepted submit."""
        self._accepted.append(now)
        self._drop_old(now)

    def refuse(self, now: float, at_once: int) -> None:
        """Record a 429, and the number of tasks that were under way."""
        self._drop_old(now)
        self._refused.append((now, len(self._accepted), at_once))

    def slowdown(self, now: float) -> Slowdown | None:
        """Return the recent 429s; None when there were none."""
        self._drop_old(now)
        if not self._refused:
            return None
        _, sends, at_once = zip(*self._refused, strict=True)
        return Slowdown(len(self._refused), max(sends), max(at_once))

    def _drop_old(self, now: float) -> None:
        while self._accepted and now - self._accepted[0] >= _MINUTE:
            self._accepted.popleft()
        while self._refused and now - self._refused[0][0] >= RECENT_SECONDS:
            self._refused.popleft()
