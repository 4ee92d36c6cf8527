"""Crash safety: real app processes on one data folder, killed at random moments and at every step of a submit."""

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

from components.domain.job import Job, JobState
from components.messages.message import Charge
from components.services.playground import Playground
from tests.support import full_run
from tests.support.killable_app import SIZE, KillableApps, opened
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

KILLS = 25
"""Kills in a usual run; 100 with `--full`."""
BEFORE_THE_END = 0.15
"""Most seconds from a process's start, or one of its first clicks, to its kill."""
TIMEOUT = 20.0
"""Seconds in which all jobs must end."""
MOST_STEPS = 60
STRIDE = 2
"""Every second step is met in a usual run, each with `--full`."""


class FaultyApi(HostedApi):
    """Fake API that loses 3 % of the responses to submits and rejects 5 % with 429."""

    def __init__(self) -> None:
        super().__init__()
        lengths = random.Random(7)
        self.length = lambda body: lengths.uniform(0.02, 0.5)
        self._fates = random.Random(11)
        self.rejected: Counter[tuple[str, int]] = Counter()
        """429 responses by prompt and seed."""

    def _submit(self, model: str, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes] | None:
        fate = self._fates.random()
        if fate < 0.03:
            self.next_submits = [lambda: None]
        elif fate < 0.08:
            self.next_submits = [lambda: (429, {"retry-after": "0.2"}, b'{"code": 429}')]
            self.rejected[body["prompt"], body["seed"]] += 1
        return super()._submit(model, body)


@pytest.fixture
def rough() -> Iterator[FaultyApi]:
    api = FaultyApi()
    api.start()
    yield api
    api.stop()


@pytest.fixture
def calm() -> Iterator[HostedApi]:
    api = HostedApi()
    api.start()
    yield api
    api.stop()


def killed_run(apps: KillableApps, folder: Path, run: int, clicks: int, after: float) -> list[str]:
    """Kill a process `after` seconds from its last awaited click; return all clicks that were answered."""
    child = apps.child(folder, run)
    answered = [apps.next_click() for _ in range(clicks)]
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    more, code = apps.rest()
    assert code == -signal.SIGKILL
    return answered + more


async def calm_run(folder: Path, url: str) -> list[Job]:
    """Resume the app without killing it and return all jobs once each has ended or is unknown."""
    playground = opened(folder, url)
    async with playground.running():
        async with asyncio.timeout(TIMEOUT):
            # An answer that is lost now makes a job unknown, and it is searched for longer than this waits.
            store = playground.store.blocking
            while any(job.state is not JobState.UNKNOWN for job in store.open_jobs()):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.05)
        return everything(folder, playground)


def everything(folder: Path, playground: Playground) -> list[Job]:
    """Return every stored job; check that each record is readable and each image is the job's own.

    Of a visitor's submits that were lost at the same time it cannot be told which task is whose: there the image may
    be that of another such job.
    """
    with sqlite3.connect(folder / "playground.sqlite3") as other:
        names = [row[0] for row in other.execute("SELECT id FROM jobs")]
    other.close()
    jobs = [job for name in names if (job := playground.store.blocking.job(name))]
    assert len(jobs) == len(names), "a record cannot be read"
    for job in (one for one in jobs if one.state is JobState.COMPLETED):
        (path,) = [playground.store.image_file(picture.name) for picture in job.images]
        assert isinstance(path, Path)
        own = [one for one in jobs if one == job or (job.lost and one.lost and one.visitor == job.visitor)]
        image = path.read_bytes()
        assert any(image == png(SIZE, SIZE, one.request.seed) for one in own), "another job's picture, or half of it"
    return jobs


@pytest.fixture
def kills() -> int:
    return 100 if full_run.is_full() else KILLS


def test_f30_killed_again_and_again_nothing_is_sent_twice_and_nothing_is_lost(tmp_path, rough, kills):
    apps, rng = KillableApps(rough.base_url), random.Random(3)
    answered: list[str] = []
    for run in range(1, kills + 1):
        answered += killed_run(apps, tmp_path, run, rng.randrange(6), rng.uniform(0.0, BEFORE_THE_END))
    apps.close()
    jobs = asyncio.run(calm_run(tmp_path, rough.base_url))
    assert set(answered) <= {job.click for job in jobs}, "a click that was answered is gone"
    no_request_was_sent_twice(rough, rough.rejected)
    every_task_is_some_jobs(rough, jobs)
    every_end_has_a_message(jobs)
    reserved_money_covers_every_task(tmp_path, jobs)
    states = Counter(job.state for job in jobs)
    assert len(jobs) > 2 * kills, "the processes were killed before they did anything"
    assert states[JobState.COMPLETED] > len(jobs) / 2, states
    assert states[JobState.UNKNOWN], "no kill met a POST under way"


@pytest.mark.full
def test_f30_killed_between_any_two_steps_of_a_submit(tmp_path, calm):
    apps, step, code = KillableApps(calm.base_url), 0, -signal.SIGKILL
    while code:
        step += 1 if full_run.is_full() else STRIDE
        assert step < MOST_STEPS, "the click does not come to its end"
        folder = tmp_path / str(step)
        apps.child(folder, step, step)
        answered, code = apps.rest()
        calm.finish_all()
        jobs = asyncio.run(calm_run(folder, calm.base_url))
        assert set(answered) <= {job.click for job in jobs}
        every_end_has_a_message(jobs)
        reserved_money_covers_every_task(folder, jobs)
        own = [task for task in calm.tasks.values() if task.body["prompt"] == f"r{step}"]
        assert {task.id for task in own} >= {job.task_id for job in jobs if job.task_id}
        assert len(own) <= 2, "sent twice"
    apps.close()
    assert step > 15, "the steps of a submit were not all met"
    no_request_was_sent_twice(calm, Counter())


def no_request_was_sent_twice(api: HostedApi, rejected: Counter[tuple[str, int]]) -> None:
    posts = Counter((body["prompt"], body["seed"]) for body in api.posts)
    posts.subtract(rejected)
    assert not [request for request, count in posts.items() if count > 1]


def every_end_has_a_message(jobs: list[Job]) -> None:
    assert not [job for job in jobs if not job.ended and job.state is not JobState.UNKNOWN]
    assert not [job for job in jobs if job.state is not JobState.COMPLETED and not job.problem]


def every_task_is_some_jobs(api: HostedApi, jobs: list[Job]) -> None:
    by_request = {(job.request.prompt, job.request.seed): job for job in jobs}
    for task in api.tasks.values():
        job = by_request[task.body["prompt"], task.body["seed"]]
        owner = next((one for one in jobs if one.task_id == task.id), None)
        if owner and owner != job:
            assert owner.lost and job.lost and owner.visitor == job.visitor, "a task of another job"
        elif job.task_id != task.id:
            assert (job.state, job.task_id) == (JobState.UNKNOWN, None)
            assert job.problem
            assert job.problem.charge is Charge.MAYBE
    claims = [job.task_id for job in jobs if job.task_id]
    assert len(claims) == len(set(claims))
    assert set(claims) <= set(api.tasks)


def reserved_money_covers_every_task(folder: Path, jobs: list[Job]) -> None:
    """Check that every job that has a task, or may have one, has a stored cost."""
    with sqlite3.connect(folder / "playground.sqlite3") as other:
        costs = dict(other.execute("SELECT job_id, cost FROM spendings"))
    other.close()
    for job in jobs:
        if job.task_id or job.state is JobState.UNKNOWN:
            assert costs.get(job.id), job
        elif job.state is JobState.STOPPED:
            assert job.id not in costs
