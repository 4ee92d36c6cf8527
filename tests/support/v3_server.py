"""Own v3 server on a real socket, and an HTTP client of it."""

from __future__ import annotations

import base64
import contextlib
import queue
import threading
from collections.abc import Callable, Generator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from components.engines.protocol import Engine
from components.messages.message import message_of
from components.server.assembly import ServerLimits
from components.server.process.serve import Service, serve
from components.server.tasks.demo_delay import DemoDelay
from tests.support.waiting import wait_until

MODEL = "/api/v3/stability-ai/sdxl-lora"
SMALL = {"prompt": "a cat", "size": "256*256"}


class Caller:
    """HTTP client of a v3 server that checks the envelope of every response."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    @property
    def base(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def data(self, response: httpx.Response) -> Any:
        """Return the `data` of a success."""
        envelope = response.json()
        assert response.status_code == 200, envelope
        assert set(envelope) - {"x-message"} == {"code", "message", "data"}
        assert (envelope["code"], envelope["message"]) == (200, "success")
        return envelope["data"]

    def submit(self, **body: Any) -> Any:
        """Submit a small request with some fields changed, and return its task."""
        return self.data(self.http.post(MODEL, json=SMALL | body))

    def refused(self, response: httpx.Response) -> tuple[int, int, str]:
        """Return (HTTP status, code, message) of a refusal."""
        envelope = response.json()
        assert set(envelope) == {"code", "message", "data", "x-message"}
        assert envelope["data"] is None
        reason = message_of({"charge": "none", **envelope["x-message"]})
        assert envelope["message"].endswith(str(reason)), "its code says the same in any language"
        return response.status_code, envelope["code"], envelope["message"]

    def refuse(self, **body: Any) -> tuple[int, int, str]:
        """Submit a request that must be refused, and return the refusal."""
        return self.refused(self.http.post(MODEL, json=SMALL | body))

    def query(self, task_id: str) -> Any:
        """Return a task's state."""
        return self.data(self.http.get(f"/api/v3/predictions/{task_id}/result"))

    def when(self, task_id: str, reached: Callable[[Any], bool], seconds: float = 10) -> Any:
        """Poll a task until `reached` accepts its state, and return that state."""
        seen: list[Any] = []

        def fits() -> bool:
            seen[:] = [self.query(task_id)]
            return reached(seen[0])

        wait_until(fits, lambda: seen, seconds=seconds, pause=0.002)
        return seen[0]

    def end(self, task_id: str) -> Any:
        """Poll a task until it has ended, and return its state."""
        return self.when(task_id, lambda seen: seen["status"] in ("completed", "failed"))

    def picture(self, url: str) -> Image.Image:
        response = self.http.get(url, headers={"Authorization": ""})
        assert response.status_code == 200
        assert response.headers["content-type"] == "image/png"
        return opened(response.content)


@contextlib.contextmanager
def serving(
    engine: Engine, folder: Path, *, pace: float = 0, key: str | None = None, limits: ServerLimits | None = None
) -> Generator[Caller, None, None]:
    """Run a server in a thread and yield a client of it; `pace` is the demo delay in seconds."""
    started: queue.Queue[tuple[int, Callable[[], None]]] = queue.Queue()
    service = Service(engine, folder, "127.0.0.1", 0, DemoDelay(pace), key, limits or ServerLimits())
    thread = threading.Thread(target=serve, args=(service, lambda *facts: started.put(facts)))
    thread.start()
    port, leave = started.get(timeout=10)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as http:
            yield Caller(http)
    finally:
        leave()
        thread.join(10)
        assert not thread.is_alive()


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        return picture


def encoded(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def png(width: int = 8, height: int = 6, colour: str = "red") -> bytes:
    return encoded(Image.new("RGB", (width, height), colour))


def data_uri(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
