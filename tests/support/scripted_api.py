"""Scripted v3 API as an httpx mock transport, for tests of the order of events."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

import httpx
from PIL import Image

from components.api.client import Client
from components.api.endpoint import Endpoint
from components.clock import Clock
from components.domain.model_family import STANDARD_NAMES, Catalogue, Model, ModelFamily
from components.domain.schema import OWN_SERVER_SCHEMA
from components.net.http_pool import HttpPool
from tests.support.scripted_bill import ScriptedBill

KEY = "wsk-canary-0123456789"
OWN_KEY = "wsk-canary-of-a-visitor"
BASE = "https://api.test"
MODEL = "stability-ai/sdxl-lora"
ALICE, BOB = "a" * 32, "b" * 32

NO_SUBMITS = ("predictions", "predictions/delete", "model/price", "billings/search")
"""Paths of POSTs that create no task."""
Prediction = dict[str, Any]
Reply = Callable[[httpx.Request], httpx.Response]


@cache
def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (16, 8)) -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(target, kind)
    return target.getvalue()


def refuses(status: int, message: str = "", **headers: str) -> Reply:
    """Return a reply with the envelope of an error."""
    body = {"code": status, "message": message, "data": None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, json=body, headers=named)


def page(status: int) -> Reply:
    """Return a reply with a gateway's page in place of the API's answer."""
    return lambda request: httpx.Response(status, html="<html><body><h1>Are you a robot?</h1></body></html>")


def raises(error: type[httpx.TransportError]) -> Reply:
    """Return a reply that raises a transport error of httpx."""

    def reply(request: httpx.Request) -> httpx.Response:
        raise error("scripted", request=request)

    return reply


def everything() -> Catalogue:
    """Return a catalogue of one model that supports every field."""
    return Catalogue(ModelFamily((Model(MODEL, OWN_SERVER_SCHEMA, STANDARD_NAMES),)))


class ScriptedApi:
    """v3 API that responds without delay; tests set the replies that differ from the usual ones."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.clock_offset = 0.0
        """Seconds by which this service's clock is ahead, in `created_at` and the `Date` header."""
        self.keys = {KEY}
        """Valid keys; each has its own account."""
        self.tasks: dict[str, Prediction] = {}
        self.owners: dict[str, str] = {}
        """Key of each task's account; KEY for a task that is missing here."""
        self.posts: list[httpx.Request] = []
        """Submits that arrived."""
        self.post_times: list[float] = []
        self.polls: Counter[str] = Counter()
        self.requested: Counter[str] = Counter()
        """Number of requests by path, other than submits, polls, uploads and files."""
        self.next_submits: list[Reply] = []
        """Replies to the next submits, in place of acceptance."""
        self.next_polls: list[Reply] = []
        """Replies to the next polls, in place of the course."""
        self.next_lists: list[Reply] = []
        self.uploads: list[httpx.Request] = []
        """Uploads that arrived."""
        self.next_uploads: list[Reply] = []
        self.next_prices: list[Reply] = []
        self.next_balances: list[Reply] = []
        self.next_deletes: list[Reply] = []
        self.keeps_deleted = False
        """True: a deletion is accepted and stops nothing."""
        self.price: Any = {"price": 0.01, "discounted_price": 0.01, "currency": "USD"}
        """Price of an image; None: the API has no prices (404)."""
        self.balance: Any = 100.0
        """Dollars on every account; None: the API has no balance (404)."""
        self.bill: ScriptedBill | None = None
        """None: the API has no bill (404)."""
        self.models: Any = None
        """List of models; None: the API has no list (404)."""
        self.course: list[Prediction] = [{"status": "created"}, {"status": "processing"}, {"status": "completed"}]
        """Fields that the successive polls of each task return; the last ones are repeated."""
        self.files: dict[str, Reply] = {}
        """Replies by URL; any other file is a small PNG."""
        self.list_fails = False
        self.gate: asyncio.Event | None = None
        """While it is an unset event, submits get no response."""
        self.connections = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(self._answer)))
        self.public_web = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(self._public_web)))

    def client(self, key: str = KEY) -> Client:
        return Client(self.connections, self.public_web, Endpoint(BASE, key), catalogue=everything(), clock=self.clock)

    async def aclose(self) -> None:
        await self.connections.aclose()
        await self.public_web.aclose()

    @property
    def payers(self) -> list[str]:
        """Return the key of each submit."""
        return [_key(post) for post in self.posts]

    def make(self, **fields: Any) -> Prediction:
        """Create a task as a submit does, with some fields changed."""
        number = len(self.tasks) + 1
        task: Prediction = {
            "id": f"task{number}",
            "model": MODEL,
            "status": "created",
            "outputs": [],
            "urls": {"get": f"{BASE}/api/v3/predictions/task{number}/result"},
            "created_at": datetime.fromtimestamp(self._now, UTC).isoformat(timespec="milliseconds"),
            **fields,
        }
        self.tasks[task["id"]] = task
        return task

    def loses(self, *, made: bool) -> Reply:
        """Return a reply that breaks the connection after the request was read; `made`: its task was created."""

        def reply(request: httpx.Request) -> httpx.Response:
            if made:
                self.make()
            raise httpx.ReadError("reset", request=request)

        return reply

    @property
    def _now(self) -> float:
        return self.clock.now() + self.clock_offset

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self._response(request)
        response.headers["date"] = format_datetime(datetime.fromtimestamp(self._now, UTC), usegmt=True)
        return response

    async def _response(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == httpx.URL(BASE).host
        if not request.url.path.startswith("/api/v3/"):
            return self._file(request)
        path = request.url.path.removeprefix("/api/v3/")
        if path == "media/upload/binary":
            return await self._upload(request)
        if request.method == "POST" and path not in NO_SUBMITS:
            return await self._submit(request)
        if path.startswith("predictions/") and path != "predictions/delete":
            return self._poll(request, path.split("/")[1])
        self.requested[path] += 1
        if _key(request) not in self.keys:
            return refuses(401)(request)
        return {
            "predictions": self._list,
            "predictions/delete": self._delete,
            "model/price": self._price,
            "billings/search": lambda request: (self.bill or refuses(404, "not found"))(request),
            "balance": self._balance,
            "models": self._models,
        }[path](request)

    def _public_web(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host != httpx.URL(BASE).host
        return self._file(request)

    def _file(self, request: httpx.Request) -> httpx.Response:
        assert "authorization" not in request.headers
        return self.files.get(str(request.url), _picture)(request)

    async def _submit(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        self.post_times.append(self.clock.monotonic())
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

    def _poll(self, request: httpx.Request, task_id: str) -> httpx.Response:
        self.polls[task_id] += 1
        if _key(request) not in self.keys:
            return refuses(401)(request)
        if self.next_polls:
            return self.next_polls.pop(0)(request)
        if task_id not in self.tasks or self._owner(task_id) != _key(request):
            return refuses(404, "not found")(request)
        seen = self.course[min(self.polls[task_id], len(self.course)) - 1]
        task = self.tasks[task_id] = {**self.tasks[task_id], **seen}
        if task["status"] == "completed" and "outputs" not in seen:
            task["outputs"] = [f"https://files.test/{task_id}.png"]
        return success(task)

    def _list(self, request: httpx.Request) -> httpx.Response:
        if self.list_fails:
            return refuses(503)(request)
        if self.next_lists:
            return self.next_lists.pop(0)(request)
        body = json.loads(request.content)
        own = [task for name, task in self.tasks.items() if self._owner(name) == _key(request)]
        newest = own[::-1][(body["page"] - 1) * body["page_size"] :][: body["page_size"]]
        return success({"page": body["page"], "items": newest})

    def _price(self, request: httpx.Request) -> httpx.Response:
        if self.next_prices:
            return self.next_prices.pop(0)(request)
        return refuses(404, "not found")(request) if self.price is None else success(self.price)

    def _delete(self, request: httpx.Request) -> httpx.Response:
        if self.next_deletes:
            return self.next_deletes.pop(0)(request)
        ids = [] if self.keeps_deleted else json.loads(request.content)["ids"]
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
