"""Overhead of the own server over bare diffusers calls: time, LoRAs, event loop, memory and cancelling.

The engine's ways beside bare calls follow, see `sdxl_ways.py`.

The model is tiny, so the overhead weighs more here than beside the real one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from statistics import median
from typing import Any

import httpx
from PIL import Image

from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import missing, torch
from components.engines.sdxl.nsfw import BasicFilter
from components.engines.sdxl.pipeline.preview import preview
from components.engines.sdxl.settings import SdxlSettings
from components.server.tasks.images import encode_png
from tests.bench import sdxl_ways
from tests.bench.memory import resident
from tests.bench.sdxl_setup import (
    LORAS,
    TICK,
    Cost,
    Material,
    Server,
    ServerImage,
    TimedEngine,
    cost_of,
    lora,
    material,
    server_here,
    server_process,
)
from tests.sdxl.reference import BASE, generator, same

SETTINGS = ((256, 20, 12), (512, 10, 8))
"""Pixels, steps, rounds."""
TRIES = 20
SWITCHED = 4
SWITCH_ROUNDS = 3
SOME, MANY = 20, 200
"""Images after which the memory is measured."""
CANCELLED, BIG = 5, 768


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    if absent := missing():
        yield f"The sdxl benchmark is skipped: {', '.join(absent)} not installed"
        return
    with material() as made:
        with server_process(made) as server:
            yield from _first_picture(server)
            yield from _beside_bare_calls(made, server)
            yield from _loras(server)
        with server_process(made) as fresh:
            yield from _memory(fresh)
        yield from _inside(made)
        yield from sdxl_ways.table(made)


# --- the first picture ---


def _first_picture(server: Server) -> Iterator[str]:
    with _probing(server) as answers:
        first = server.generate(256, 20)
    with _probing(server) as idle:  # not at its start, when it imports the libraries
        time.sleep(1)
    yield "A tiny random SDXL, one thread, our server on loopback; medians, the sides taken in turns"
    yield f"First picture of a fresh server, libraries imported: {first.cost.wall:.1f} s"
    yield f"another caller's small GETs: {_spread(answers)}; on an idle server {_spread(idle)}"


@contextmanager
def _probing(server: Server) -> Generator[list[float]]:
    """Send small GETs, which the event loop alone handles, from a thread; yield the list of response times."""
    over, seconds = threading.Event(), list[float]()

    def probe() -> None:
        with httpx.Client(base_url=server.http.base_url, timeout=60) as http:
            while not over.wait(TICK):
                begun = time.perf_counter()
                http.get("/nothing")
                seconds.append(time.perf_counter() - begun)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield seconds
    finally:
        over.set()
        thread.join()


# --- the time a picture takes ---


def _beside_bare_calls(made: Material, server: Server) -> Iterator[str]:
    yield f"{'':18}{'bare call ms':>20}{'server, POST->done':>27}{'over bare':>24}"
    yield f"{'':18}{'median least   CPU':>20}{'(inference) median least   CPU':>32}{'median least   CPU':>19}"
    for size, steps, rounds in SETTINGS:
        call = BareCall(made, size, steps)
        _check_same(call, server)
        bare, ours = _in_turns(call, server, rounds)
        yield _row(f"{size} px, {steps} steps", bare, ours)
    yield from _extras()


def _row(name: str, bare: list[Cost], ours: list[ServerImage]) -> str:
    inference = 1000 * median(own.inference for own in ours)
    one, other = _figures(bare), _figures([own.cost for own in ours])
    over = "".join(f"{late - soon:+6.0f}" for soon, late in zip(one, other, strict=True))
    share = " ".join(f"{late / soon - 1:+.1%}" for soon, late in zip(one, other, strict=True))
    return f"{name:18}  {_columns(one)}  {f'({inference:.0f})':>11}{_columns(other)}  {over} ({share})"


def _figures(costs: list[Cost]) -> tuple[float, float, float]:
    """Return the median and minimum wall time and the median CPU time, in milliseconds."""
    walls = [cost.wall for cost in costs]
    return 1000 * median(walls), 1000 * min(walls), 1000 * median(cost.cpu for cost in costs)


def _columns(figures: tuple[float, float, float]) -> str:
    return "".join(f"{value:6.0f}" for value in figures)


class BareCall:
    """Pipeline of diffusers, created once and called directly."""

    def __init__(self, made: Material, size: int, steps: int) -> None:
        self.size, self.steps = size, steps
        self._pipe = made.by_hand.base
        self._pipe.set_progress_bar_config(disable=True)

    def generate(self) -> Image.Image:
        """Generate the image of the request that the server gets."""
        options: dict[str, Any] = {"width": self.size, "height": self.size, "num_inference_steps": self.steps}
        request = {"prompt": "a cat", "negative_prompt": "", "guidance_scale": 3.5}
        return self._pipe(**request, **options, generator=generator()).images[0]


def _check_same(call: BareCall, server: Server) -> None:
    """Check that both sides generate the same image; this also warms them up."""
    url = server.generate(call.size, call.steps).url
    with Image.open(BytesIO(server.http.get(url).content)) as picture:
        assert same(picture.convert("RGB"), call.generate()), BASE


def _in_turns(call: BareCall, server: Server, rounds: int) -> tuple[list[Cost], list[ServerImage]]:
    bare: list[Cost] = []
    ours: list[ServerImage] = []
    for _ in range(rounds):
        bare.append(cost_of(os.getpid(), call.generate))
        ours.append(server.generate(call.size, call.steps))
    return bare, ours


def _extras() -> Iterator[str]:
    """Yield the costs of the server's own work on an image, which a bare call does not do."""
    nudity, picture = BasicFilter(), Image.linear_gradient("L").convert("RGB")
    latents = torch().randn(1, 4, 32, 32, generator=generator())
    works = {
        "the filter for nudity": partial(nudity.flags, picture),
        "a step's preview": partial(preview, latents),
        "the PNG": partial(encode_png, picture),
    }
    costs = ", ".join(f"{name} {_least_ms(work):.1f}" for name, work in works.items())
    yield f"of that at 256 px, ms, least of {TRIES}: {costs}"


def _least_ms(work: Callable[[], object]) -> float:
    return 1000 * min(cost_of(os.getpid(), work).wall for _ in range(TRIES))


# --- LoRAs ---


def _loras(server: Server) -> Iterator[str]:
    first: list[Cost] = []
    again: list[Cost] = []
    for number in range(SWITCHED):
        first.append(server.generate(256, 10, lora(number)).cost)
        again.append(server.generate(256, 10, lora(number)).cost)
    yield "LoRAs at 256 px, 10 steps: ms, median least CPU"
    yield f"{'first request':28}{_columns(_figures(first))}"
    yield f"{'second with the same':28}{_columns(_figures(again))}"
    for name, costs in _switches(server).items():
        yield f"{name:28}{_columns(_figures(costs))}"


def _switches(server: Server) -> dict[str, list[Cost]]:
    switched, stayed, without = f"{SWITCHED} back and forth: a switch", "the LoRA before again", "without any"
    costs: dict[str, list[Cost]] = {switched: [], stayed: [], without: []}
    for turn in range(SWITCHED * SWITCH_ROUNDS):
        name = lora(turn % SWITCHED)
        costs[without].append(server.generate(256, 10).cost)
        costs[switched].append(server.generate(256, 10, name).cost)
        costs[stayed].append(server.generate(256, 10, name).cost)
    return costs


# --- memory ---


def _memory(server: Server) -> Iterator[str]:
    seen: list[float] = []
    for number in range(MANY):
        server.generate(256, 1, *_loras_of(number))
        if number + 1 in (SOME, MANY // 2, MANY):
            seen.append(resident(server.pid))
    some, half, many = seen
    yield (
        f"memory of the server: {some:.0f} MB after {SOME} pictures, {half:.0f} after {MANY // 2},"
        f" {many:.0f} after {MANY} ({many - some:+.0f} MB)"
    )


def _loras_of(number: int) -> list[str]:
    """Return the LoRAs of an image: none for half, a cached one for a quarter, one to reload for a quarter."""
    if number % 4 == 0:
        return [lora(number // 4 % LORAS)]
    return [lora(0)] if number % 4 == 2 else []


# --- from within: the event loop, and cancelling ---


def _inside(made: Material) -> Iterator[str]:
    engine = TimedEngine(SdxlEngine(SdxlSettings.from_env(made.env)))
    with server_here(engine, made.folder / "here") as (server, lag):
        server.generate(256, 1)
        lag.taken()
        time.sleep(2)
        idle = lag.taken()
        for size, steps in ((256, 20), (512, 10), (BIG, 4)):
            server.generate(size, steps)
        yield f"event loop while it paints, late by: {_spread(lag.taken())}; idle {_spread(idle)}"
        yield from _cancels(server, engine)


def _cancels(server: Server, engine: TimedEngine) -> Iterator[str]:
    late: list[float] = []
    steps: list[float] = []
    for number in range(CANCELLED):
        step, waited = _cancel(server, engine, (number + 0.5) / CANCELLED)
        steps.append(step)
        late.append(waited)
    yield f"cancelling within a step of {_ms(steps)} ({BIG} px): {_spread(late)} until the engine lets go"


def _cancel(server: Server, engine: TimedEngine, share: float) -> tuple[float, float]:
    """Return the seconds of a step, and those from the cancel in the middle of the next until the engine ended."""
    while not engine.ends.empty():
        engine.ends.get()
    task = server.submit(BIG, 50)["id"]
    began, ended = (_when_step(server, task, step) for step in (1, 2))
    time.sleep(share * (ended - began))
    begun = time.perf_counter()
    server.http.post("/api/v3/predictions/delete", json={"ids": [task]}).raise_for_status()
    return ended - began, engine.ends.get(timeout=60) - begun


def _when_step(server: Server, task: str, step: int) -> float:
    while server.step(task) < step:
        time.sleep(TICK)
    return time.perf_counter()


def _ms(seconds: list[float]) -> str:
    return f"{1000 * median(seconds):.0f} ms"


def _spread(seconds: list[float]) -> str:
    late = sorted(1000 * value for value in seconds)
    return f"median {median(late):.1f} ms, 95 % within {late[int(0.95 * len(late))]:.0f} ms, worst {late[-1]:.0f} ms"
