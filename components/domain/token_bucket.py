"""Token bucket per client: a burst at once, and a steady rate after it."""

from __future__ import annotations

from dataclasses import dataclass

from components.clock import Clock

_MAX_ADDRESSES = 50_000
_SWEEP_SECONDS = 60.0
"""Time between two removals of buckets that are full again."""


@dataclass(frozen=True, slots=True)
class BucketSize:
    """Capacity of a bucket, and the amount that flows in per second."""

    burst: float
    per_second: float


class TokenBuckets:
    """One bucket per address. A full one is not stored, so memory is bounded by what was used lately."""

    def __init__(self, size: BucketSize, clock: Clock) -> None:
        self._size, self._clock = size, clock
        self._levels: dict[str, tuple[float, float]] = {}
        """Level of each bucket and when it was taken from, by the monotonic clock; the latest used last."""
        self._swept = clock.monotonic()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, address: str, amount: float = 1) -> float:
        """Take an amount from an address's bucket; return 0.

        When there is not enough, take nothing and return the seconds until there is.
        """
        now = self._clock.monotonic()
        self._sweep(now)
        level = self._level(address, now)
        if level < amount:
            # Never 0, which means that the amount was taken: the difference may be lost in rounding.
            return max((amount - level) / self._size.per_second, 0.001)
        # Removed and added, to stand last in the dict: beyond the limit the address used longest ago is dropped.
        self._levels.pop(address, None)
        self._levels[address] = (level - amount, now)
        if len(self._levels) > _MAX_ADDRESSES:
            del self._levels[next(iter(self._levels))]
        return 0

    def _level(self, address: str, now: float) -> float:
        level, at = self._levels.get(address, (self._size.burst, now))
        return min(self._size.burst, level + (now - at) * self._size.per_second)

    def _sweep(self, now: float) -> None:
        if now - self._swept < _SWEEP_SECONDS:
            return
        self._swept = now
        full = [address for address in self._levels if self._level(address, now) >= self._size.burst]
        for address in full:
            del self._levels[address]
