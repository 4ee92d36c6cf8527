"""Retry policy: which requests may be sent again, and after how many seconds. Pure: no clock, no network."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from components.errors import ConnectionFailed, PlaygroundError, RateLimited

MAX_RETRY_AFTER = 120.0
"""Seconds. A longer Retry-After is not waited for: the job ends."""
DAY_SECONDS = 86_400.0
"""Cap of a Retry-After, in seconds."""


@dataclass(frozen=True, slots=True)
class ResendPolicy:
    """When a submit may be sent again: only while it certainly never arrived or was rejected (429).

    A submit is paid and the API has no idempotency key, so any other error ends the attempts.
    """

    unreached_tries: int = 3
    """Attempts in all while no connection can be made."""
    busy_seconds: float = 600.0
    """Seconds in all that a rate limit (429) is waited for."""

    def wait(self, error: PlaygroundError, tries: int, waited: float) -> float | None:
        """Return the seconds to wait after `tries` attempts; None to give up.

        `waited`: seconds of the waits after this request's own errors, without the time behind other requests.
        """
        if isinstance(error, ConnectionFailed):
            return 0.5 * tries if tries < self.unreached_tries else None
        if isinstance(error, RateLimited):
            delay = min(2.0 * 2 ** min(tries - 1, 4), 30.0) if error.retry_after is None else error.retry_after
            fits = delay <= MAX_RETRY_AFTER and waited + delay <= self.busy_seconds
            return max(delay, 0.5) if fits else None
        return None


def backoff(failures: int, rng: random.Random, limit: float = 8.0) -> float:
    """Return the seconds before a GET is repeated: from 0.25 to 0.5, 1, 2... at most `limit`, with full jitter.

    Jitter keeps many jobs that failed together from polling together again.
    """
    return 0.25 + rng.uniform(0, min(limit, 0.5 * 2 ** min(failures, 10)) - 0.25)


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Return the seconds of a Retry-After header: a number, or an HTTP date after `now` (Unix seconds), RFC 9110.

    None for no header, a date in the past, or what is neither.
    """
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        seconds = _seconds_until(header, now)
    return min(seconds, DAY_SECONDS) if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_until(date: str, now: float) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):  # OverflowError: a year or a time zone of too many digits
        return math.nan
    # A date with the zone -0000 is read without a time zone; HTTP dates are UTC.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
