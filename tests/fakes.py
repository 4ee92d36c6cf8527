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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from components.backend import Backend
from components.client import Client
from components.clock import Clock
from components.connections import Connections, Endpoint, api_connections, outside_connections
from components.errors import Sentence
from components.family import Catalogue, Family, Model
from components.fence import Limits
from components.generation import GenerationRequest
from components.job import Job
from components.jobs import Caps, Jobs, Line, Wish
from components.keyring import KeyRing
from components.ledger import Ledger
from components.person import Person
from components.playground import House
from components.schema import OURS
from components.store import Store
from components.till import Till
from components.visitors import Visitors
from components.wire import STANDARD

KEY = "wsk-canary-0123456789"
OWN_KEY = "wsk-canary-of-a-visitor"
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


def everything() -> Catalogue:
    """Return what a model takes that takes all there is."""
    return Catalogue(Family((Model(MODEL, OURS, STANDARD),)))


class ScriptedApi:
    """Answers at once, by the clock it is given; tests script what is not the usual."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.keys = {KEY}
        """Those that are good; each has an account of its own."""
        self.tasks: dict[str, Prediction] = {}
        self.owners: dict[str, str] = {}
        """The key of each task's account; KEY's where none stands here."""
        self.posts: list[httpx.Request] = []
        """The submits alone."""
        self.post_times: list[float] = []
        self.looks: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        """How often the price, the balance, the list were asked for."""
        self.next_submits: list[Reply] = []
        """For the coming submits, in place of acceptance."""
        self.next_looks: list[Reply] = []
        """For the coming looks, in place of the course."""
        self.next_lists: list[Reply] = []
        self.uploads: list[httpx.Request] = []
        """The pictures that were sent up."""
        self.next_uploads: list[Reply] = []
        self.next_prices: list[Reply] = []
        self.next_balances: list[Reply] = []
        self.next_deletes: list[Reply] = []
        self.price: Any = {"price": 0.01, "discounted_price": 0.01, "currency": "USD"}
        """What a picture costs; None: there is no price list (404)."""
        self.balance: Any = 100.0
        """Dollars on every account; None: nobody tells a balance here (404)."""
        self.models: Any = None
        """What it says its models take; None: there is no such list (404)."""
        self.course: list[Prediction] = [{"status": "created"}, {"status": "processing"}, {"status": "completed"}]
        """What the looks at each task find, one after the other; the last stands."""
        self.files: dict[str, Reply] = {}
        """By address; any other is a small PNG."""
        self.list_fails = False
        self.gate: asyncio.Event | None = None
        """While set up and not set, submits are not answered."""
        self.connections = Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(self._answer)))
        self.outside = Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(self._outside)))

    def client(self, key: str = KEY) -> Client:
        return Client(self.connections, self.outside, Endpoint(BASE, key), catalogue=everything())

    async def aclose(self) -> None:
        await self.connections.aclose()
        await self.outside.aclose()

    @property
    def payers(self) -> list[str]:
        """The key that each submit carried."""
        return [_key(post) for post in self.posts]

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
        assert request.url.host == httpx.URL(BASE).host
        if not request.url.path.startswith("/api/v3/"):
            return self._file(request)
        path = request.url.path.removeprefix("/api/v3/")
        if path == "media/upload/binary":
            return await self._upload(request)
        if request.method == "POST" and path not in ("predictions", "predictions/delete", "model/price"):
            return await self._submit(request)
        if path.startswith("predictions/") and path != "predictions/delete":
            return self._look(request, path.split("/")[1])
        self.asked[path] += 1
        if _key(request) not in self.keys:
            return refuses(401)(request)
        return {
            "predictions": self._list,
            "predictions/delete": self._delete,
            "model/price": self._price,
            "balance": self._balance,
            "models": self._models,
        }[path](request)

    def _outside(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host != httpx.URL(BASE).host
        return self._file(request)

    def _file(self, request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return self.files.get(str(request.url), _picture)(request)

    async def _submit(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        self.post_times.append(self._clock.monotonic())
        if self.gate:
            await self.gate.wait()
        if _key(request) not in self.keys:
            return refuses(401)(request)
        if self.next_submits:
            return self.next_submits.pop(0)(request)
        task = self.make()
        self.owners[task["id"]] = _key(request)
        return success(task)

    async def _upload(self, request: httpx.Request) -> httpx.Response:
        self.uploads.append(request)
        await asyncio.sleep(0)
        if _key(request) not in self.keys:
            return refuses(401)(request)
        if self.next_uploads:
            return self.next_uploads.pop(0)(request)
        link = f"https://media.test/{len(self.uploads)}.png"
        return success({"type": "image", "download_url": link, "filename": "x.png", "size": 1})

    def _look(self, request: httpx.Request, task_id: str) -> httpx.Response:
        self.looks[task_id] += 1
        if _key(request) not in self.keys:
            return refuses(401)(request)
        if self.next_looks:
            return self.next_looks.pop(0)(request)
        if task_id not in self.tasks or self._owner(task_id) != _key(request):
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
        theirs = [task for name, task in self.tasks.items() if self._owner(name) == _key(request)]
        newest = theirs[::-1][(ask["page"] - 1) * ask["page_size"] :][: ask["page_size"]]
        return success({"page": ask["page"], "items": newest})

    def _price(self, request: httpx.Request) -> httpx.Response:
        if self.next_prices:
            return self.next_prices.pop(0)(request)
        return refuses(404, "not found")(request) if self.price is None else success(self.price)

    def _delete(self, request: httpx.Request) -> httpx.Response:
        if self.next_deletes:
            return self.next_deletes.pop(0)(request)
        ids = json.loads(request.content)["ids"]
        found = [self.tasks.pop(task_id, None) for task_id in ids]
        return success({"deleted_count": sum(task is not None for task in found)})

    def _balance(self, request: httpx.Request) -> httpx.Response:
        if self.next_balances:
            return self.next_balances.pop(0)(request)
        return refuses(404, "not found")(request) if self.balance is None else success({"balance": self.balance})

    def _models(self, request: httpx.Request) -> httpx.Response:
        return refuses(404, "not found")(request) if self.models is None else success(self.models)

    def _owner(self, task_id: str) -> str:
        return self.owners.get(task_id, KEY)


def success(data: Any) -> httpx.Response:
    return httpx.Response(200, content=json.dumps({"code": 200, "message": "success", "data": data}).encode())


def _picture(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=picture_bytes(), headers={"content-type": "image/png"})


def _key(request: httpx.Request) -> str:
    scheme, _, key = request.headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    return key


@dataclass
class Rig:
    """The core as the app has it, on one folder, without its page."""

    jobs: Jobs
    store: Store
    ledger: Ledger
    keys: KeyRing
    visitors: Visitors
    till: Till | None

    async def click(
        self,
        click: str = "c1",
        pictures: int = 1,
        visitor: str = ALICE,
        *,
        person: Person | None = None,
        token: str = "",
        ask: GenerationRequest | None = None,
    ) -> tuple[Job, ...]:
        """Press once; with the token of an own key that one pays, as the page has it."""
        plain = ask or GenerationRequest("a cat")
        requests = tuple(plain.with_seed(seed) for seed in range(1, pictures + 1))
        wish = Wish(visitor, click, requests, line=self.visitors.line(token), person=person)
        return await self.jobs.start(wish)

    async def picture(self, click: str = "c1", **given: Any) -> Job:
        """Click once and wait for the end."""
        (job,) = await self.click(click, **given)
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


def house(backend: Backend, **given: Any) -> House:
    """What a host decided who left everything as it is by default."""
    plain = House(Caps(8, 200), Limits(), own_endpoint=backend.endpoint.base_url, own_models=backend.family.names)
    return replace(plain, **given)


@asynccontextmanager
async def real_client(base_url: str, key: str) -> AsyncGenerator[Client]:
    """A client on real sockets, as the app has it."""
    endpoint = Endpoint(base_url, key)
    api, outside = api_connections(endpoint), outside_connections()
    try:
        yield Client(api, outside, endpoint)
    finally:
        await api.aclose()
        await outside.aclose()


@asynccontextmanager
async def running(
    folder: Path,
    client: Client,
    clock: Clock,
    *,
    caps: Caps | None = None,
    ledger_type: Callable[[Store], Ledger] = Ledger,
    backend: str = "hosted",
    limits: Limits | None = None,
    till: Till | None = None,
    keys: KeyRing | None = None,
    own: Callable[[str], Client] | None = None,
) -> AsyncGenerator[Rig]:
    """Open the core on a folder and close it as the app does.

    The host's money is fenced where there are `limits`, or a `till` that has them. `own` makes the client of a
    visitor's key.
    """
    store = Store(folder)
    ledger = ledger_type(store)
    till = till or (Till(client, limits, clock) if limits else None)
    keys = keys or KeyRing(clock)
    line = Line(backend, MODEL)
    jobs = Jobs({backend: client}, line, store, ledger, caps or Caps(8, 200), clock, till=till, keys=keys)
    visitors = Visitors(keys, jobs, ledger, store, own or _no_own_key, Line("hosted", MODEL))
    try:
        yield Rig(jobs, store, ledger, keys, visitors, till)
    finally:
        await jobs.close()
        ledger.close()
        store.close()


def _no_own_key(key: str) -> Client:
    raise AssertionError("nobody brings a key in this test")
