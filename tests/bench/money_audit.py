"""Audit of a run of the trial of money: the app's records and words against the service's tasks and bill."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from components.domain.job import Job, JobState
from components.messages.message import Charge
from tests.bench.money_world import Key, World, is_not_sure
from tests.support.v3_service import KEY
from tests.support.v3_task import Task

FREE = (Charge.NONE, Charge.REFUNDED)
MILLION = 1_000_000
AT_ONCE_SECONDS = 6.0
"""Pause between two visitors' lost submits below which no client can tell by the clock whose a task is."""


@dataclass
class Audit:
    """Figures of one run; `Counter`s are by the message's code, or by the job's state without one."""

    name: str
    images: int = 0
    presses: int = 0
    refused: int = 0
    tasks: int = 0
    exchanges: int = 0
    faults: int = 0
    doubled: int = 0
    """Images with two tasks, or with two POSTs that may have made one."""
    foreign: int = 0
    """Jobs that have the task of another visitor's."""
    swapped: int = 0
    """Jobs that have the task of another of the same visitor: both are shown to the one who paid."""
    unknown_bills: Counter[str] = field(default_factory=Counter[str])
    """Jobs with a task of which the app does not know what it cost."""
    app_micros: int = 0
    """What the app counts as spent of the host's money."""
    bill_micros: int = 0
    own_app_micros: int = 0
    """What the app has as the bills of jobs with visitors' own keys."""
    own_bill_micros: int = 0
    wrong_bills: Counter[str] = field(default_factory=Counter[str])
    """Jobs whose bill in the app differs from the service's."""
    late: Counter[str] = field(default_factory=Counter[str])
    """Jobs that were not sure for longer than five minutes, but for the undecidable ones."""
    undecidable: Counter[str] = field(default_factory=Counter[str])
    """Those of them whose answer was lost at once with one of another visitor."""
    not_sure: Counter[str] = field(default_factory=Counter[str])
    """Jobs that are not sure at the end."""
    free_but_charged: Counter[str] = field(default_factory=Counter[str])
    charged_but_free: Counter[str] = field(default_factory=Counter[str])
    unseen: Counter[str] = field(default_factory=Counter[str])
    """Finished and paid images that their visitors do not have."""
    waiting: Counter[str] = field(default_factory=Counter[str])
    """Jobs that have not ended at the end."""

    @property
    def off(self) -> float:
        """Return the difference of the app's sum from the bill, relative to the bill."""
        return _off(self.app_micros, self.bill_micros)

    @property
    def contradictions(self) -> list[str]:
        """Return what contradicts the bill, in words; empty when nothing does."""
        found = {
            "doubled": self.doubled,
            "task of another": self.foreign,
            "sum off by over 1 %": int(self.off > 0.01),
            "wrong bills": self.wrong_bills.total(),
            "not sure after 5 minutes": self.late.total(),
            "said free but charged": self.free_but_charged.total(),
            "said charged but free": self.charged_but_free.total(),
            "never ended": self.waiting.total(),
        }
        return [f"{name}: {count}" for name, count in found.items() if count]


def audit(world: World, name: str) -> Audit:
    """Return the figures of a world whose run is over."""
    tasks = _tasks_by_key(world)
    jobs = {(job.request.prompt, job.request.seed): job for job in world.jobs()}
    result = Audit(name, len(world.wished), world.presses, world.refused, len(world.api.made))
    result.exchanges, result.faults = world.wire.exchanges, world.wire.faults.total()
    unclear = world.wire.unclear
    result.doubled = sum(len(tasks[key]) > 1 or unclear[key] > 1 for key in world.wished)
    for job in world.late.values():
        is_alone = not any(_were_lost_at_once(job, other) for other in jobs.values())
        (result.late if is_alone else result.undecidable)[_label(job)] += 1
    result.bill_micros = _billed(world, [task for task in world.api.made if task.account == KEY])
    result.own_bill_micros = _billed(world, [task for task in world.api.made if task.account != KEY])
    result.app_micros = _app_micros(world)
    result.own_app_micros = sum(job.bill.cost or 0 for job in jobs.values() if job.key and job.bill)
    claimed = {job.task_id for job in jobs.values()}
    for key, job in jobs.items():
        left = [task for task in tasks[key] if task.id not in claimed]
        _compare(result, world, job, [world.api.by_id[job.task_id]] if job.task_id else left)
        if job.task_id and job.task_id not in {task.id for task in tasks[key]}:
            owner = _key_of(world.api.by_id[job.task_id])
            is_same_visitor = owner in jobs and jobs[owner].visitor == job.visitor
            result.swapped += is_same_visitor
            result.foreign += not is_same_visitor
    return result


def _key_of(task: Task) -> Key:
    return task.body["prompt"], task.body["seed"]


def _tasks_by_key(world: World) -> defaultdict[Key, list[Task]]:
    tasks: defaultdict[Key, list[Task]] = defaultdict(list)
    for task in world.api.made:
        tasks[_key_of(task)].append(task)
    return tasks


def _app_micros(world: World) -> int:
    """Return what the app counts as spent of the host's money: the sum behind its limits and the host's page."""
    ((total,),) = world.playground.store.blocking._db.read("SELECT coalesce(sum(cost), 0) FROM spendings")
    return int(total)


def _were_lost_at_once(job: Job, other: Job) -> bool:
    """Return whether two visitors' submits of one account went without an answer so close that they look alike."""
    if job.visitor == other.visitor or job.account != other.account or None in (job.sent, other.sent, other.lost):
        return False
    first, last = sorted((one.sent or 0.0, one.lost or one.sent or 0.0) for one in (job, other))
    return last[0] - first[1] < AT_ONCE_SECONDS


def _billed(world: World, tasks: list[Task]) -> int:
    return round(world.api.bill.net(tasks) * MILLION)


def _off(amount: int, bill: int) -> float:
    return abs(amount - bill) / bill if bill else float(amount != bill)


def _compare(result: Audit, world: World, job: Job, tasks: list[Task]) -> None:
    cost = world.api.bill.net(tasks)
    if job.task_id and (job.bill is None or job.bill.cost is None):
        result.unknown_bills[_label(job)] += 1
    elif job.bill and abs((job.bill.cost or 0) - _billed(world, tasks)) > 2:
        result.wrong_bills[_label(job)] += 1
    if job.ended is None and job.state is not JobState.UNKNOWN:
        result.waiting[_label(job)] += 1
        return
    if is_not_sure(job):
        result.not_sure[_label(job)] += 1
    elif is_said_free(job) and cost > 0:
        result.free_but_charged[_label(job)] += 1
    elif not is_said_free(job) and cost <= 0:
        result.charged_but_free[_label(job)] += 1
    if (
        cost > Fraction(0)
        and any(task.outcome == "completed" and task.outputs is None for task in tasks)
        and not job.images
    ):
        result.unseen[_label(job)] += 1


def is_said_free(job: Job) -> bool:
    """Return whether an ended job's tile says that nothing was charged; an image without a word counts as charged."""
    return job.shown_problem.charge in FREE if job.shown_problem else job.state is not JobState.COMPLETED


def _label(job: Job) -> str:
    return f"{job.state.value}/{job.problem.code if job.problem else '-'}"
