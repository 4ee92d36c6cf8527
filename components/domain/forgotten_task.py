"""Forgotten tasks: paid by the host's key, and in no job, since a crash has set the data folder back. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from components.domain.money import Micros

PAYER_NAME = "forgotten tasks"
"""Payer name of their spending, in place of a Person's: who asked for them is not known."""
LOST_SECONDS = 120.0
"""Time before a sign of life of which a folder may have lost what was written: four times what a bucket may lose."""
RESTART_SECONDS = 600.0
"""Time before a start in which an earlier process may have run that left no sign at all."""


@dataclass(frozen=True, slots=True)
class ForgottenTask:
    """Task of the service that no stored job has."""

    task_id: str
    backend: str
    made: float
    """Unix seconds by our clock, about."""
    cost: Micros
    """As quoted; once the service's bill is known, as billed."""
    link: str = ""
    """URL of its image at the service, for about seven days; empty without one."""

    @property
    def spending_id(self) -> str:
        """Return the name under which its cost is counted, in place of a job's id."""
        return f"task {self.task_id}"


@dataclass(frozen=True, slots=True)
class LostTime:
    """Time of which the folder may have lost records, in Unix seconds."""

    since: float
    until: float


def lost_times(latest_record: float, sign_of_life: float, now: float) -> list[LostTime]:
    """Return the times of which a folder may have lost records, as it is found at a start at `now`.

    Nothing before its latest record is lost, nor what is LOST_SECONDS older than `sign_of_life`, at which an earlier
    process was seen last. 0: there is no record, or no sign, as after a process that ended in order.
    """
    latest_record = latest_record if latest_record <= now else 0.0
    found = [LostTime(max(latest_record, now - RESTART_SECONDS), now)]
    if 0 < sign_of_life < now:
        since = max(latest_record, sign_of_life - LOST_SECONDS)
        found.insert(0, LostTime(since, min(now, max(since, sign_of_life) + LOST_SECONDS)))
    if len(found) == 2 and found[1].since <= found[0].until:
        return [LostTime(min(one.since for one in found), now)]
    return found
