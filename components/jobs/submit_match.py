"""Match of lost submits with the tasks that the service has: which task may belong to which job. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from components.api.service_clock import Offset
from components.domain.job import Job, JobState
from components.domain.task import TaskUpdate
from components.jobs.task_owners import TaskOwners


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
    """Task at the service that was not made by a submit that was answered."""

    task_id: str
    created_at: float
    """Unix seconds by the service's clock."""
    update: TaskUpdate | None
    """The task itself; None when only the bill has it."""
    finder: str = ""
    """Id of the job that has found it after its submit was lost; empty when no job has it."""

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

    `rivals` are other jobs of the same account and model with a submit that was lost or is under way, those included
    that have found a task of `candidates`. Each has one task at most, and each task is of one of them. A wrong guess
    would show one visitor the image of another: a task is taken when all that may own it wish for the very same image,
    of which any is as good as the others, or are of one visitor, for whom the order of sending decides.
    """
    jobs = {one.id: one for one in (job, *rivals)}
    windows = {one.id: window_of(one) for one in jobs.values()}
    if not any(one.created_at in windows[job.id] for one in candidates):
        return Match(Verdict.ABSENT)
    owners = _owners(jobs, windows, candidates)
    if not owners.is_explained(job.id):
        return Match(Verdict.DOUBT)
    task = owners.task_of.get(job.id)
    others = [jobs[name] for name in (owners.may_own(task) if task else owners.may_take_the_task_of(job.id))]
    # Of a submit that is under way its own answer will tell.
    is_open = any(other.state is JobState.WAITING for other in others)
    is_same = all(other.request == job.request for other in others)
    if is_open or not (is_same or all(other.visitor == job.visitor for other in others)):
        return Match(Verdict.CHARGED if task and not owners.may_have_none(job.id) else Verdict.DOUBT)
    if not task:
        return Match(Verdict.ABSENT)
    return _taken(next(one for one in candidates if one.task_id == task), is_certain=is_same)


def _owners(jobs: Mapping[str, Job], windows: Mapping[str, Window], candidates: Sequence[Candidate]) -> TaskOwners:
    order = sorted(jobs.values(), key=lambda one: (windows[one.id].last, one.sent or one.created, one.id))
    possible = {
        task.task_id: [one.id for one in order if task.created_at in windows[one.id] or one.id == task.finder]
        for task in sorted(candidates, key=lambda one: (one.created_at, one.task_id))
    }
    known = {task.task_id: task.finder for task in candidates if task.finder}
    return TaskOwners({task: names for task, names in possible.items() if names}, known)


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
