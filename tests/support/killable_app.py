"""Apps to be killed: child processes that submit presses without end, forked from a parent with all imports done.

`python -m tests.support.killable_app URL` reads a line for each child: the number of its run, the step before which it
kills itself (0: the test kills it), and its data folder. It prints the clicks that returned and the child's exit code.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from components.api import client
from components.api.client import Endpoint
from components.budget.limits import BudgetLimits
from components.domain.job import Job
from components.domain.model_family import Catalogue, ModelFamily
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.jobs import repository
from components.jobs.submission import JobLimits, Submission
from components.messages.catalogue import Text
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.sqlite.mount import Mount
from components.storage import data_folder, database
from components.storage.store import Store
from tests.support.paths import ROOT
from tests.support.scripted_api import ALICE, BOB, MODEL
from tests.support.v3_service import KEY

SIZE = 64
"""Pixels of a side: small images allow many kills."""
RICH = 10**12
LATE = ("anyio._backends._asyncio", "anyio.streams.tls", "typing_extensions", "zipfile")
"""Modules that are imported only at a first request; the parent imports them once for all children."""
PERSONS = (Person(ALICE), Person(BOB))


def opened(folder: Path, url: str) -> Playground:
    """Return the playground of a data folder, with the host's key and no effective budget limit."""
    backend = Backend(
        "hosted", Text("backend.demo"), Catalogue(ModelFamily.built_in([MODEL])), Endpoint(url, KEY), free=False
    )
    limits = BudgetLimits(images_per_hour=RICH, per_person_day=RICH, per_day=RICH, per_month=RICH, min_balance=0)
    return Playground(backend, Store(folder), HostConfig(JobLimits(1000, 1000), limits, url, (MODEL,)))


class KillableApps:
    """Parent process that starts one child after the other."""

    def __init__(self, url: str, *, is_on_bucket: bool = False) -> None:
        """`is_on_bucket`: the data folder may be set back, and each row that a page gets is printed with its seal."""
        command = [sys.executable, "-m", "tests.support.killable_app", url, *(["bucket"] if is_on_bucket else [])]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def child(self, folder: Path, run: int, step: int = 0) -> int:
        """Start a child and return its process id once it runs."""
        self._send(f"{run} {step} {folder}")
        return int(self._line().removeprefix("begun "))

    def next_click(self) -> str:
        """Return the next click that returned."""
        return self._line()

    def rest(self) -> tuple[list[str], int]:
        """Return the remaining clicks that returned, and the exit code: minus the signal that killed the child."""
        clicks: list[str] = []
        while not (line := self._line()).startswith("ended "):
            clicks.append(line)
        return clicks, int(line.removeprefix("ended "))

    def close(self) -> None:
        """End the parent process."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def _send(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the parent process is gone"
        return line.strip()


def _serve(url: str) -> None:
    _import_all()
    for line in sys.stdin:
        run, step, folder = line.rstrip("\n").split(" ", 2)
        child = os.fork()
        if child == 0:
            _be_killed(Path(folder), url, int(run), int(step))
        _, status = os.waitpid(child, 0)
        _print(f"ended {os.waitstatus_to_exitcode(status)}")


def _import_all() -> None:
    Image.preinit()
    for name in LATE:
        importlib.import_module(name)


def _be_killed(folder: Path, url: str, run: int, step: int) -> None:
    _print(f"begun {os.getpid()}")
    if step:
        _die_before_step(step)
    asyncio.run(_one_click(folder, url, run) if step else _click_without_end(folder, url, run))
    os._exit(0)


async def _click_without_end(folder: Path, url: str, run: int) -> None:
    rng = random.Random(run)
    playground = opened(folder, url)
    async with playground.running():
        for number in range(10_000):
            await _click(playground, f"r{run}c{number}", 1000 * run + 10 * number, rng.choice((1, 1, 2)))
            await asyncio.sleep(rng.uniform(0.0, 0.06))


async def _one_click(folder: Path, url: str, run: int) -> None:
    playground = opened(folder, url)
    async with playground.running():
        click = f"r{run}"
        await _click(playground, click, 1000 * run, 2)
        for number in (1, 2):
            await playground.jobs.finished(f"{click}-{number}")


async def _click(playground: Playground, click: str, seed: int, pictures: int) -> None:
    requests = tuple(GenerationRequest(click, width=SIZE, height=SIZE, seed=seed + place) for place in range(pictures))
    person = PERSONS[seed // 10 % 2]
    await playground.start(person, Submission(person.visitor_id, click, requests), "")
    _print(click)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _be_on_a_bucket() -> None:
    """Let this process and its children see a mount that does not keep what is synced, and print their rows' seals."""
    data_folder.mount_of = lambda folder: Mount(keeps_synced=False)
    publish = repository.JobRepository._publish

    async def publish_and_print(self: repository.JobRepository, jobs: Sequence[Job]) -> None:
        await publish(self, jobs)
        for job in jobs:
            _print(f"row {job.visitor} {job.id} {self._store.blocking.seal(job)}")

    repository.JobRepository._publish = publish_and_print


def _die_before_step(last: int) -> None:
    """Kill this process at its n-th step; steps are the start and end of each transaction and each API call."""
    left = last

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    write, call = database.Database.write, client.Client._call

    def counted_write(self: database.Database, work: Callable[[sqlite3.Connection], Any]) -> Any:
        step()
        done = write(self, work)
        step()
        return done

    async def counted_call(self: client.Client, method: str, url: str, body: Any = None, **how: Any) -> Any:
        step()
        answer = await call(self, method, url, body, **how)
        step()
        return answer

    database.Database.write = counted_write
    client.Client._call = counted_call


if __name__ == "__main__":
    if "bucket" in sys.argv:
        _be_on_a_bucket()
    _serve(sys.argv[1])
