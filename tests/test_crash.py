"""The app killed at any moment, as by a power cut: real processes, real sockets, one data folder."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.errors import Charge
from components.job import Job, JobState
from components.playground import Playground
from tests.hosted_api import HostedApi, png
from tests.nursery import SIZE, Nursery, opened

KILLS = 100
BEFORE_THE_END = 0.15
"""Seconds within which a process is killed after its start, or after one of its first clicks."""
PATIENCE = 20.0
MOST_STEPS = 60


class RoughApi(HostedApi):
    """Loses some answers and turns some submits away; the others are answered after a moment."""

    def __init__(self) -> None:
        super().__init__()
        chance = random.Random(7)
        self.length = lambda body: chance.uniform(0.02, 0.5)
        self._fates = random.Random(11)
        self.turned_away: Counter[tuple[str, int]] = Counter()

    def _submit(self, model: str, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes] | None:
        fate = self._fates.random()
        if fate < 0.03:
            self.next_submits = [lambda: None]
        elif fate < 0.08:
            self.next_submits = [lambda: (429, {"retry-after": "0.2"}, b'{"code": 429}')]
            self.turned_away[body["prompt"], body["seed"]] += 1
        return super()._submit(model, body)


@pytest.fixture
def rough() -> Iterator[RoughApi]:
    api = RoughApi()
    api.start()
    yield api
    api.stop()


@pytest.fixture
def calm() -> Iterator[HostedApi]:
    api = HostedApi()
    api.start()
    yield api
    api.stop()


def killed_run(nursery: Nursery, folder: Path, run: int, clicks: int, after: float) -> list[str]:
    """Kill a process so many seconds after it began, or after so many clicks of it were answered; return them all."""
    child = nursery.child(folder, run)
    answered = [nursery.next_click() for _ in range(clicks)]
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    more, code = nursery.rest()
    assert code == -signal.SIGKILL
    return answered + more


async def calm_run(folder: Path, url: str) -> list[Job]:
    """Let everything come to its end; what is unknown is settled: it is said, and looked for."""
    playground = opened(folder, url)
    async with playground.running():
        async with asyncio.timeout(PATIENCE):
            for job in playground._store.open_jobs():
                if job.state is not JobState.UNKNOWN:
                    await playground.jobs.finished(job.id)
        return everything(folder, playground)


def everything(folder: Path, playground: Playground) -> list[Job]:
    """Every job on disk; every record must be readable, every picture its own."""
    with sqlite3.connect(folder / "playground.sqlite3") as other:
        names = [row[0] for row in other.execute("SELECT id FROM jobs")]
    other.close()
    jobs = [job for name in names if (job := playground._store.job(name))]
    assert len(jobs) == len(names), "a record cannot be read"
    for job in jobs:
        if job.state is JobState.COMPLETED:
            (path,) = [playground.picture(picture.name) for picture in job.pictures]
            assert isinstance(path, Path)
            assert path.read_bytes() == png(SIZE, SIZE, job.request.seed), "another job's picture, or half of it"
    return jobs


def test_f30_killed_a_hundred_times_nothing_is_sent_twice_and_nothing_is_lost(tmp_path, rough):
    nursery, chance = Nursery(rough.base_url), random.Random(3)
    answered: list[str] = []
    for run in range(1, KILLS + 1):
        answered += killed_run(nursery, tmp_path, run, chance.randrange(6), chance.uniform(0.0, BEFORE_THE_END))
    nursery.close()
    jobs = asyncio.run(calm_run(tmp_path, rough.base_url))
    assert set(answered) <= {job.click for job in jobs}, "a click that was answered is gone"
    no_wish_was_sent_twice(rough, rough.turned_away)
    every_task_is_some_jobs(rough, jobs)
    every_end_is_said(jobs)
    reserved_money_covers_every_task(tmp_path, jobs)
    states = Counter(job.state for job in jobs)
    assert len(jobs) > 2 * KILLS, "the processes were killed before they did anything"
    assert states[JobState.COMPLETED] > len(jobs) / 2, states
    assert states[JobState.UNKNOWN], "no kill met a POST under way"


def test_f30_killed_between_any_two_steps_of_a_submit(tmp_path, calm):
    nursery, step, code = Nursery(calm.base_url), 0, -signal.SIGKILL
    while code:
        step += 1
        assert step < MOST_STEPS, "the click does not come to its end"
        folder = tmp_path / str(step)
        nursery.child(folder, step, step)
        answered, code = nursery.rest()
        calm.finish_all()
        jobs = asyncio.run(calm_run(folder, calm.base_url))
        assert set(answered) <= {job.click for job in jobs}
        every_end_is_said(jobs)
        reserved_money_covers_every_task(folder, jobs)
        own = [task for task in calm.tasks.values() if task.body["prompt"] == f"r{step}"]
        assert {task.id for task in own} >= {job.task_id for job in jobs if job.task_id}
        assert len(own) <= 2, "sent twice"
    nursery.close()
    assert step > 15, "the steps of a submit were not all met"
    no_wish_was_sent_twice(calm, Counter())


def no_wish_was_sent_twice(api: HostedApi, turned_away: Counter[tuple[str, int]]) -> None:
    posts = Counter((body["prompt"], body["seed"]) for body in api.posts)
    posts.subtract(turned_away)
    assert not [wish for wish, count in posts.items() if count > 1]


def every_end_is_said(jobs: list[Job]) -> None:
    assert not [job for job in jobs if not job.ended and job.state is not JobState.UNKNOWN]
    assert not [job for job in jobs if job.state is not JobState.COMPLETED and not job.trouble]


def every_task_is_some_jobs(api: HostedApi, jobs: list[Job]) -> None:
    by_wish = {(job.request.prompt, job.request.seed): job for job in jobs}
    for task in api.tasks.values():
        job = by_wish[task.body["prompt"], task.body["seed"]]
        if job.task_id != task.id:
            assert (job.state, job.task_id) == (JobState.UNKNOWN, None)
            assert job.trouble
            assert job.trouble.charge is Charge.MAYBE
    claims = [job.task_id for job in jobs if job.task_id]
    assert len(claims) == len(set(claims))
    assert set(claims) <= set(api.tasks)


def reserved_money_covers_every_task(folder: Path, jobs: list[Job]) -> None:
    """Every job that has a task, or may have one, has its cost written down."""
    with sqlite3.connect(folder / "playground.sqlite3") as other:
        costs = dict(other.execute("SELECT job_id, cost FROM spendings"))
    other.close()
    for job in jobs:
        if job.task_id or job.state is JobState.UNKNOWN:
            assert costs.get(job.id), job
        elif job.state is JobState.STOPPED:
            assert job.id not in costs
