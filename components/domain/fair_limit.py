"""Fair limit: what each client may do, and far above it what all may do together."""

from __future__ import annotations

from components.clock import Clock
from components.domain.token_bucket import BucketSize, TokenBuckets

_ALL = "all"


class FairLimit:
    """Limit of one client, counted by address, and of all clients together: one that is greedy stops no other."""

    def __init__(self, each: BucketSize, together: BucketSize, clock: Clock) -> None:
        self._each, self._together = TokenBuckets(each, clock), TokenBuckets(together, clock)

    def take(self, client: str) -> bool:
        """Count once; return False, and count nothing for the others, when the client or all have had their share."""
        return not self._each.take(client) and not self._together.take(_ALL)
