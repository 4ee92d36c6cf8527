"""Service clock: by how much the API's clock differs from ours, learned from its answers."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

UNKNOWN_MARGIN = 15.0
"""Seconds by which the clocks may differ while nothing was learned."""
TASK_MARGIN = 3.0
"""Seconds by which the offset may have changed since the last accepted task was stamped."""
DATE_MARGIN = 10.0
"""Seconds by which the clock of the `Date` header, a gateway's, may differ from the one that stamps tasks."""
MAX_OFFSET = 2 * 86_400.0
"""Seconds. A larger offset is taken for a mistake of the service."""


@dataclass(frozen=True, slots=True)
class Offset:
    """Range of seconds to add to our clock's time for the service's."""

    least: float
    most: float


class ServiceClock:
    """Clock of one API: its offset from ours, from the creation time of accepted tasks, else from `Date` headers."""

    def __init__(self) -> None:
        self._by_task: Offset | None = None
        self._by_date: Offset | None = None

    @property
    def offset(self) -> Offset:
        """Return the range of the offset, with its margin."""
        if self._by_task:
            return Offset(self._by_task.least - TASK_MARGIN, self._by_task.most + TASK_MARGIN)
        if self._by_date:
            return Offset(self._by_date.least - DATE_MARGIN, self._by_date.most + DATE_MARGIN)
        return Offset(-UNKNOWN_MARGIN, UNKNOWN_MARGIN)

    def observe_task(self, sent: float, received: float, created_at: float | None) -> None:
        """Learn from a task that was created between `sent` and `received`, our times in Unix seconds."""
        if created_at is not None:
            self._by_task = _offset(created_at, created_at, sent, received) or self._by_task

    def observe_date(self, sent: float, received: float, header: str | None) -> None:
        """Learn from the `Date` header of an answer, which has whole seconds (RFC 9110, 6.6.1)."""
        try:
            date = parsedate_to_datetime(header or "").timestamp()
        except (ValueError, OverflowError, OSError):
            return
        self._by_date = _offset(date, date + 1, sent, received) or self._by_date


def _offset(earliest: float, latest: float, sent: float, received: float) -> Offset | None:
    """Return the offset of a service's time that lies between two of ours; None for one that cannot be right."""
    offset = Offset(earliest - max(sent, received), latest - min(sent, received))
    return offset if abs(offset.least) < MAX_OFFSET and abs(offset.most) < MAX_OFFSET else None
