"""What may be sent again, and how long to wait for it. Pure: no clock, no network."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from components.errors import Busy, NothingSent, PlaygroundError

LONGEST_RETRY_AFTER = 120.0
"""Seconds. A service that asks for more is not waited for."""
A_DAY = 86_400.0
"""Seconds. A Retry-After beyond it counts as this."""


@dataclass(frozen=True, slots=True)
class ResendPolicy:
    """When one click's POST may go out again: only while it certainly never arrived or was turned away."""

    unreached_tries: int = 3
    """Sends in all while no connection can be made."""
    busy_seconds: float = 600.0
    """How long a busy service (429) is waited for."""

    def wait(self, error: PlaygroundError, tries: int, waited: float) -> float | None:
        """Return the seconds before the next send after `tries` sends and `waited` seconds; None: give up."""
        if isinstance(error, NothingSent):
            return 0.5 * tries if tries < self.unreached_tries else None
        if isinstance(error, Busy):
            delay = min(2.0 * 2 ** min(tries - 1, 4), 30.0) if error.retry_after is None else error.retry_after
            fits = delay <= LONGEST_RETRY_AFTER and waited + delay <= self.busy_seconds
            return max(delay, 0.5) if fits else None
        return None


def backoff(failures: int, chance: random.Random, cap: float = 8.0) -> float:
    """Return the seconds before a GET is tried again: full jitter under a doubling limit of at most `cap`."""
    return 0.25 + chance.uniform(0, min(cap, 0.5 * 2 ** min(failures, 10)) - 0.25)


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Read a Retry-After header: seconds, or an HTTP date against `now` (Unix seconds). None: say nothing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        seconds = _until(header, now)
    return min(seconds, A_DAY) if math.isfinite(seconds) and seconds >= 0 else None


def _until(date: str, now: float) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now


def utc(moment: float) -> str:
    """Return Unix seconds as a time that people read in messages."""
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M UTC")
