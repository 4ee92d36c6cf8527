"""Poll schedule: when to query a task next, learned from the durations of similar tasks. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field

MIN_POLL_SECONDS = 0.25
"""Shortest pause between two polls of one task."""
MAX_POLL_SECONDS = 2.0
"""Pause between two polls of a task of unknown duration, from 10 s to 15 minutes after its start."""
MAX_DURATIONS = 16
"""Durations remembered per duration key, the latest."""
MAX_KEYS = 500
"""Duration keys remembered."""


@dataclass(frozen=True, slots=True)
class DurationRange:
    """Usual time from acceptance to end of tasks with the same duration key, in seconds."""

    low: float
    high: float

    @property
    def is_steady(self) -> bool:
        """Return whether past durations are similar enough to predict the next one's end."""
        return self.high <= 2.0 * self.low + 1.0


class DurationHistory:
    """Durations of completed tasks by `Job.duration_key`: backend, model, size, steps, number of LoRAs, preset."""

    def __init__(self) -> None:
        self._durations: defaultdict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=MAX_DURATIONS))

    def add(self, key: Hashable, seconds: float) -> None:
        """Add the duration of one completed task; beyond MAX_KEYS the key that was added first is dropped."""
        if key not in self._durations and len(self._durations) >= MAX_KEYS:
            del self._durations[next(iter(self._durations))]
        self._durations[key].append(seconds)

    def typical(self, key: Hashable) -> float | None:
        """Return the median duration of a key, in seconds; None when none is known."""
        known = sorted(self._durations.get(key, ()))
        return known[len(known) // 2] if known else None

    def range_of(self, key: Hashable) -> DurationRange | None:
        """Return the range of a key's durations; None when none is known."""
        known = sorted(self._durations.get(key, ()))
        if not known:
            return None
        # Up to three durations say little about the spread, so the range is widened by 6 % of the median.
        # The lowest and highest eighth count as outliers.
        margin = 0.06 * known[len(known) // 2] if len(known) < 4 else 0.0
        return DurationRange(max(known[len(known) // 8] - margin, 0.0), known[-1 - len(known) // 8] + margin)


@dataclass(slots=True)
class PollSchedule:
    """Polls of one task so far; times are seconds since the task was accepted."""

    expected: DurationRange | None
    """Range of similar tasks' durations; None when none is known."""
    last_unfinished: float = 0.0
    """The last poll that found the task unfinished."""
    queued_until: float | None = field(default=None)
    """The last poll that found the task in the service's own queue; None when none did."""

    def record(self, elapsed: float, *, queued: bool) -> None:
        """Record a poll that found the task unfinished."""
        self.last_unfinished = elapsed
        if queued:
            self.queued_until = elapsed

    def next_delay(self) -> float:
        """Return the seconds from the last poll to the next, 0.25 to 15."""
        now, known = self.last_unfinished, self.expected
        if known is None or not known.is_steady:
            return _unknown_delay(now)
        # One early poll shows whether the task has left the service's queue; the next waits for its likely end.
        early = min(0.35 * known.low, 1.0)
        if now < early and early >= MIN_POLL_SECONDS:
            return max(early - now, MIN_POLL_SECONDS)
        late = self._seconds_late(known)
        if (self.queued_until == now and late) or now > late + 1.5 * known.high + 1.0:
            return _unknown_delay(now)
        return min(max(late + known.low - now, MIN_POLL_SECONDS), 5.0)

    def _seconds_late(self, known: DurationRange) -> float:
        """Return the seconds lost in the service's queue; 0 unless it waited there for nearly a usual duration."""
        queued = self.queued_until or 0.0
        return queued if queued >= 0.9 * known.low else 0.0

    def estimated_duration(self, noticed: float, inference_seconds: float | None) -> float:
        """Return the likely duration of a task that was found finished `noticed` seconds after its acceptance.

        It ended between the last two polls; `inference_seconds` is the service's own figure, None when it has none.
        """
        if inference_seconds is None:
            return (self.last_unfinished + noticed) / 2
        return min(max(inference_seconds, self.last_unfinished), noticed)


def _unknown_delay(elapsed: float) -> float:
    """Return the pause for a task of unknown duration: 0.5 s, 1 s after 5 s, 2 s after 10 s, 15 s after 15 minutes."""
    if elapsed < 5.0:
        return 0.5
    if elapsed < 10.0:
        return 1.0
    return MAX_POLL_SECONDS if elapsed < 900.0 else 15.0
