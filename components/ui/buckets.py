"""Token buckets: how much one address may ask for at once, and how much over time."""

from __future__ import annotations

from dataclasses import dataclass

from components.clock import Clock

_MOST_ADDRESSES = 50_000
_SWEEP_EVERY = 60.0
"""Seconds between two clearings of what is full again."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a bucket holds when full, and how much flows in each second."""

    burst: float
    a_second: float


class Buckets:
    """One bucket for each address. A full one need not be remembered, so memory stays bounded."""

    def __init__(self, size: Size, clock: Clock) -> None:
        self._size, self._clock = size, clock
        self._levels: dict[str, tuple[float, float]] = {}
        """What was left in a bucket, and when; the one drawn from last stands last."""
        self._swept = clock.monotonic()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, address: str, amount: float = 1) -> float:
        """Draw that much; return 0, or the seconds until there is enough. What is refused is not drawn."""
        now = self._clock.monotonic()
        self._sweep(now)
        level = self._level(address, now)
        if level < amount:
            return max((amount - level) / self._size.a_second, 0.001)
        self._levels.pop(address, None)
        self._levels[address] = (level - amount, now)
        if len(self._levels) > _MOST_ADDRESSES:
            del self._levels[next(iter(self._levels))]
        return 0

    def _level(self, address: str, now: float) -> float:
        level, at = self._levels.get(address, (self._size.burst, now))
        return min(self._size.burst, level + (now - at) * self._size.a_second)

    def _sweep(self, now: float) -> None:
        if now - self._swept < _SWEEP_EVERY:
            return
        self._swept = now
        full = [address for address in self._levels if self._level(address, now) >= self._size.burst]
        for address in full:
            del self._levels[address]
