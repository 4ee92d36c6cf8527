"""When to look at a task next: learnt from like tasks, so that few looks find the end early. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

CLOSEST = 0.25
"""Seconds between two looks at one task, at the least."""
WIDEST = 2.0
"""Seconds between two looks at a task of unknown length once it runs for long."""
KEPT = 16
"""How many past tasks of one kind are remembered."""


KINDS = 500
"""How many kinds are remembered."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long tasks of one kind took from being accepted to their end, in seconds."""

    low: float
    high: float

    @property
    def is_steady(self) -> bool:
        """Tell whether past tasks were alike enough to wait for the next one's end."""
        return self.high <= 2.0 * self.low + 1.0


class Experience:
    """Remembers how long tasks took, by kind (model, size, steps, number of LoRAs)."""

    def __init__(self) -> None:
        self._seen: defaultdict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=KEPT))

    def learn(self, kind: Hashable, seconds: float) -> None:
        """Take in one finished task; of too many kinds the one known longest is forgotten."""
        if kind not in self._seen and len(self._seen) >= KINDS:
            del self._seen[next(iter(self._seen))]
        self._seen[kind].append(seconds)

    def usual(self, kind: Hashable) -> float | None:
        """Return how long the middle one of this kind took, in seconds; None when nothing is known."""
        seen = sorted(self._seen.get(kind, ()))
        return seen[len(seen) // 2] if seen else None

    def length(self, kind: Hashable) -> Length | None:
        """Return what is known of this kind; None when nothing is."""
        seen = sorted(self._seen.get(kind, ()))
        if not seen:
            return None
        margin = 0.06 * seen[len(seen) // 2] if len(seen) < 4 else 0.0
        return Length(max(seen[len(seen) // 8] - margin, 0.0), seen[-1 - len(seen) // 8] + margin)


@dataclass(slots=True)
class Looks:
    """The looks at one task so far; times are seconds since it was accepted."""

    length: Length | None
    last_unfinished: float = 0.0
    queued_until: float | None = field(default=None)
    """The last look that found it waiting in the service's own line."""

    def seen(self, elapsed: float, *, queued: bool) -> None:
        """Take in a look that found the task unfinished."""
        self.last_unfinished = elapsed
        if queued:
            self.queued_until = elapsed

    def next_delay(self) -> float:
        """Return the seconds from the last look to the next."""
        now, known = self.last_unfinished, self.length
        if known is None or not known.is_steady:
            return _unknown_delay(now)
        early = min(0.35 * known.low, 1.0)
        if now < early and early >= CLOSEST:
            return max(early - now, CLOSEST)
        late = self._seconds_late(known)
        if (self.queued_until == now and late) or now > late + 1.5 * known.high + 1.0:
            return _unknown_delay(now)
        return min(max(late + known.low - now, CLOSEST), 5.0)

    def _seconds_late(self, known: Length) -> float:
        """Return how far the task is behind its kind: it still stood in line when others were nearly done."""
        queued = self.queued_until or 0.0
        return queued if queued >= 0.9 * known.low else 0.0

    def took(self, noticed: float, inference_seconds: float | None) -> float:
        """Return the best guess of the task's whole length, seen finished `noticed` seconds after its start."""
        if inference_seconds is None:
            return (self.last_unfinished + noticed) / 2
        return min(max(inference_seconds, self.last_unfinished), noticed)


def _unknown_delay(elapsed: float) -> float:
    """Return the pace for a task whose length nobody knows: half a second, growing to two after ten."""
    if elapsed < 5.0:
        return 0.5
    if elapsed < 10.0:
        return 1.0
    return WIDEST if elapsed < 900.0 else 15.0
