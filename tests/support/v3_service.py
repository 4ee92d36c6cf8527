"""Fake hosted v3 API on plain sockets, written from the API's documentation.

It shares no code with `components`, so that an error in the app is not repeated here.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from email.utils import formatdate
from fractions import Fraction
from typing import Any

from tests.support.paths import GOLDEN
from tests.support.v3_bill import Bill
from tests.support.v3_http import Response, end_all, failure, iso, read_request, reset, response, success
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
        self.next_submits: list[Callable[[], Response | None]] = []
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
        self.bill = Bill()
        self.charged: Callable[[dict[str, Any]], Fraction] = lambda body: Fraction(str(self.price or 0))
        """Dollars that a task costs, by the body of its submit."""
        self.stop_delay: Seconds = 0.0
        """Time until a running task that is deleted stops."""
        self.images_per_minute: int | None = None
        """Level of the account: tasks in each minute, after which a submit is rejected with 429; None: no limit."""
        self.at_once: int | None = None
        """Level of the account: most unfinished tasks; None: no limit."""
        self.account_of: Callable[[str], str] = lambda key: ""
        """Account of a key; all keys have the same one."""
        self.monotonic, self.wall, self.skew = time.monotonic, time.time, 0.0
        """Clocks, and the seconds by which this service's time of day is ahead of theirs."""
        self.new_id: Callable[[], str] = lambda: uuid.uuid4().hex
        """Returns the id of the next task."""
        self._caller = ""
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
            self._loop.run_until_complete(end_all())
            for writer in self._writers:
                writer.transport.abort()  # `close` would wait for a client that reads no more
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await read_request(reader)) is not None:
                answer = self._answer(*request)
                if request[1].endswith("/billings/search"):
                    await asyncio.sleep(self.bill.delay)
                if answer is None:
                    reset(writer)
                    return
                writer.write(response(*answer))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def unix(self, moment: float) -> float:
        """Return the Unix seconds of a monotonic time by this service's clock."""
        return self.wall() - (self.monotonic() - moment) + self.skew

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Response | None:
        answer = self._undated_answer(method, path, headers, body)
        if answer is None:
            return None
        status, named, content = answer
        return status, {"date": formatdate(self.unix(self.monotonic()), usegmt=True), **named}, content

    def _undated_answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Response | None:
        self.requests.append((method, path, headers))
        if path.startswith("/files/"):
            _, _, size, seed = path.split("/")
            width, height = map(int, size.split("x"))
            return 200, {"content-type": "image/png"}, png(width, height, int(seed))
        if not path.startswith(f"{self.prefix}/api/v3/"):
            return failure(404, "no such page")
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if key not in self.keys:
            return failure(401, "invalid api key")
        self._caller = self.account_of(key)
        return self._route(method, path.removeprefix(f"{self.prefix}/api/v3/"), body)

    def _route(self, method: str, path: str, body: bytes) -> Response | None:
        if method == "POST" and path == "media/upload/binary":
            return self._upload(body)
        if path.split("/")[0] == "predictions":
            return self._predictions(method, path.removeprefix("predictions").strip("/"), body)
        if method == "POST" and path == "billings/search":
            return self.bill.search(json.loads(body), self._caller, self.unix, is_stalled=self.is_stalled)
        if method == "POST" and path in ("stability-ai/sdxl-lora", "stability-ai/sdxl"):
            return self._submit(path, json.loads(body))
        if method == "GET" and path == "models" and self.models is not None:
            return success(self.models)
        if method == "GET" and path == "balance" and self.balance is not None:
            return success({"balance": self.balance})
        if method == "POST" and path == "model/price" and self.price is not None:
            return success(self._quote(**json.loads(body)))
        return failure(404, "model not found")

    def _predictions(self, method: str, path: str, body: bytes) -> Response:
        if method == "POST" and not path:
            query = json.loads(body)
            page, size = query["page"], query["page_size"]
            own = [task for task in self.tasks.values() if task.account == self._caller]
            newest = own[::-1][(page - 1) * size :][:size]
            return success({"page": page, "items": [self._prediction(task) for task in newest]})
        if method == "POST" and path == "delete" and self.can_delete:
            found = [task for task_id in json.loads(body)["ids"] if (task := self._own_task(task_id))]
            return success({"deleted_count": len([self._delete(task) for task in found])})
        task = self._own_task(path.split("/")[0]) if method in ("GET", "DELETE") else None
        if task is None:
            return failure(404, "prediction not found")
        return self._query(task) if method == "GET" else self._delete(task)

    def _upload(self, body: bytes) -> Response:
        """Store the single file of a multipart form."""
        head, _, rest = body.partition(b"\r\n\r\n")
        content = rest[: rest.rindex(b"\r\n--")]
        assert b'name="file"' in head
        name = f"{len(self.uploads) + 1}.png"
        self.uploads[name] = content
        link = f"{self.base_url}/uploads/{name}"
        return success({"type": "image", "download_url": link, "filename": name, "size": len(content)})

    def uploaded(self, link: str) -> bytes:
        """Return the uploaded file of a link."""
        return self.uploads[link.rpartition("/")[2]]

    def _quote(self, model_id: str, inputs: dict[str, Any]) -> dict[str, Any]:
        price = float(self.charged(inputs))
        return {
            "model_id": model_id,
            "price": price,
            "discounted_price": price,
            "discount_rate": 100,
            "currency": "USD",
        }

    def _submit(self, model: str, body: dict[str, Any]) -> Response | None:
        self.posts.append(body)
        self.submit_times.append(time.monotonic())
        if self.next_submits:
            answer = self.next_submits.pop(0)()
            if answer is not None:
                return answer
            self._make(model, body)
            return None
        return self._limited() or success(self._prediction(self._make(model, body)))

    def _limited(self) -> Response | None:
        """Return the rejection of a submit that exceeds the account's level; None when it does not."""
        own = [task for task in self.tasks.values() if task.account == self._caller]
        minute = self.unix(self.monotonic()) // 60
        this_minute = sum(self.unix(task.born) // 60 == minute for task in own)
        if self.images_per_minute is not None and this_minute >= self.images_per_minute:
            return failure(429, "too many images this minute")
        running = sum(task.status(self.is_stalled) in ("created", "processing") for task in own)
        return failure(429, "too many tasks at once") if self.at_once is not None and running >= self.at_once else None

    def _make(self, model: str, body: dict[str, Any]) -> Task:
        task = Task(self.new_id(), model, body, self.monotonic(), self.queued, self.length(body))
        task.monotonic, task.account, task.price = self.monotonic, self._caller, self.charged(body)
        self.tasks[task.id] = task
        self.bill.book(task)
        return task

    def _own_task(self, task_id: str) -> Task | None:
        """Return a task of the calling account; None for an unknown one."""
        task = self.tasks.get(task_id)
        return task if task and task.account == self._caller else None

    def _query(self, task: Task) -> Response:
        task.queries += 1
        return success(self._prediction(task))

    def _delete(self, task: Task) -> Response:
        """Delete an ended task; ask a running one to stop, which stays until it has ended."""
        if task.status(self.is_stalled) in ("created", "processing"):
            task.stop(self.stop_delay)
        else:
            del self.tasks[task.id]
        return success({"id": task.id, "status": "deleted"})

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
            "created_at": iso(self.unix(task.born)),
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
