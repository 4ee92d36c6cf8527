"""Images a second with one lane and with two, whose engines sleep: what the server and the pipes cost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from components.engines.lanes.engine import LanesEngine
from tests.support.lane_engines import sleeping
from tests.support.v3_server import serving
from tests.support.waiting import wait_until

IMAGES = 12
STEPS = 28
STEP_SECONDS = 0.05
ROUNDS = 3


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    yield f"{IMAGES} images of {STEPS} steps of {1000 * STEP_SECONDS:.0f} ms through our server"
    ratios: list[float] = []
    for _ in range(ROUNDS):
        one, two = _seconds(1), _seconds(2)
        ratios.append(one / two)
        ideal = IMAGES * STEPS * STEP_SECONDS
        yield f"one lane {one:.2f} s ({one / ideal:.2f} of the sleep), two lanes {two:.2f} s: {one / two:.2f} times"
    yield f"least: {min(ratios):.2f} times"


def _seconds(lanes: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = LanesEngine(sleeping(folder / "lanes", lanes, STEP_SECONDS))
        try:
            with serving(engine, folder / "server") as caller:
                wait_until(lambda: engine.ready_lanes == lanes)
                begun = time.monotonic()
                tasks = [caller.submit(seed=seed, num_inference_steps=STEPS)["id"] for seed in range(IMAGES)]
                for task in tasks:
                    caller.end(task)
                return time.monotonic() - begun
        finally:
            engine.close()
