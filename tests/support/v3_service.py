"""Fake hosted v3 API on plain sockets, written from the API's documentation.

It shares no code with `components`, so that an error in the app is not repeated here.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.support.paths import GOLDEN
from tests.support.v3_task import Seconds, Task, png

KEY = "wsk-test-key-that-is-marked"


def recorded_models(name: str) -> list[dict[str, Any]]:
    """Return the entries of a recorded list of models."""
    return json.loads((GOLDEN / f"{name}.json").read_text())["body"]["data"]


class HostedApi:
    """Fake service on a loopback port; it records requests, and tests set its behaviour by attributes."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.tasks: dict[str, Task] = {}
        self.uploads: dict[str, bytes] = {}
        """Uploaded files by name, oldest first."""
        self.posts: list[dict[str, Any]] = []
        """Bodies of the submits."""
        self.submit_times: list[float] = []
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and headers of every request."""
        self.length: Callable[[dict[str, Any]], Seconds] = lambda body: 0.05
        """Duration of a task, by the body of its submit; `queued` is the part spent in the queue."""
        self.queued: Seconds = 0.0
        self.is_stalled = False
        """While True no task finishes by itself."""
        self.extras: dict[str, Any] = {}
        """Fields that the own server adds to an unfinished task."""
        self.next_submits: list[Callable[[], tuple[int, dict[str, str], bytes] | None]] = []
        """Responses to the next submits; None resets the connection after the task was created."""
        self.base64 = False
        self.keys = {KEY}
        """Valid keys."""
        self.balance: float | None = 100.0
        """Dollars on every account; None: no such endpoint (404)."""
        self.price: float | None = 0.01
        """Dollars for any image; None: no such endpoint (404)."""
        self.models: Any = recorded_models("models_family")
        """List of models; None: no such endpoint (404)."""
        self.can_delete = True
        """False: no such endpoint (404)."""
        self._numbers = itertools.count()
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0

    def start(self, port: int = 0) -> HostedApi:
        """Listen on a port, 0 for a free one."""
        self.port = port
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        """Stop serving and close every socket."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def base_url(self) -> str:
        """Return the value of WAVESPEED_BASE_URL."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def finish_all(self) -> None:
        """Finish every task now."""
        for task in self.tasks.values():
            task.finished_by_hand = True

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for _ in range(3):  # a connection accepted last gets its task one loop iteration later, its end another
            self._loop.run_until_complete(_end_all())
            for writer in self._writers:
                writer.transport.abort()  # `close` would wait for a client that reads no more
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await _read_request(reader)) is not None:
                answer = self._answer(*request)
                if answer is None:
                    _reset(writer)
                    return
                writer.write(_response(*answer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        self.requests.append((method, path, headers))
        if path.startswith("/files/"):
            _, _, size, seed = path.split("/")
            width, height = map(int, size.split("x"))
            return 200, {"content-type": "image/png"}, png(width, height, int(seed))
        if not path.startswith(f"{self.prefix}/api/v3/"):
            return _failure(404, "no such page")
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.keys:
            return _failure(401, "invalid api key")
        return self._route(method, path.removeprefix(f"{self.prefix}/api/v3/"), body)

    def _route(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        if method == "POST" and path == "media/upload/binary":
            return self._upload(body)
        if method == "GET" and path.startswith("predictions/"):
            return self._query(path.split("/")[1])
        if method == "POST" and path == "predictions":
            query = json.loads(body)
            page, size = query["page"], query["page_size"]
            newest = list(reversed(self.tasks.values()))[(page - 1) * size :][:size]
            return _success({"page": page, "items": [self._prediction(task) for task in newest]})
        if method == "POST" and path == "predictions/delete" and self.can_delete:
            found = [self.tasks.pop(task_id, None) for task_id in json.loads(body)["ids"]]
            return _success({"deleted_count": sum(task is not None for task in found)})
        if method == "POST" and path in ("stability-ai/sdxl-lora", "stability-ai/sdxl"):
            return self._submit(path, json.loads(body))
        if method == "GET" and path == "models" and self.models is not None:
            return _success(self.models)
        if method == "GET" and path == "balance" and self.balance is not None:
            return _success({"balance": self.balance})
        if method == "POST" and path == "model/price" and self.price is not None:
            return _success(self._quote(json.loads(body)["model_id"]))
        return _failure(404, "model not found")

    def _upload(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Store the single file of a multipart form."""
        head, _, rest = body.partition(b"\r\n\r\n")
        content = rest[: rest.rindex(b"\r\n--")]
        assert b'name="file"' in head
        name = f"{len(self.uploads) + 1}.png"
        self.uploads[name] = content
        link = f"{self.base_url}/uploads/{name}"
        return _success({"type": "image", "download_url": link, "filename": name, "size": len(content)})

    def uploaded(self, link: str) -> bytes:
        """Return the uploaded file of a link."""
        return self.uploads[link.rpartition("/")[2]]

    def _quote(self, model: str) -> dict[str, Any]:
        return {
            "model_id": model,
            "price": self.price,
            "discounted_price": self.price,
            "discount_rate": 100,
            "currency": "USD",
        }

    def _submit(self, model: str, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes] | None:
        self.posts.append(body)
        self.submit_times.append(time.monotonic())
        if self.next_submits:
            answer = self.next_submits.pop(0)()
            if answer is not None:
                return answer
            self._make(model, body)
            return None
        return _success(self._prediction(self._make(model, body)))

    def _make(self, model: str, body: dict[str, Any]) -> Task:
        task = Task(uuid.uuid4().hex, model, body, time.monotonic(), self.queued, self.length(body))
        self.tasks[task.id] = task
        return task

    def _query(self, task_id: str) -> tuple[int, dict[str, str], bytes]:
        task = self.tasks.get(task_id)
        if task is None:
            return _failure(404, "prediction not found")
        task.queries += 1
        return _success(self._prediction(task))

    def _prediction(self, task: Task) -> dict[str, Any]:
        status = task.status(self.is_stalled)
        done = status == "completed"
        return {
            "id": task.id,
            "model": task.model,
            "outputs": (self._outputs(task) if task.outputs is None else task.outputs) if done else [],
            "urls": {"get": f"http://127.0.0.1:{self.port}{self.prefix}/api/v3/predictions/{task.id}/result"},
            "has_nsfw_contents": task.nsfw if done else [],
            "status": status,
            "created_at": _iso(time.time() - (time.monotonic() - task.born)),
            "error": task.error,
            "timings": {"inference": int(1000 * (task.length - task.queued)) if done else 0},
            **({} if done else self.extras),
        }

    def _outputs(self, task: Task) -> list[str]:
        size, seed = task.body["size"].replace("*", "x"), abs(task.body["seed"])
        if self.base64:
            import base64  # noqa: PLC0415

            width, height = map(int, size.split("x"))
            return ["data:image/png;base64," + base64.b64encode(png(width, height, seed)).decode()]
        return [f"http://127.0.0.1:{self.port}/files/{size}/{seed}"]


def free_port() -> int:
    """Return a free TCP port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, asyncio.sleep(0), return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes] | None:
    line = (await reader.readline()).decode()
    if not line:
        return None
    method, path, _ = line.split(" ", 2)
    headers: dict[str, str] = {}
    while (header := (await reader.readline()).decode().strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return method, path, headers, body


def _response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _success(data: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, _JSON, json.dumps({"code": 200, "message": "success", "data": data}).encode()


def _failure(status: int, message: str) -> tuple[int, dict[str, str], bytes]:
    return status, _JSON, json.dumps({"code": status, "message": message, "data": None}).encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: with a linger time of 0 the kernel drops unsent data."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_JSON = {"content-type": "application/json"}
