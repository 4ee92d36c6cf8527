"""The v3 service over TLS that fails as a test tells it to: a fault for each endpoint, on real sockets."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import trustme

from tests.faults.quick_time import QuickTime
from tests.hosted_api import KEY, HostedApi, Task, _end_all, _failure, _iso, _read_request, _response

SERVICE_NAME = "api.quick.test"
MODEL = "stability-ai/sdxl-lora"
OWN_KEY = "wsk-a-visitors-own-key-that-is-marked"
Answer = tuple[int, dict[str, str], bytes]


class Endpoint(Enum):
    """What a fault can be put on."""

    SUBMIT = "submit"
    QUERY = "query"
    LIST = "list"
    MODELS = "models"
    BALANCE = "balance"
    PRICE = "price"
    FILES = "files"
    UPLOAD = "upload"
    OTHER = "other"


_PLACES = {
    ("POST", f"/api/v3/{MODEL}"): Endpoint.SUBMIT,
    ("POST", "/api/v3/predictions"): Endpoint.LIST,
    ("GET", "/api/v3/models"): Endpoint.MODELS,
    ("GET", "/api/v3/balance"): Endpoint.BALANCE,
    ("POST", "/api/v3/model/price"): Endpoint.PRICE,
    ("POST", "/api/v3/media/upload/binary"): Endpoint.UPLOAD,
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that arrived, and the means to answer it."""

    endpoint: Endpoint
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    writer: asyncio.StreamWriter
    handle: Callable[[], Answer]
    """Does what was asked, and returns what would be answered."""

    async def send(self, data: bytes) -> None:
        """Write bytes to the socket and see them off."""
        self.writer.write(data)
        await self.writer.drain()


Fault = Callable[[Exchange], Awaitable[None]]


async def as_usual(exchange: Exchange) -> None:
    """Answer as a service that is well."""
    await exchange.send(_response(*exchange.handle()))


class Service(HostedApi):
    """Tests turn its knobs and read what arrived; `well` turns all knobs back."""

    def __init__(self, quick: QuickTime) -> None:
        super().__init__()
        self.models = [_described(MODEL)]
        self.time = quick
        self.arrived: list[Exchange] = []
        """Every request that arrived whole, whatever became of it."""
        self.hellos = 0
        """How often somebody began to open a connection."""
        self.next: defaultdict[Endpoint, list[Fault]] = defaultdict(list)
        """Faults for the coming exchanges, one each; they go before the standing ones."""
        self.standing: dict[Endpoint, Fault] = {}
        self._files: dict[str, Fault] = {}
        self._authority = trustme.CA()
        self._own, self._strangers = (self._certificate(by) for by in (self._authority, trustme.CA()))
        self._shown: ssl.SSLContext | None = self._own
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.turn_knobs_back()

    def turn_knobs_back(self) -> None:
        """Be without fault, and quick."""
        self.next.clear()
        self.standing.clear()
        self._files.clear()
        self.held, self.queued, self.base64 = False, 0.0, False
        self.length = _short
        self.outputs: Callable[[Task], list[Any]] | None = None
        """What every task ends with; None: its own picture."""
        self.at_once: int | None = None
        """How many tasks it works on at once; one more is answered 429. None: as many as come."""
        self.keys = {KEY, OWN_KEY}
        self.balance, self.price = 100.0, 0.01

    def well(self) -> None:
        """Turn all knobs back, be there, and end what is under way."""
        self.turn_knobs_back()
        self.listen()
        self.finish_all()

    def forget(self) -> None:
        """Forget who came; the account keeps its tasks."""
        self.arrived.clear()
        self.hellos = 0

    @property
    def base_url(self) -> str:
        """Return what goes into WAVESPEED_BASE_URL."""
        return f"https://{SERVICE_NAME}:{self.port}"

    def write_authority(self, path: Path) -> None:
        """Write the certificate of whoever vouches for this service: for SSL_CERT_FILE."""
        self._authority.cert_pem.write_to_path(str(path))

    def posts_of(self, prompt: str) -> list[Exchange]:
        """Return the submits of a prompt that arrived, whatever became of them."""
        submits = [one for one in list(self.arrived) if one.endpoint is Endpoint.SUBMIT]
        return [one for one in submits if json.loads(one.body)["prompt"] == prompt]

    def tasks_of(self, prompt: str) -> list[Task]:
        """Return the tasks made of a prompt."""
        return [task for task in list(self.tasks.values()) if task.body["prompt"] == prompt]

    def looks_at(self, prompt: str) -> list[Exchange]:
        """Return the queries of a prompt's tasks that arrived."""
        ids = [task.id for task in self.tasks_of(prompt)]
        looks = [one for one in list(self.arrived) if one.endpoint is Endpoint.QUERY]
        return [one for one in looks if one.path.split("/")[4] in ids]

    def count(self, endpoint: Endpoint) -> int:
        """Return how many requests for an endpoint arrived."""
        return sum(one.endpoint is endpoint for one in list(self.arrived))

    def file(self, name: str, fault: Fault) -> str:
        """Answer for a file by a fault, and return its address."""
        self._files[f"/files/{name}"] = fault
        return f"{self.base_url}/files/{name}"

    def ends_with(self, *outputs: Any) -> None:
        """Let every task end with these outputs."""
        self.outputs = lambda task: list(outputs)

    def refuse(self) -> None:
        """Close the port and every connection."""
        self._shown = None
        self._do(self._hang_up())

    def listen(self) -> None:
        """Open the port."""
        self._show(self._own)

    def pose_as_somebody_else(self) -> None:
        """Open the port with a certificate that nobody vouches for."""
        self._show(self._strangers)

    def _show(self, certificate: ssl.SSLContext) -> None:
        if self._shown is not certificate:
            self.refuse()
            self._shown = certificate
            self._do(self._listen())

    def _certificate(self, authority: trustme.CA) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(SERVICE_NAME).configure_cert(context)
        context.sni_callback = self._count_hello
        return context

    def _count_hello(self, *_: Any) -> None:
        self.hellos += 1

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._hang_up())
        for _ in range(3):  # a connection accepted in the last moment has its task a turn later, its end another
            self._loop.run_until_complete(_end_all())
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, ssl=self._shown)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        if self._server:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A coroutine given to start_server is watched by asyncio, which raises when it is cancelled.
        self._loop.create_task(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await _read_request(reader)) is not None:
                exchange = self._exchange(*request, writer)
                self.arrived.append(exchange)
                await self._fault(exchange)(exchange)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # whoever asked has hung up
        finally:
            self._writers.discard(writer)
            writer.close()

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> Exchange:
        def handle() -> Answer:
            answer = self._answer(method, path, headers, body)
            assert answer
            return answer

        return Exchange(_endpoint(method, path), method, path, headers, body, writer, handle)

    def _fault(self, exchange: Exchange) -> Fault:
        if waiting := self.next[exchange.endpoint]:
            return waiting.pop(0)
        return self._files.get(exchange.path) or self.standing.get(exchange.endpoint, as_usual)

    def _submit(self, model: str, body: dict[str, Any]) -> Answer | None:
        running = sum(task.status(self.held) in ("created", "processing") for task in self.tasks.values())
        if self.at_once is not None and running >= self.at_once:
            return _failure(429, "too many tasks at once")
        return super()._submit(model, body)

    def _prediction(self, task: Task) -> dict[str, Any]:
        born = time.time() - (time.monotonic() - task.born)
        ours = {
            "urls": {"get": f"{self.base_url}/api/v3/predictions/{task.id}/result"},
            "created_at": _iso(self.time.at(born)),
        }
        return super()._prediction(task) | ours

    def _outputs(self, task: Task) -> list[Any]:
        if self.outputs:
            return self.outputs(task)
        plain = f"http://127.0.0.1:{self.port}"
        return [output.replace(plain, self.base_url) for output in super()._outputs(task)]


def _endpoint(method: str, path: str) -> Endpoint:
    if path.startswith("/files/"):
        return Endpoint.FILES
    if method == "GET" and path.startswith("/api/v3/predictions/"):
        return Endpoint.QUERY
    return _PLACES.get((method, path), Endpoint.OTHER)


def _short(body: dict[str, Any]) -> float:
    return 0.05


def _described(model: str) -> dict[str, Any]:
    """Return a model's entry of the list, with the ranges of its vendor's page."""
    properties = {
        "prompt": {"type": "string", "description": "what to paint"},
        "negative_prompt": {"type": "string"},
        "size": {"type": "string", "default": "1024*1024", "minimum": 256, "maximum": 1536},
        "guidance_scale": {"type": "number", "default": 3.5, "minimum": 1.0, "maximum": 20.0},
        "num_inference_steps": {"type": "integer", "default": 28, "minimum": 1, "maximum": 50},
        "loras": {"type": "array", "maxItems": 4},
        "seed": {"type": "integer", "default": -1, "minimum": -1, "maximum": 2147483647},
        "enable_base64_output": {"type": "boolean", "default": False},
    }
    request = {"properties": properties, "required": ["prompt"], "x-order-properties": list(properties)}
    run = {"type": "model_run", "method": "POST", "api_path": f"/api/v3/{model}", "request_schema": request}
    return {
        "model_id": model,
        "name": model,
        "base_price": 0.01,
        "description": "SDXL with LoRAs",
        "type": "text-to-image",
        "api_schema": {"api_schemas": [run]},
    }
