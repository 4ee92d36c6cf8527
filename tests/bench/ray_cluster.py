"""Overhead of Ray over an engine in the server's own process, and whether the pixels are the same."""

from __future__ import annotations

import base64
import os
import random
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from components.engines.demo import DemoPainter
from components.engines.protocol import Engine, EngineRequest, EngineResult, OnStep
from components.engines.sdxl.engine import SdxlEngine
from components.engines.sdxl.model.libraries import missing
from components.engines.sdxl.settings import SdxlSettings
from components.server.tasks.images import encode_png
from tests.bench.sdxl_setup import MODEL, USUAL, Cost, Material, Server, cost_of, lora, material, server_here
from tests.support.ray_cluster import HAS_RAY, ray_cluster, ray_engine

ROUNDS = 10
STEPS = 28
PREVIEW = random.Random(1).randbytes(6000)
"""Of the size of a small JPEG."""
MOST_MS = 60


class InstantEngine:
    """Engine that takes no time: what is measured with it is everything else."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        """Report each step with a preview and return noise."""
        for step in range(1, request.num_inference_steps + 1):
            on_step(step, request.num_inference_steps, PREVIEW)
        size = (request.width, request.height)
        noise = random.Random(request.seed).randbytes(request.width * request.height * 3)
        return EngineResult(Image.frombytes("RGB", size, noise))


INSTANT = f"{__name__}:InstantEngine"


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    if not HAS_RAY:
        yield "The ray benchmark is skipped: ray is not installed"
        return
    with ray_cluster(gpus=2) as address:
        yield f"POST -> picture, {ROUNDS} in turns: median ms (least) and the front's CPU, in its process and by Ray"
        with _both(InstantEngine(), ray_engine(address, INSTANT)) as (here, there):
            yield _row(f"no time, 1024 px, {STEPS} previews", here, there, _body(1024), MOST_MS)
            yield _row("the same from a picture", here, there, _body(1024, image=_source()))
        with _both(DemoPainter(), ray_engine(address, "demo")) as (here, there):
            yield _row("demo painter, 512 px", here, there, _body(512, prompt="a red fox in the snow"))
        if not missing():
            yield from _tiny_sdxl(address)


def _tiny_sdxl(address: str) -> Iterator[str]:
    with material() as made:
        here = SdxlEngine(SdxlSettings.from_env(made.env))
        here.prepare(lambda _: None)
        with _both(here, ray_engine(address, "sdxl", made.env, here)) as (one, other):
            yield _row("tiny SDXL, 256 px, 10 steps", one, other, _body(256, num_inference_steps=10))
            yield _row("the same with a LoRA", one, other, _with_lora(made))


def _with_lora(made: Material) -> dict[str, Any]:
    return _body(256, num_inference_steps=10, loras=[{"path": f"{lora(1)}.safetensors", "scale": 1.0}])


def _body(size: int, **more: Any) -> dict[str, Any]:
    return USUAL | {"size": f"{size}*{size}", "num_inference_steps": STEPS, "enable_sync_mode": True} | more


def _source() -> str:
    noise = Image.frombytes("RGB", (1024, 1024), random.Random(2).randbytes(1024 * 1024 * 3))
    return "data:image/png;base64," + base64.b64encode(encode_png(noise)).decode()


@contextmanager
def _both(here: Engine, there: Engine) -> Generator[tuple[Server, Server]]:
    """Run one server with each engine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with server_here(here, folder / "here") as (one, _), server_here(there, folder / "there") as (other, _):
            yield one, other


def _row(name: str, here: Server, there: Server, body: dict[str, Any], most_ms: float | None = None) -> str:
    """Measure both in turns; the first of each warms it up. Raises AssertionError where pixels differ."""
    one: list[Cost] = []
    other: list[Cost] = []
    for number in range(ROUNDS + 1):
        pixels = set[bytes]()
        for costs, server in ((one, here), (other, there)):
            cost, found = _measured(server, body | {"seed": number})
            costs.append(cost)
            pixels.add(found)
        assert len(pixels) == 1, f"{name}: other pixels for seed {number}"
    over = [1000 * (late.wall - soon.wall) for soon, late in zip(one[1:], other[1:], strict=True)]
    verdict = "" if most_ms is None else f", {'within' if median(over) <= most_ms else 'ABOVE'} {most_ms}"
    figures = f"over: median {median(over):+.0f}, least {min(over):+.0f}{verdict}"
    return f"{name:34}{_columns(one[1:])}{_columns(other[1:])}  {figures}; {ROUNDS + 1} times the same pixels"


def _measured(server: Server, body: dict[str, Any]) -> tuple[Cost, bytes]:
    answers: list[dict[str, Any]] = []

    def post() -> None:
        answers.append(server.http.post(MODEL, json=body).raise_for_status().json()["data"])

    cost = cost_of(os.getpid(), post)
    assert answers[0]["status"] == "completed", answers[0]
    with Image.open(BytesIO(server.http.get(answers[0]["outputs"][0]).content)) as picture:
        return cost, picture.convert("RGB").tobytes()


def _columns(costs: list[Cost]) -> str:
    walls = [1000 * cost.wall for cost in costs]
    return f"{median(walls):7.0f} ({min(walls):.0f}) {1000 * median(cost.cpu for cost in costs):4.0f}"
