"""Time that passes at once, and the v3 API inside one process: for tests of what happens in which order."""

from __future__ import annotations

import asyncio
import heapq
import io
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from components.client import Client, Endpoint
from components.clock import Clock
from components.errors import Sentence
from components.generation import GenerationRequest
from components.job import Job
from components.jobs import Caps, Jobs, Line, Wish
from components.ledger import Ledger
from components.store import Store

KEY = "wsk-canary-0123456789"
BASE = "https://api.test"
MODEL = "stability-ai/sdxl-lora"
ALICE, BOB = "a" * 32, "b" * 32

Prediction = dict[str, Any]
Reply = Callable[[httpx.Request], httpx.Response]


class FakeClock(Clock):
    """Whoever sleeps the shortest wakes first, and the time is then what it would be. Nobody waits."""

    def __init__(self) -> None:
        self._begun, self._passed = time.time(), 0.0
        self._sleepers: list[tuple[float, int]] = []
        self._numbers = itertools.count()
        self.slept: list[float] = []

    def now(self) -> float:
        return self._begun + self._passed

    def monotonic(self) -> float:
        return self._passed

    def advance(self, seconds: float) -> None:
        self._passed += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        sleeper = (self._passed + seconds, next(self._numbers))
        heapq.heappush(self._sleepers, sleeper)
        try:
            await asyncio.sleep(0)
            while self._sleepers[0] != sleeper:  # noqa: ASYNC110 - a turn for whoever wakes before
                await asyncio.sleep(0)
            self._passed = max(self._passed, sleeper[0])
        finally:
            self._sleepers.remove(sleeper)
            heapq.heapify(self._sleepers)


async def until(holds: Callable[[], object]) -> None:
    """Let the others work until something holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - any state of anything can be waited for
            await asyncio.sleep(0)


@cache
def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (16, 8)) -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(target, kind)
    return target.getvalue()


def refuses(status: int, message: str = "", **headers: str) -> Reply:
    """Answer with an error's envelope."""
    body = {"code": status, "message": message, "data": None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, json=body, headers=named)


def raises(error: type[httpx.TransportError]) -> Reply:
    """Break the connection the way httpx would tell it."""

    def reply(request: httpx.Request) -> httpx.Response:
        raise error("scripted", request=request)

    return reply


class ScriptedApi:
    """Answers at once, by the clock it is given; tests script what is not the usual."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.tasks: dict[str, Prediction] = {}
        self.posts: list[httpx.Request] = []
        self.looks: Counter[str] = Counter()
        self.next_submits: list[Reply] = []
        """For the coming submits, in place of acceptance."""
        self.next_looks: list[Reply] = []
        """For the coming looks, in place of the course."""
        self.next_lists: list[Reply] = []
        self.course: list[Prediction] = [{"status": "created"}, {"status": "processing"}, {"status": "completed"}]
        """What the looks at each task find, one after the other; the last stands."""
        self.files: dict[str, Reply] = {}
        """By address; any other is a small PNG."""
        self.list_fails = False
        self.gate: asyncio.Event | None = None
        """While set up and not set, submits are not answered."""
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def client(self) -> Client:
        return Client(self.http, Endpoint(BASE, KEY))

    def make(self, **given: Any) -> Prediction:
        """Make a task, as a submit does."""
        number = len(self.tasks) + 1
        task: Prediction = {
            "id": f"task{number}",
            "model": MODEL,
            "status": "created",
            "outputs": [],
            "urls": {"get": f"{BASE}/api/v3/predictions/task{number}/result"},
            "created_at": datetime.fromtimestamp(self._clock.now(), UTC).isoformat(timespec="milliseconds"),
            **given,
        }
        self.tasks[task["id"]] = task
        return task

    def loses(self, *, made: bool) -> Reply:
        """Break the connection after the request was read, the task made or not."""

        def reply(request: httpx.Request) -> httpx.Response:
            if made:
                self.make()
            raise httpx.ReadError("reset", request=request)

        return reply

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != httpx.URL(BASE).host:
            assert "authorization" not in request.headers
            return self.files.get(str(request.url), _file)(request)
        assert request.headers["authorization"] == f"Bearer {KEY}"
        path = request.url.path.removeprefix("/api/v3/")
        if request.method == "GET":
            return self._look(request, path.split("/")[1])
        if path == "predictions":
            return self._list(request)
        return await self._submit(request)

    async def _submit(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        if self.gate:
            await self.gate.wait()
        if self.next_submits:
            return self.next_submits.pop(0)(request)
        return success(self.make())

    def _look(self, request: httpx.Request, task_id: str) -> httpx.Response:
        self.looks[task_id] += 1
        if self.next_looks:
            return self.next_looks.pop(0)(request)
        if task_id not in self.tasks:
            return refuses(404, "not found")(request)
        seen = self.course[min(self.looks[task_id], len(self.course)) - 1]
        task = self.tasks[task_id] = {**self.tasks[task_id], **seen}
        if task["status"] == "completed" and "outputs" not in seen:
            task["outputs"] = [f"https://files.test/{task_id}.png"]
        return success(task)

    def _list(self, request: httpx.Request) -> httpx.Response:
        if self.list_fails:
            return refuses(503)(request)
        if self.next_lists:
            return self.next_lists.pop(0)(request)
        ask = json.loads(request.content)
        newest = list(reversed(self.tasks.values()))[(ask["page"] - 1) * ask["page_size"] :][: ask["page_size"]]
        return success({"page": ask["page"], "items": newest})


def success(data: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps({"code": 200, "message": "success", "data": data}).encode())


def _file(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=picture_bytes(), headers={"content-type": "image/png"})


@dataclass
class Rig:
    """The core as the app has it, on one folder, without its page."""

    jobs: Jobs
    store: Store
    ledger: Ledger

    async def click(self, click: str = "c1", pictures: int = 1, visitor: str = ALICE) -> tuple[Job, ...]:
        requests = tuple(GenerationRequest("a cat", seed=seed) for seed in range(1, pictures + 1))
        return await self.jobs.start(Wish(visitor, click, requests))

    async def picture(self, click: str = "c1") -> Job:
        """Click once and wait for the end."""
        (job,) = await self.click(click)
        return await self.ended(job.id)

    async def ended(self, job_id: str) -> Job:
        job = await self.jobs.finished(job_id)
        assert job
        return job

    def on_disk(self, job_id: str) -> Job:
        job = self.store.job(job_id)
        assert job
        return job


def said(job: Job) -> Sentence:
    """What a job says of its trouble; it has one."""
    assert job.trouble
    return job.trouble


@asynccontextmanager
async def running(
    folder: Path,
    client: Client,
    clock: Clock,
    *,
    caps: Caps | None = None,
    ledger_type: Callable[[Store], Ledger] = Ledger,
    backend: str = "hosted",
) -> AsyncGenerator[Rig]:
    """Open the core on a folder and close it as the app does."""
    store = Store(folder)
    ledger = ledger_type(store)
    jobs = Jobs({backend: client}, Line(backend, MODEL), store, ledger, caps or Caps(8, 200), clock)
    try:
        yield Rig(jobs, store, ledger)
    finally:
        await jobs.close()
        ledger.close()
        store.close()
