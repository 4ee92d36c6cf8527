"""Match of lost submits with the tasks that the service has: which task may belong to which job. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from components.api.service_clock import Offset
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate


@dataclass(frozen=True, slots=True)
class Window:
    """First and last time at which the task of a submit may have been created, by the service's clock."""

    first: float
    last: float

    def __contains__(self, moment: float) -> bool:
        return self.first <= moment <= self.last


def submit_window(job: Job, offset: Offset, now: float) -> Window:
    """Return when the task of a job's lost submit may have been created; `offset` of the service's clock from ours."""
    sent = job.sent or job.created
    # `max`: a clock that was set back between the two does not turn them around.
    return Window(sent + offset.least, max(sent, job.lost or now) + offset.most)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Task at the service that belongs to no job."""

    task_id: str
    created_at: float
    """Unix seconds by the service's clock."""
    update: TaskUpdate | None
    """The task itself; None when only the bill has it."""

    def may_be_of(self, model: str) -> bool:
        """Return whether it may be a task of a model, which is not always known."""
        return not self.update or self.update.model in ("", model)


class Verdict(Enum):
    """What is known of a lost submit."""

    FOUND = "found"
    ABSENT = "absent"
    """No task can be its own."""
    CHARGED = "charged"
    """A task was charged for it, which cannot be had or not be told from others."""
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Match:
    """Verdict about one lost submit; `task` when it was FOUND."""

    verdict: Verdict
    task: TaskUpdate | None = None
    is_certain: bool = True
    """False: another lost submit of the same visitor may own the task."""


def match(
    job: Job, rivals: Sequence[Job], candidates: Sequence[Candidate], window_of: Callable[[Job], Window]
) -> Match:
    """Return what is known of a job's lost submit.

    `rivals` are other jobs of the same account and model with a submit that was lost or is under way. A wrong guess
    would show one visitor the image of another: between visitors any doubt counts, and between the submits of one
    visitor the order of sending decides.
    """
    window = window_of(job)
    near = [one for one in candidates if one.created_at in window]
    if not near:
        return Match(Verdict.ABSENT)
    group = [job, *(rival for rival in rivals if any(one.created_at in window_of(rival) for one in near))]
    tasks = [one for one in candidates if any(one.created_at in window_of(member) for member in group)]
    if any(member.state is JobState.WAITING for member in group):
        return Match(Verdict.DOUBT)  # that submit is under way: its own answer will tell
    if len(group) == 1:
        return _taken(near[0]) if len(near) == 1 else Match(Verdict.DOUBT)
    if {member.visitor for member in group} != {job.visitor}:
        return Match(Verdict.CHARGED if len(tasks) == len(group) else Verdict.DOUBT)
    if len(tasks) > len(group):
        return Match(Verdict.DOUBT)
    own = _in_order(group, tasks, window_of).get(job.id)
    return _taken(own, is_certain=False) if own else Match(Verdict.ABSENT)


def unexplained(
    submits: Sequence[Job], candidates: Sequence[Candidate], window_of: Callable[[Job], Window]
) -> list[Candidate]:
    """Return the tasks that are left when each of these submits owns one, as far as there are any for it."""
    # From the earliest task on, each goes to the submit whose window closes first: so most of them find one.
    waiting, left = list(submits), list[Candidate]()
    for task in sorted(candidates, key=lambda one: (one.created_at, one.task_id)):
        owners = [job for job in waiting if task.created_at in window_of(job) and task.may_be_of(job.model)]
        if owners:
            waiting.remove(min(owners, key=lambda job: (window_of(job).last, job.id)))
        else:
            left.append(task)
    return left


def _taken(candidate: Candidate, *, is_certain: bool = True) -> Match:
    return Match(Verdict.FOUND, candidate.update, is_certain) if candidate.update else Match(Verdict.CHARGED)


def _in_order(
    group: Sequence[Job], tasks: Sequence[Candidate], window_of: Callable[[Job], Window]
) -> dict[str, Candidate]:
    """Return a task for each job as far as there are any: the earliest task to the earliest submit that may own it."""
    left = sorted(tasks, key=lambda task: (task.created_at, task.task_id))
    owned: dict[str, Candidate] = {}
    for member in sorted(group, key=lambda one: (one.sent or one.created, one.id)):
        if task := next((one for one in left if one.created_at in window_of(member)), None):
            left.remove(task)
            owned[member.id] = task
    return owned
