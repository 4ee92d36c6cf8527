"""Limits of LoRA checks, each of which sends requests to other sites: of one client, and far above it of all."""

from __future__ import annotations

from collections import Counter

from components.clock import Clock
from components.domain.fair_limit import FairLimit
from components.domain.token_bucket import BucketSize

MAX_CONCURRENT, MAX_CONCURRENT_TOGETHER = 4, 20
"""Checks that run at the same time, of one client and of all."""
CLIENT_CHECKS = BucketSize(burst=30, per_second=0.5)
"""Checks that one client starts; cached verdicts do not count."""
ALL_CHECKS = BucketSize(burst=300, per_second=5)


class CheckLimits:
    """Checks under way and lately started, by client."""

    def __init__(self, clock: Clock) -> None:
        self._starts = FairLimit(CLIENT_CHECKS, ALL_CHECKS, clock)
        self._running: Counter[str] = Counter()

    def begin(self, client: str) -> bool:
        """Count a check of a client; return False beyond a limit. One that began must `end`."""
        is_full = self._running[client] >= MAX_CONCURRENT or self._running.total() >= MAX_CONCURRENT_TOGETHER
        if is_full or not self._starts.take(client):
            return False
        self._running[client] += 1
        return True

    def end(self, client: str) -> None:
        """Count a check no more that has ended."""
        self._running[client] -= 1
        self._running += Counter()  # drops clients without checks
