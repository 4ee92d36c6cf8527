"""What the SDXL engine's benchmark stands on: the tiny model, LoRAs for it, and our server around them."""

from __future__ import annotations

import asyncio
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from components.server.engine import Engine, OnStep, Order, Painting
from components.server.pace import Pace
from components.server.serve import Service, serve
from tests.engines.sdxl.lora_makers import peft, write
from tests.engines.sdxl.studio import ByHand
from tests.engines.sdxl.tiny_sdxl import Tiny, build

MODEL = "/api/v3/stability-ai/sdxl-lora"
USUAL: dict[str, Any] = {"prompt": "a cat", "guidance_scale": 3.5, "seed": 7}
LORAS = 12
"""More than the engine keeps loaded."""
THREADS = "1"
"""One on both sides: two of them differ from run to run on a machine that does other things too."""
TICK = 0.005


@dataclass(frozen=True, slots=True)
class Material:
    """The tiny model and its LoRAs, in a folder that goes with the benchmark."""

    folder: Path
    tiny: Tiny
    by_hand: ByHand

    @property
    def env(self) -> dict[str, str]:
        """Return the engine's settings."""
        return {
            "SDXL_MODEL": str(self.tiny.base),
            "SDXL_REFINER": str(self.tiny.refiner),
            "SDXL_LORA_FOLDER": str(self.folder / "loras"),
            "SDXL_CACHE": str(self.folder / "cache"),
            "SDXL_DEVICE": "cpu",
            "SDXL_THREADS": THREADS,
        }


@dataclass(frozen=True, slots=True)
class Cost:
    """What a picture takes, in seconds."""

    wall: float
    cpu: float
    """Of the whole process; other programs of a busy machine hardly change it."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture of the server's."""

    cost: Cost
    """From the POST to its answer, which waits for the picture."""
    inference: float
    """As the server tells it."""
    url: str


class Server:
    """Our server as its callers see it."""

    def __init__(self, http: httpx.Client, pid: int) -> None:
        self.http, self.pid = http, pid

    def paint(self, size: int, steps: int, *loras: str) -> Painted:
        """Paint one picture and wait for it."""
        answers: list[dict[str, Any]] = []
        cost = cost_of(self.pid, lambda: answers.append(self.submit(size, steps, *loras, enable_sync_mode=True)))
        told = answers[0]
        assert told["status"] == "completed", told
        return Painted(cost, told["timings"]["inference"] / 1000, told["outputs"][0])

    def submit(self, size: int, steps: int, *loras: str, **more: Any) -> dict[str, Any]:
        """Order one picture."""
        uses = [{"path": f"{name}.safetensors", "scale": 1.0} for name in loras]
        body = USUAL | {"size": f"{size}*{size}", "num_inference_steps": steps, "loras": uses} | more
        return self.http.post(MODEL, json=body).raise_for_status().json()["data"]

    def step(self, task: str) -> int:
        """Return how many of a task's steps are done."""
        told = self.http.get(f"/api/v3/predictions/{task}/result").raise_for_status().json()["data"]
        return told.get("x-progress", {"step": 0})["step"]


def cost_of(pid: int, work: Callable[[], object]) -> Cost:
    """Do something and tell what it took, a process's CPU among it (Linux)."""
    clock = (~pid << 3) | 2  # what clock_getcpuclockid(3) gives; Python has no such call
    begun, used = time.perf_counter(), time.clock_gettime(clock)
    work()
    return Cost(time.perf_counter() - begun, time.clock_gettime(clock) - used)


@contextmanager
def material() -> Generator[Material]:
    """Make the tiny model and its LoRAs, and load the model once more for use by hand."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tiny = build(folder)
        by_hand = _by_hand(tiny)
        (folder / "loras").mkdir()
        for number in range(LORAS):
            write(folder / "loras" / f"{lora(number)}.safetensors", peft(by_hand.base, seed=number, text=True))
        yield Material(folder, tiny, by_hand)


def _by_hand(tiny: Tiny) -> ByHand:
    with warnings.catch_warnings():  # the libraries warn of each other's future
        warnings.simplefilter("ignore", FutureWarning)
        return ByHand(tiny)


def lora(number: int) -> str:
    """Return a LoRA's name."""
    return f"lora{number}"


@contextmanager
def server_process(made: Material) -> Generator[Server]:
    """Run our server as a person starts it."""
    command = [sys.executable, "-m", "components.server", "--engine", "sdxl", "--port", "0", "--pace", "0"]
    process = subprocess.Popen(command, env=os.environ | made.env, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        base = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=base, timeout=120) as http:
            yield Server(http, process.pid)
    finally:
        process.terminate()
        process.wait(10)


class Watched:
    """An engine, telling when it let go of an order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.ends: queue.Queue[float] = queue.Queue()

    def paint(self, order: Order, on_step: OnStep) -> Painting:
        """Paint as the engine does."""
        try:
            return self._engine.paint(order, on_step)
        finally:
            self.ends.put(time.perf_counter())


class Lag:
    """How late an event loop comes back to what wanted to sleep."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def measure(self) -> None:
        """Go on until the loop ends."""
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK)
            self.seconds.append(time.perf_counter() - begun - TICK)

    def taken(self) -> list[float]:
        """Return what was measured since the last time."""
        taken, self.seconds = self.seconds, []
        return taken


@contextmanager
def server_here(engine: Engine, folder: Path) -> Generator[tuple[Server, Lag]]:
    """Run our server in a thread of this process, its event loop measured from within."""
    lag, facts = Lag(), queue.Queue[tuple[int, Callable[[], None], Any]]()

    def started(port: int, leave: Callable[[], None]) -> None:
        facts.put((port, leave, asyncio.get_running_loop().create_task(lag.measure())))

    service = Service(engine, folder, "127.0.0.1", 0, Pace(0))
    thread = threading.Thread(target=serve, args=(service, started))
    thread.start()
    port, leave, _ = facts.get(timeout=10)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
            yield Server(http, os.getpid()), lag
    finally:
        leave()
        thread.join(10)
