"""Fake v3 service over TLS with injected faults: by endpoint or file, for one exchange or until cleared."""

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

from tests.faults.fast_clock import FastTime
from tests.support.v3_http import Response, end_all, read_request, response
from tests.support.v3_service import KEY, HostedApi
from tests.support.v3_task import Task

SERVICE_NAME = "api.quick.test"
MODEL = "stability-ai/sdxl-lora"
OWN_KEY = "wsk-a-visitors-own-key-that-is-marked"


class Endpoint(Enum):
    """Endpoint that a fault applies to."""

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
    """Request that arrived, with the socket to respond on."""

    endpoint: Endpoint
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    writer: asyncio.StreamWriter
    handle: Callable[[], Response]
    """Processes the request and returns its regular response."""

    async def send(self, data: bytes) -> None:
        """Write bytes to the socket and wait until they are sent."""
        self.writer.write(data)
        await self.writer.drain()


Fault = Callable[[Exchange], Awaitable[None]]


async def as_usual(exchange: Exchange) -> None:
    """Respond without a fault."""
    await exchange.send(response(*exchange.handle()))


class Service(HostedApi):
    """Fake service whose tests set faults and read the requests; `recover` clears every fault."""

    def __init__(self, fast: FastTime) -> None:
        super().__init__()
        self.models = [_described(MODEL)]
        self.time = fast
        self.arrived: list[Exchange] = []
        """Every request that arrived whole, with or without a response."""
        self.hellos = 0
        """Number of TLS handshakes begun."""
        self.next: defaultdict[Endpoint, list[Fault]] = defaultdict(list)
        """Faults of the next exchanges, one each; they take precedence over the standing ones."""
        self.standing: dict[Endpoint, Fault] = {}
        self._files: dict[str, Fault] = {}
        self._authority = trustme.CA()
        self._own, self._impostors = (self._certificate(by) for by in (self._authority, trustme.CA()))
        self._shown: ssl.SSLContext | None = self._own
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.clear_faults()

    def clear_faults(self) -> None:
        """Remove every fault and reset tasks to a short duration."""
        self.next.clear()
        self.standing.clear()
        self._files.clear()
        self.is_stalled, self.queued, self.base64 = False, 0.0, False
        self.length = _short
        self.outputs: Callable[[Task], list[Any]] | None = None
        """Outputs of a finished task; None: its own image."""
        self.at_once = self.images_per_minute = None
        self.keys = {KEY, OWN_KEY}
        self.balance, self.price = 100.0, 0.01

    def recover(self) -> None:
        """Clear every fault, open the port and finish every task."""
        self.clear_faults()
        self.listen()
        self.finish_all()

    def clear_records(self) -> None:
        """Clear the records of requests; the tasks stay."""
        self.arrived.clear()
        self.hellos = 0

    @property
    def base_url(self) -> str:
        """Return the value of WAVESPEED_BASE_URL."""
        return f"https://{SERVICE_NAME}:{self.port}"

    def write_authority(self, path: Path) -> None:
        """Write the certificate of this service's authority, for SSL_CERT_FILE."""
        self._authority.cert_pem.write_to_path(str(path))

    def posts_of(self, prompt: str) -> list[Exchange]:
        """Return the submits of a prompt that arrived, with or without a response."""
        submits = [one for one in list(self.arrived) if one.endpoint is Endpoint.SUBMIT]
        return [one for one in submits if json.loads(one.body)["prompt"] == prompt]

    def tasks_of(self, prompt: str) -> list[Task]:
        """Return the tasks made of a prompt."""
        return [task for task in list(self.tasks.values()) if task.body["prompt"] == prompt]

    def polls_of(self, prompt: str) -> list[Exchange]:
        """Return the polls of a prompt's tasks that arrived."""
        ids = [task.id for task in self.tasks_of(prompt)]
        polls = [one for one in list(self.arrived) if one.endpoint is Endpoint.QUERY]
        return [one for one in polls if one.path.split("/")[4] in ids]

    def count(self, endpoint: Endpoint) -> int:
        """Return the number of requests to an endpoint."""
        return sum(one.endpoint is endpoint for one in list(self.arrived))

    def file(self, name: str, fault: Fault) -> str:
        """Set the fault of a file and return its URL."""
        self._files[f"/files/{name}"] = fault
        return f"{self.base_url}/files/{name}"

    def ends_with(self, *outputs: Any) -> None:
        """Let every task finish with these outputs."""
        self.outputs = lambda task: list(outputs)

    def refuse(self) -> None:
        """Close the port and every connection."""
        self._shown = None
        self._do(self._hang_up())

    def listen(self) -> None:
        """Open the port."""
        self._show(self._own)

    def listen_as_impostor(self) -> None:
        """Open the port with a certificate of an unknown authority."""
        self._show(self._impostors)

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
        for _ in range(3):  # a connection accepted last gets its task one loop iteration later, its end another
            self._loop.run_until_complete(end_all())
            self._loop.run_until_complete(self._hang_up())
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
        self._writers.add(writer)
        # A coroutine passed to start_server is watched by asyncio, which raises when it is cancelled.
        self._loop.create_task(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_request(reader)) is not None:
                exchange = self._exchange(*request, writer)
                self.arrived.append(exchange)
                await self._fault(exchange)(exchange)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client has closed the connection
        finally:
            writer.close()

    def _exchange(
        self, method: str, path: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> Exchange:
        def handle() -> Response:
            answer = self._answer(method, path, headers, body)
            assert answer
            return answer

        return Exchange(_endpoint(method, path), method, path, headers, body, writer, handle)

    def _fault(self, exchange: Exchange) -> Fault:
        if waiting := self.next[exchange.endpoint]:
            return waiting.pop(0)
        return self._files.get(exchange.path) or self.standing.get(exchange.endpoint, as_usual)

    def unix(self, moment: float) -> float:
        return self.time.at(time.time() - (time.monotonic() - moment)) + self.skew

    def _prediction(self, task: Task) -> dict[str, Any]:
        return super()._prediction(task) | {"urls": {"get": f"{self.base_url}/api/v3/predictions/{task.id}/result"}}

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
    """Return a model's entry in the list of models, with the ranges of its documentation."""
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
