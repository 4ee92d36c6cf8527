"""Call limits: how many calls of programs wait for their images at once, so that they leave room for persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager

from components import messages
from components.domain.person import Person
from components.errors import TooManyJobs
from components.jobs.submission import JobLimits

EVENT_SLOTS = 1000
"""Events that Gradio's queue runs at once. A call holds one while it waits, a press of the page for a moment."""
MAX_CALLS = EVENT_SLOTS // 2
"""Calls of all programs that wait at once."""


class CallLimits:
    """Calls that wait, counted from before their jobs are: reading their images takes time as well."""

    def __init__(self, limits: JobLimits) -> None:
        self._per_visitor, self._total = limits.per_visitor, min(limits.total, MAX_CALLS)
        self._calls: Counter[str] = Counter()

    @contextmanager
    def waiting(self, program: Person) -> Generator[None]:
        """Count a call while the context is open. Raises TooManyJobs beyond a limit."""
        if self._calls[program.visitor_id] >= self._per_visitor:
            shared = messages.too_many_of_programs(self._per_visitor)
            raise TooManyJobs(messages.too_many_of_yours(self._per_visitor) if program.user else shared)
        if self._calls.total() >= self._total:
            raise TooManyJobs(messages.TOO_MANY_OF_ALL)
        self._calls[program.visitor_id] += 1
        try:
            yield
        finally:
            self._calls[program.visitor_id] -= 1
            self._calls += Counter()  # drops visitors without calls
