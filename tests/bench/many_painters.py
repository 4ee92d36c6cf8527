"""Where the front of many painters ends: what one order costs it, by part, and how many painters that feeds.

The parts are the server's own: its queue, its SQLite file, its PNG encoder; the painters only count.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx

from components.engines.demo import DemoPainter
from components.engines.protocol import EngineRequest, EngineResult, OnStep
from components.server.assembly import ServerLimits
from components.server.process.serve import Service, serve
from components.server.tasks.database import TaskDatabase, TaskRecord
from components.server.tasks.demo_delay import DemoDelay
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.images import encode_png
from components.server.tasks.outcome import Outcome
from components.server.tasks.queue import MAX_WAITING, RunningTask, TaskQueue
from tests.bench.memory import resident
from tests.bench.sdxl_setup import MODEL, USUAL

PICTURE_SECONDS = 3.5
"""Of SDXL at 1024 px and 28 steps on a card of 2024."""
VISITORS = 5000
PAINTERS = 1000
DEPTHS = (MAX_WAITING, 1000, 10_000, 100_000)
"""Waiting orders."""
ROUNDS = 3
SUBMITS = 200
BODY = {"prompt": "a red fox in the snow at night", "seed": 7, "size": "1024*1024", "num_inference_steps": 28}


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    yield f"{'one order costs the front':42}{'ms':>9}{'orders/s':>10}  painters fed at {PICTURE_SECONDS} s a picture"
    yield _row("HTTP: submit, in the server and the client", _submit_ms())
    for depth in DEPTHS:
        with tempfile.TemporaryDirectory() as folder:
            yield from _bookkeeping(Path(folder), depth)
    yield _row("SQLite alone: insert, begin, read, finish", _database_ms())
    picture = DemoPainter().generate(EngineRequest(str(BODY["prompt"]), 7), _ignore).image
    yield _row("PNG of 1024 px, one core", _least_ms(partial(encode_png, picture), ROUNDS))
    yield f"{PAINTERS} painters report {PAINTERS * 28 / PICTURE_SECONDS:.0f} steps a second, each with a preview"
    yield f"{PAINTERS} threads that wait for them: {_threads_mb():.0f} MB"


def _row(name: str, ms: float) -> str:
    return f"{name:42}{ms:9.2f}{1000 / ms:10.0f}  {1000 / ms * PICTURE_SECONDS:.0f}"


def _bookkeeping(folder: Path, depth: int) -> Iterator[str]:
    """Measure queue and records with so many orders waiting and PAINTERS running."""
    records = TaskDatabase(folder / "server.sqlite3")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tasks = _filled(records, folder, depth)
    memory = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    yield _row(f"queue and records, {depth} waiting", _least_ms(partial(_one_order, tasks, records), ROUNDS))
    ms = _least_ms(lambda: tasks.view(_id(depth)), ROUNDS)
    yield f"{'':6}{memory:.0f} MB; a look at the last one in line {ms:.2f} ms"
    records.close()


def _filled(records: TaskDatabase, folder: Path, depth: int) -> TaskQueue:
    """Return a queue with PAINTERS running orders and `depth` waiting ones.

    They are put in past the count of turns, which would take hours for the deepest: all are of visitors' first turns.
    """
    tasks = TaskQueue(records, ImageFiles(folder), max_waiting=10**9, lanes=PAINTERS)
    for number in range(PAINTERS):
        _put_in(tasks, records, -number - 1)
    for number in range(PAINTERS):
        tasks._order.start(_id(-number - 1))
    for number in range(1, depth + 1):
        _put_in(tasks, records, number)
    return tasks


def _put_in(tasks: TaskQueue, records: TaskDatabase, number: int) -> None:
    record = _record(number)
    records.add_task(record)
    tasks._live[record.id] = RunningTask(record.id)
    tasks._order._next_turns.setdefault(record.visitor or "", 0)
    tasks._order._insert(record.id, record.visitor or "")


def _id(number: int) -> str:
    return f"{number & (2**128 - 1):032x}"


def _record(number: int) -> TaskRecord:
    return TaskRecord(_id(number), BODY, number, visitor=f"{abs(number) % VISITORS:016x}")


_numbers = iter(range(10**6, 10**9))


def _one_order(tasks: TaskQueue, records: TaskDatabase) -> None:
    """Take an order in, hand the next one out, and end one."""
    tasks.add(_record(next(_numbers)))
    live = tasks.take()
    assert live
    records.begin(live.id)
    records.task(live.id)
    records.finish(live.id, Outcome(output="x.png", inference_ms=3500))
    tasks.release(live)


def _database_ms() -> float:
    with tempfile.TemporaryDirectory() as folder:
        records = TaskDatabase(Path(folder, "server.sqlite3"))

        def order() -> None:
            record = _record(next(_numbers))
            records.add_task(record)
            records.begin(record.id)
            records.task(record.id)
            records.finish(record.id, Outcome(output="x.png", inference_ms=3500))

        begun = time.perf_counter()
        for _ in range(1000):
            order()
        ms = time.perf_counter() - begun
        records.close()
        return ms


class _NoPainter:
    """Engine that waits until it is stopped."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        while True:
            on_step(0, 28)
            threading.Event().wait(0.1)


def _submit_ms() -> float:
    """Return the milliseconds of a submit by one client on loopback, while few wait."""
    started: list[tuple[int, Callable[[], None]]] = []
    is_up = threading.Event()

    def on_started(port: int, leave: Callable[[], None]) -> None:
        started.append((port, leave))
        is_up.set()

    with tempfile.TemporaryDirectory() as folder:
        limits = ServerLimits(waiting=10**6)
        service = Service(_NoPainter(), Path(folder), "127.0.0.1", 0, DemoDelay(0), limits=limits)
        thread = threading.Thread(target=serve, args=(service, on_started))
        thread.start()
        is_up.wait(20)
        port, leave = started[0]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
            begun = time.perf_counter()
            for seed in range(SUBMITS):
                http.post(MODEL, json=USUAL | BODY | {"seed": seed}).raise_for_status()
            ms = 1000 * (time.perf_counter() - begun) / SUBMITS
        leave()
        thread.join(20)
    return ms


def _threads_mb() -> float:
    """Return the memory of PAINTERS threads that wait for an event."""
    over = threading.Event()
    before = resident(os.getpid())
    threads = [threading.Thread(target=over.wait, daemon=True) for _ in range(PAINTERS)]
    for thread in threads:
        thread.start()
    used = resident(os.getpid()) - before
    over.set()
    for thread in threads:
        thread.join()
    return used


def _least_ms(work: Callable[[], object], rounds: int) -> float:
    def once() -> float:
        begun = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - begun)

    return min(once() for _ in range(rounds))


def _ignore(step: int, steps: int, preview: bytes | None = None, stage: object = None) -> None:
    """Step callback that does nothing."""
