"""Limits of look-ups at other sites, such as LoRA checks: of one client, and far above it of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from components.clock import Clock
from components.domain.fair_limit import FairLimit
from components.domain.token_bucket import BucketSize


@dataclass(frozen=True, slots=True)
class LookupBounds:
    """Most look-ups of one kind."""

    each: BucketSize
    """Look-ups that one client starts; what a cache answers does not count."""
    together: BucketSize
    """Look-ups that all clients start."""
    running_each: int = 4
    """Look-ups of one client at the same time."""
    running_together: int = 20


CHECKS = LookupBounds(BucketSize(burst=30, per_second=0.5), BucketSize(burst=300, per_second=5))
"""Checks of LoRAs."""
SEARCHES = LookupBounds(BucketSize(burst=20, per_second=0.3), BucketSize(burst=100, per_second=1))
"""Searches: Hugging Face bounds what one address may ask, and all visitors ask from the host's."""
PICTURES = LookupBounds(BucketSize(burst=150, per_second=3), BucketSize(burst=600, per_second=10), 24, 72)
"""Pictures of LoRAs that were found, of which a search has up to 24."""


class LookupLimits:
    """Look-ups under way and lately started, by client."""

    def __init__(self, bounds: LookupBounds, clock: Clock) -> None:
        self._bounds = bounds
        self._starts = FairLimit(bounds.each, bounds.together, clock)
        self._running: Counter[str] = Counter()

    def begin(self, client: str) -> bool:
        """Count a look-up of a client; return False beyond a limit. One that began must `end`."""
        is_full = self._running[client] >= self._bounds.running_each
        is_full = is_full or self._running.total() >= self._bounds.running_together
        if is_full or not self._starts.take(client):
            return False
        self._running[client] += 1
        return True

    def end(self, client: str) -> None:
        """Count a look-up no more that has ended."""
        self._running[client] -= 1
        self._running += Counter()  # drops clients without look-ups
