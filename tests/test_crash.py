"""The app killed at any moment, as by a power cut: real processes, real sockets, one data folder.

Run as a module this file is the process that is killed: `python -m tests.test_crash FOLDER URL RUN`.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from components.client import Endpoint
from components.errors import Charge
from components.generation import GenerationRequest
from components.job import Job, JobState
from components.jobs import Caps, Wish
from components.playground import Backend, Playground
from components.schema import BUILT_IN
from components.store import Store
from tests.fakes import ALICE, BOB, MODEL, house
from tests.hosted_api import KEY, HostedApi, png

ROOT = Path(__file__).resolve().parents[1]
KILLS = 25
SIZE = 64
"""Pixels of a side: small pictures, many kills."""
BEFORE_THE_END = 1.0
"""Seconds after its imports within which a process is killed."""
PATIENCE = 20.0


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


def opened(folder: Path, url: str) -> Playground:
    backend = Backend("hosted", "A test.", "", MODEL, BUILT_IN, Endpoint(url, KEY), free=True)
    return Playground(backend, Store(folder), house(backend, caps=Caps(1000, 1000)))


async def click_until_killed(folder: Path, url: str, run: int) -> None:
    """Click without end, and tell on stdout which clicks were answered."""
    chance = random.Random(run)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    playground = opened(folder, url)
    async with playground.running():
        for number in range(10_000):
            click, pictures = f"r{run}c{number}", chance.choice((1, 1, 2))
            requests = tuple(_request(click, 1000 * run + 10 * number + place) for place in range(pictures))
            await playground.jobs.start(Wish(chance.choice((ALICE, BOB)), click, requests))
            sys.stdout.write(f"{click}\n")
            sys.stdout.flush()
            await asyncio.sleep(chance.uniform(0.0, 0.06))


def _request(click: str, seed: int) -> GenerationRequest:
    return GenerationRequest(click, width=SIZE, height=SIZE, seed=seed)


def killed_run(folder: Path, url: str, run: int, alive: float) -> list[str]:
    """Start a process, kill it so many seconds after its imports; the clicks it had answered."""
    command = [sys.executable, "-m", "tests.test_crash", str(folder), url, str(run)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        begun = process.stdout.readline()
        time.sleep(alive)
        process.send_signal(signal.SIGKILL)
        said, errors = process.communicate(timeout=PATIENCE)
        assert begun == "begun\n", errors
        assert process.returncode == -signal.SIGKILL, errors
    return said.split()


async def calm_run(folder: Path, url: str) -> list[Job]:
    """Let everything come to its end; what is unknown is settled: it is said, and looked for."""
    playground = opened(folder, url)
    async with playground.running():
        async with asyncio.timeout(PATIENCE):
            for job in playground._store.open_jobs():
                if job.state is not JobState.UNKNOWN:
                    await playground.jobs.finished(job.id)
        return _everything(folder, playground)


def _everything(folder: Path, playground: Playground) -> list[Job]:
    with sqlite3.connect(folder / "playground.sqlite3") as other:
        names = [row[0] for row in other.execute("SELECT id FROM jobs")]
    other.close()
    jobs = [job for name in names if (job := playground._store.job(name))]
    assert len(jobs) == len(names), "a record cannot be read"
    for job in jobs:
        if job.state is JobState.COMPLETED:
            (path,) = [playground.picture(picture.name) for picture in job.pictures]
            assert isinstance(path, Path), "a picture is not on disk"
            assert path.read_bytes() == png(SIZE, SIZE, job.request.seed), "another job's picture, or half of it"
    return jobs


def test_killed_at_any_moment_nothing_is_sent_twice_and_nothing_is_lost(tmp_path):
    api = RoughApi()
    api.start()
    chance = random.Random(3)
    try:
        answered: list[str] = []
        for run in range(1, KILLS + 1):
            answered += killed_run(tmp_path, api.base_url, run, chance.uniform(0.0, BEFORE_THE_END))
        jobs = asyncio.run(calm_run(tmp_path, api.base_url))
    finally:
        api.stop()
    by_wish = {(job.request.prompt, job.request.seed): job for job in jobs}
    assert set(answered) <= {job.click for job in jobs}, "a click that was answered is gone"
    no_wish_was_sent_twice(api)
    every_task_is_some_jobs(api, by_wish)
    assert not [job for job in jobs if not job.ended and job.state is not JobState.UNKNOWN]
    assert not [job for job in jobs if job.state is not JobState.COMPLETED and not job.trouble]
    states = Counter(job.state for job in jobs)
    assert len(jobs) > 2 * KILLS, "the processes were killed before they did anything"
    assert states[JobState.COMPLETED] > len(jobs) / 2, states
    assert states[JobState.UNKNOWN], "no kill met a POST under way"


def no_wish_was_sent_twice(api: RoughApi) -> None:
    posts = Counter((body["prompt"], body["seed"]) for body in api.posts)
    posts.subtract(api.turned_away)
    assert not [wish for wish, count in posts.items() if count > 1]


def every_task_is_some_jobs(api: RoughApi, by_wish: dict[tuple[str, int], Job]) -> None:
    for task in api.tasks.values():
        job = by_wish[task.body["prompt"], task.body["seed"]]
        if job.task_id != task.id:
            assert (job.state, job.task_id) == (JobState.UNKNOWN, None)
            assert job.trouble
            assert job.trouble.charge is Charge.MAYBE
    claims = [job.task_id for job in by_wish.values() if job.task_id]
    assert len(claims) == len(set(claims))
    assert set(claims) <= set(api.tasks)


if __name__ == "__main__":
    asyncio.run(click_until_killed(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
