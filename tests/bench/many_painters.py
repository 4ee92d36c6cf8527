"""Where the front of many painters ends: what one order costs it, by part, and how many painters that feeds.

The parts are the server's own: its queue, its SQLite file, its PNG encoder; the painters only count. In the simulation
they paint in virtual time, beside which stands the processor's time of the front's work.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

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
DEPTHS = (MAX_WAITING, 1000, 10_000)
"""Waiting orders."""
ORDERS = 100_000
"""Of the simulation; they come twice as fast as they can be painted, so that half of them wait."""
ORDERS_A_LOOK = 5000
"""Orders of which one asks for its place."""
ROUNDS = 3
SUBMITS = 200
BODY = {"prompt": "a red fox in the snow at night", "seed": 7, "size": "1024*1024", "num_inference_steps": 28}


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    threads = _threads_mb()
    yield f"{'one order costs the front':42}{'CPU ms':>9}{'orders/s':>10}  painters at {PICTURE_SECONDS} s a picture"
    costs = {"HTTP: submit, in the server and the client": _submit_ms()}
    for depth in DEPTHS:
        with tempfile.TemporaryDirectory() as folder:
            yield from _bookkeeping(Path(folder), depth)
    picture = DemoPainter().generate(EngineRequest(str(BODY["prompt"]), 7), _ignore).image
    costs["PNG of 1024 px, one core"] = _least_ms(partial(encode_png, picture), ROUNDS)
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(Path(folder))
        simulation.run()
        yield from simulation.lines()
        costs |= simulation.costs()
    for name, ms in costs.items():
        yield _row(name, ms)
    yield f"{PAINTERS} painters report {PAINTERS * 28 / PICTURE_SECONDS:.0f} steps a second, each with a preview"
    yield f"{PAINTERS} threads that wait for them: {threads:.0f} MB"
    first, second = sorted(costs, key=costs.__getitem__, reverse=True)[:2]
    yield f"the front ends at {_painters(costs[first]):.0f} painters: {first}"
    yield f"next, at {_painters(costs[second]):.0f} painters: {second}"


def _row(name: str, ms: float) -> str:
    return f"{name:42}{ms:9.2f}{1000 / ms:10.0f}  {_painters(ms):.0f}"


def _painters(ms: float) -> float:
    return 1000 / ms * PICTURE_SECONDS


def _bookkeeping(folder: Path, depth: int) -> Iterator[str]:
    """Measure queue and records with so many orders waiting and PAINTERS running."""
    records = TaskDatabase(folder / "server.sqlite3")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tasks = _filled(records, folder, depth)
    memory = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    yield _row(f"queue and records, {depth} waiting", _least_ms(partial(_one_order, tasks, records), ROUNDS))

    def look() -> None:
        _one_order(tasks, records)  # so that no place is known from before
        tasks.view(_id(PAINTERS + depth - 1))

    yield f"{'':6}{memory:.0f} MB; an order, and a look at the last one in line {_least_ms(look, ROUNDS):.2f} ms"
    records.close()


def _filled(records: TaskDatabase, folder: Path, depth: int) -> TaskQueue:
    """Return a queue with PAINTERS running orders and `depth` waiting ones."""
    tasks = TaskQueue(records, ImageFiles(folder), max_waiting=10**9, lanes=PAINTERS)
    for number in range(PAINTERS + depth):
        tasks.add(_record(number))
        if number < PAINTERS:
            tasks.take()
    return tasks


class TimedDatabase(TaskDatabase):
    """Database that counts its statements and their seconds."""

    def __init__(self, path: Path) -> None:
        self.statements, self.seconds = 0, 0.0
        super().__init__(path)

    def _run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        begun = time.process_time()
        try:
            return super()._run(statement, *values)
        finally:
            self._count(begun)

    def _change(self, statement: str, values: tuple[object, ...]) -> bool:
        begun = time.process_time()
        try:
            return super()._change(statement, values)
        finally:
            self._count(begun)

    def _count(self, begun: float) -> None:
        self.statements += 1
        self.seconds += time.process_time() - begun


class Simulation:
    """ORDERS orders of VISITORS visitors for PAINTERS painters: real queue and records, painters in virtual time."""

    def __init__(self, folder: Path) -> None:
        self._records = TimedDatabase(folder / "server.sqlite3")
        self._tasks = TaskQueue(self._records, ImageFiles(folder), max_waiting=10**9, lanes=PAINTERS)
        self._ends: list[tuple[float, int, RunningTask]] = []
        """Heap of the virtual times when pictures are done."""
        self._now = self._most_waiting = 0
        self._virtual = self._seconds = 0.0
        self._looks: list[float] = []

    def run(self) -> None:
        """Run it to the last picture."""
        begun = time.process_time()
        between = PICTURE_SECONDS / PAINTERS / 2
        for number in range(ORDERS):
            self._end_until(number * between)
            self._tasks.add(_record(number))
            self._start()
            self._most_waiting = max(self._most_waiting, self._tasks._order.waiting_count)
            if number % ORDERS_A_LOOK == ORDERS_A_LOOK - 1:
                looked = time.process_time()
                self._tasks.view(_id(number))
                self._looks.append(time.process_time() - looked)
        self._end_until(float("inf"))
        self._seconds = time.process_time() - begun - sum(self._looks)
        self._records.close()

    def _end_until(self, virtual: float) -> None:
        while self._ends and self._ends[0][0] <= virtual:
            self._virtual, _, live = heappop(self._ends)
            self._records.finish(live.id, Outcome(output="x.png", inference_ms=3500))
            self._tasks.release(live)
            self._start()
        self._virtual = max(self._virtual, virtual if virtual < float("inf") else 0)

    def _start(self) -> None:
        if len(self._ends) == PAINTERS or not self._tasks._order.waiting_count:
            return
        live = self._tasks.take()
        assert live
        self._records.begin(live.id)
        self._records.task(live.id)
        self._now += 1
        heappush(self._ends, (self._virtual + PICTURE_SECONDS, self._now, live))

    def lines(self) -> Iterator[str]:
        """Yield what it says."""
        yield (
            f"simulation: {ORDERS} orders of {VISITORS} visitors, {PAINTERS} painters, {self._most_waiting} waiting at"
            f" most: {self._virtual:.0f} s of painting need {self._seconds:.0f} s of queue and SQLite, of which SQLite"
            f" {self._records.seconds:.0f} s ({self._records.statements / self._records.seconds:.0f} statements/s);"
            f" {resident(os.getpid()):.0f} MB"
        )
        mean = 1000 * sum(self._looks) / len(self._looks)
        yield f"{'':6}{len(self._looks)} looks at the last one in line: {mean:.0f} ms each"

    def costs(self) -> dict[str, float]:
        """Return the milliseconds of an order by part."""
        sqlite_ms = 1000 * self._records.seconds / ORDERS
        return {
            "SQLite: insert, begin, read, finish": sqlite_ms,
            "queue, in the simulation": 1000 * self._seconds / ORDERS - sqlite_ms,
        }


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
            begun = time.process_time()
            for seed in range(SUBMITS):
                http.post(MODEL, json=USUAL | BODY | {"seed": seed}).raise_for_status()
            ms = 1000 * (time.process_time() - begun) / SUBMITS
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
        begun = time.process_time()
        work()
        return 1000 * (time.process_time() - begun)

    return min(once() for _ in range(rounds))


def _ignore(step: int, steps: int, preview: bytes | None = None, stage: object = None) -> None:
    """Step callback that does nothing."""
