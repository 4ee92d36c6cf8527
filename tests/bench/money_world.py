"""World of the trial of money: visitors press Generate in the app, before a fake API with faults and a bill."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx

from components.api.endpoint import Endpoint
from components.domain.job import Job, JobState
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, KeyForgotten, PlaygroundError, StorageError
from components.jobs.submission import JobLimits, Submission
from components.messages.message import Charge
from components.services.backend import Backend
from components.services.host_config import HostConfig
from components.services.playground import Playground
from components.storage.async_store import AsyncStore
from components.storage.jobs_table import from_record
from components.storage.store import Store
from tests.bench.faulty_wire import OUTAGES, FaultyWire
from tests.bench.money_api import HOUR, MODEL, OWN_KEYS, MoneyApi
from tests.bench.virtual_time import LoopClock
from tests.support.budgets import WIDE
from tests.support.job_lives import KillableStore
from tests.support.v3_service import KEY
from tests.support.v3_task import Task

VISITORS = 8
_OWN_PAYERS = range(VISITORS - len(OWN_KEYS), VISITORS)
MEAN_PAUSE = 30.0
"""Mean seconds between two presses."""
LOCKED_SECONDS = 9.0
NOT_SURE_SECONDS = 300.0
"""Time after which no job may be left without knowing whether it was charged."""
_DOUBTFUL = """state = 'unknown' OR record LIKE '%"maybe"%' OR record LIKE '%"spent"%'"""
Key = tuple[str, int]
"""Prompt and seed of an image: each is wished for once."""


class TrialPlayground(Playground):
    """The app's services on a faulty connection and a store that can be killed."""

    wire: FaultyWire

    def _add_services(self, store: AsyncStore) -> None:
        for pool in (self._api, self._visitor_api):
            pool._current = httpx.AsyncClient(transport=self.wire)
        super()._add_services(KillableStore(store.blocking))


@dataclass(frozen=True)
class Scenario:
    """Choices of one run; `skew` is in seconds by which the service's clock is ahead."""

    seed: int
    images: int
    skew: float = 0.0
    is_in_millionths: bool = False
    has_locks: bool = False


class World:
    """One run of a scenario on a folder; after `run` its records are there to be compared."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario, self._folder, self._rng = scenario, folder, Random(scenario.seed)
        self.api = MoneyApi(Random(scenario.seed + 1))
        self.wire = FaultyWire(self.api, Random(scenario.seed + 2))
        self.api.skew, self.api.bill.is_in_millionths = scenario.skew, scenario.is_in_millionths
        self.presses = 0
        self.wished: set[Key] = set()
        self.refused = 0
        """Images of presses that the app did not take."""
        self.late: dict[str, Job] = {}
        """Jobs that were not sure for longer than NOT_SURE_SECONDS while the service answered."""
        self._not_sure_since: dict[str, float] = {}
        self._tokens: dict[int, str] = {}
        self._is_up = asyncio.Event()
        self._stack = AsyncExitStack()
        self._pressing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Press for all images while things go wrong, then wait until every refund is on the bill."""
        self.api.monotonic, self.api.wall = LoopClock().monotonic, LoopClock().now
        await self._open()
        others = [asyncio.create_task(work()) for work in (self._troubles, self._watch, self._look_again)]
        while len(self.wished) < self.scenario.images:
            await asyncio.sleep(self._rng.expovariate(1 / MEAN_PAUSE))
            await self._is_up.wait()
            self._begin_press()
        await asyncio.sleep(HOUR)
        self.wire.share = 0.0
        for task in others:
            task.cancel()
        await asyncio.gather(*others, *self._pressing, return_exceptions=True)
        await asyncio.sleep(26 * HOUR)  # refunds come late, and a bill is looked at for a day

    async def close(self) -> None:
        """Close the app and the service."""
        await self._stack.aclose()
        self.api._loop.close()

    def jobs(self, where: str = "true") -> list[Job]:
        """Return the jobs as they are stored; those of a condition in SQL."""
        query = f"SELECT record FROM jobs WHERE state != 'deleted' AND ({where}) ORDER BY id"
        return [from_record(json.loads(row[0])) for row in self.playground.store.blocking._db.read(query)]

    async def _open(self) -> None:
        backend = Backend.hosted(Endpoint(self.api.base_url, KEY), [MODEL])
        config = HostConfig(JobLimits(100, 1000), WIDE, self.api.base_url, (MODEL,))
        TrialPlayground.wire = self.wire
        self.playground = TrialPlayground(backend, Store(self._folder), config, clock=LoopClock())
        await self._stack.enter_async_context(self.playground.running())
        self._seed_watchers()
        self._is_up.set()

    def _seed_watchers(self) -> None:
        """Make the jitter of polls repeatable."""
        for workers in self.playground.jobs._accounts._workers.values():
            workers.watcher._random = Random(self.scenario.seed + 3)

    async def _restart(self) -> None:
        """Kill the app as SIGKILL would: nothing is written any more. Start it on the same folder a moment later."""
        self._is_up.clear()
        store = self.playground.store
        assert isinstance(store, KillableStore)
        store.is_dead = True
        callers: list[asyncio.Task[Any]] = [*self._pressing, *self.playground.jobs._starting]
        for task in callers:
            task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await self._stack.aclose()
        self._tokens.clear()
        await asyncio.sleep(self._rng.uniform(1, 40))
        await self._open()

    def _do(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._pressing.add(task)
        task.add_done_callback(self._pressing.discard)

    def _begin_press(self) -> None:
        self.presses += 1
        images = min(self._rng.choice((1, 1, 1, 2, 4)), self.scenario.images - len(self.wished))
        is_grid = self._rng.random() < 0.2
        requests = tuple(
            GenerationRequest(
                f"press {self.presses} of {self.scenario.seed}",
                width=256,
                height=256,
                num_inference_steps=10 * (number + 1) if is_grid else 28,
                seed=number,
            )
            for number in range(images)
        )
        self.wished |= {(request.prompt, request.seed) for request in requests}
        self._do(self._press(self._rng.randrange(VISITORS), requests))

    async def _press(self, number: int, requests: tuple[GenerationRequest, ...]) -> None:
        person = person_of(number)
        submission = Submission(person.visitor_id, f"click {requests[0].prompt}", requests, person=person)
        jobs: tuple[Job, ...] = ()
        try:
            for _ in range(self._rng.choice((1, 1, 1, 2))):  # a press whose receipt was lost arrives again
                jobs = await self._start(number, submission)
        except (BudgetDenied, KeyForgotten, StorageError):
            self.refused += len(requests)
            return
        await asyncio.sleep(self._rng.uniform(0, 12))
        for job in jobs:
            await self._change_mind(job)

    async def _start(self, number: int, submission: Submission) -> tuple[Job, ...]:
        person = person_of(number)
        if number not in _OWN_PAYERS:
            return await self.playground.start(person, submission, "")
        if not self.playground.visitor_keys.find(self._tokens.get(number, "")):
            await self._enter_key(number)
        return await self.playground.start(person, submission, self._tokens.get(number, "none"))

    async def _enter_key(self, number: int) -> None:
        for _ in range(20):
            try:
                grant = await self.playground.use_key(
                    person_of(number), OWN_KEYS[number - _OWN_PAYERS.start], f"9.9.9.{number}"
                )
            except PlaygroundError:
                await asyncio.sleep(20)
            else:
                self._tokens[number] = grant.token
                return self._seed_watchers()

    async def _change_mind(self, job: Job) -> None:
        chance = self._rng.random()
        if chance < 0.03:
            await self.playground.jobs.cancel_unsent(job.visitor, job.id)
        elif chance < 0.06:
            await self.playground.jobs.stop(job.visitor, job.id)

    async def _troubles(self) -> None:
        """Let the bill, the whole service, the database and the app fail at set times."""
        length = self.scenario.images / 1.8 * MEAN_PAUSE
        plan: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (0.15, lambda: self._bill_fails("page", length / 10)),
            (0.30, self._restart),
            (0.40, lambda: self._outage(502, length / 40)),
            (0.45, lambda: self._bill_fails("weary", length / 10)),
            (0.55, self._lock_database),
            (0.60, lambda: self._outage(404, length / 40)),
            (0.65, lambda: self._bill_fails("page", length / 10)),
            (0.75, lambda: self._outage(401, length / 40)),
            (0.85, self._restart),
        ]
        begun = asyncio.get_running_loop().time()
        for share, trouble in plan:
            await asyncio.sleep(max(0.0, begun + share * length - asyncio.get_running_loop().time()))
            await trouble()

    async def _bill_fails(self, trouble: str, seconds: float) -> None:
        self.api.bill.trouble, self.api.bill.delay = trouble, 5.0
        await asyncio.sleep(seconds)
        self.api.bill.trouble, self.api.bill.delay = "", 0.0

    async def _outage(self, status: int, seconds: float) -> None:
        self.wire.outage = OUTAGES[status]
        await asyncio.sleep(seconds)
        self.wire.outage = None

    async def _lock_database(self) -> None:
        """Hold the database from the next acceptance of a task on, as a backup program does, in real seconds."""
        if not self.scenario.has_locks:
            return
        make = self.api._make

        def make_and_lock(model: str, body: dict[str, Any]) -> Task:
            self.api._make = make
            other = sqlite3.connect(self._folder / "playground.sqlite3", check_same_thread=False)
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(LOCKED_SECONDS, other.close).start()
            return make(model, body)

        self.api._make = make_and_lock

    async def _watch(self) -> None:
        """Note the jobs that stay without knowing whether they were charged, while the service answers."""
        while True:
            await asyncio.sleep(20)
            now, is_away = LoopClock().now(), self.wire.outage or self.api.bill.trouble or not self._is_up.is_set()
            not_sure = {} if is_away else {job.id: job for job in self.jobs(_DOUBTFUL) if is_not_sure(job)}
            since = self._not_sure_since
            self._not_sure_since = {job_id: since.get(job_id, now) for job_id in not_sure}
            self.late |= {
                job_id: job
                for job_id, job in not_sure.items()
                if now - self._not_sure_since[job_id] > NOT_SURE_SECONDS
            }

    async def _look_again(self) -> None:
        """Enter keys that the app has forgotten, and press "Look again" at some of the jobs that offer it."""
        while True:
            await asyncio.sleep(60)
            if not self._is_up.is_set():
                continue
            for number in _OWN_PAYERS:
                if not self.playground.visitor_keys.find(self._tokens.get(number, "")):
                    await self._enter_key(number)
            for job in self.jobs(_DOUBTFUL):
                is_open = job.is_paused or job.is_paid_without_image or is_not_sure(job)
                if is_open and self._rng.random() < 0.2:
                    self._do(self.playground.jobs.resume.recheck(job.visitor, job.id))


def person_of(number: int) -> Person:
    """Return a visitor."""
    return Person(f"{number:x}" * 32)


def is_not_sure(job: Job) -> bool:
    """Return whether a job's tile says that it may have been charged, after its end or while its task is searched."""
    is_over = job.ended is not None or job.state is JobState.UNKNOWN
    return is_over and job.shown_problem is not None and job.shown_problem.charge is Charge.MAYBE
