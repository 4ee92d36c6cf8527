"""A process that is there to be killed: a playground that clicks without end, forked from one that has imported all.

`python -m tests.nursery URL` reads a line for each child: a run's number, n to be killed before its n-th step (0: it
is killed from outside), and its data folder. It tells which clicks were answered, and how the child ended.
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from components import client, database
from components.backend import Backend
from components.client import Endpoint
from components.family import Catalogue, Family
from components.fence import Limits
from components.generation import GenerationRequest
from components.jobs import Caps, Wish
from components.person import Person
from components.playground import House, Playground
from components.store import Store
from tests.fakes import ALICE, BOB, MODEL
from tests.hosted_api import KEY

ROOT = Path(__file__).resolve().parents[1]
SIZE = 64
"""Pixels of a side: small pictures, many kills."""
RICH = 10**12
LATE = ("anyio._backends._asyncio", "anyio.streams.tls", "typing_extensions", "zipfile")
"""What is imported only at a first request; a child would do so again each time."""
PEOPLE = (Person(ALICE), Person(BOB))


def opened(folder: Path, url: str) -> Playground:
    """Return the playground of a data folder, with the host's key and all the money in the world."""
    backend = Backend("hosted", "A test.", "", Catalogue(Family.built_in([MODEL])), Endpoint(url, KEY), free=False)
    limits = Limits(pictures_per_hour=RICH, per_person_day=RICH, per_day=RICH, per_month=RICH, min_balance=0)
    return Playground(backend, Store(folder), House(Caps(1000, 1000), limits, url, (MODEL,)))


class Nursery:
    """Starts children one after the other."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.nursery", url]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def child(self, folder: Path, run: int, step: int = 0) -> int:
        """Start a child and return its process id once it has begun."""
        self._tell(f"{run} {step} {folder}")
        return int(self._line().removeprefix("begun "))

    def next_click(self) -> str:
        """Return the next click that was answered."""
        return self._line()

    def rest(self) -> tuple[list[str], int]:
        """Return which clicks the child answered, and its exit code: minus the signal that killed it."""
        said: list[str] = []
        while not (line := self._line()).startswith("ended "):
            said.append(line)
        return said, int(line.removeprefix("ended "))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the nursery is gone"
        return line.strip()


def _serve(url: str) -> None:
    _import_all()
    for line in sys.stdin:
        run, step, folder = line.rstrip("\n").split(" ", 2)
        child = os.fork()
        if child == 0:
            _be_killed(Path(folder), url, int(run), int(step))
        _, status = os.waitpid(child, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)}")


def _import_all() -> None:
    Image.preinit()
    for name in LATE:
        importlib.import_module(name)


def _be_killed(folder: Path, url: str, run: int, step: int) -> None:
    _say(f"begun {os.getpid()}")
    if step:
        _die_before_step(step)
    asyncio.run(_one_click(folder, url, run) if step else _click_without_end(folder, url, run))
    os._exit(0)


async def _click_without_end(folder: Path, url: str, run: int) -> None:
    chance = random.Random(run)
    playground = opened(folder, url)
    async with playground.running():
        for number in range(10_000):
            await _click(playground, f"r{run}c{number}", 1000 * run + 10 * number, chance.choice((1, 1, 2)))
            await asyncio.sleep(chance.uniform(0.0, 0.06))


async def _one_click(folder: Path, url: str, run: int) -> None:
    playground = opened(folder, url)
    async with playground.running():
        click = f"r{run}"
        await _click(playground, click, 1000 * run, 2)
        for number in (1, 2):
            await playground.jobs.finished(f"{click}-{number}")


async def _click(playground: Playground, click: str, seed: int, pictures: int) -> None:
    requests = tuple(GenerationRequest(click, width=SIZE, height=SIZE, seed=seed + place) for place in range(pictures))
    person = PEOPLE[seed % 2]
    await playground.start(person, Wish(person.board, click, requests), "")
    _say(click)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _die_before_step(last: int) -> None:
    """Kill this process at its n-th step: before and after each transaction and each exchange with the API."""
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
    _serve(sys.argv[1])
