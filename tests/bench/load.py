"""Load of a hundred jobs of thirteen visitors at once, of durations seen before: delay until their end is noticed."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import httpx

from tests.bench.setup import app_before_api, wall
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

VISITORS, JOBS = 13, 100
KINDS = range(2, 11)
"""Steps of a request; the API takes as many seconds for it, +-5 %."""


class PagePayloads:
    """JSON bodies that the page's scripts send with a press."""

    def __init__(self, app: AppProcess) -> None:
        config = httpx.get(f"{app.url}/config").json()
        self._parts = {part["id"]: part["props"] for part in config["components"]}
        (button,) = [number for number, props in self._parts.items() if props.get("elem_id") == "generate"]
        (self._event,) = [event for event in config["dependencies"] if event["targets"] == [[button, "click"]]]

    def press(self, visitor: str, steps: int, size: int = 1024) -> dict[str, Any]:
        """Return the body of a press of Generate, for `queue/join`."""
        values: dict[str, Any] = {
            "results": {"visitor": visitor, "click": secrets.token_hex(16)},
            "field-prompt": "load",
            "field-num-inference-steps": steps,
            "field-width": size,
            "field-height": size,
            "field-seed": 1,  # one image for all: making images is not measured
        }
        props = [self._parts[number] for number in self._event["inputs"]]
        data = [values.get(part.get("elem_id", ""), part.get("value")) for part in props]
        return {"data": data, "fn_index": self._event["id"], "session_hash": visitor[:12]}


class LoadClient:
    """HTTP client that presses and polls for several visitors."""

    def __init__(self, app: AppProcess, http: httpx.AsyncClient) -> None:
        self._payloads, self._http = PagePayloads(app), http

    async def press(self, visitor: str, steps: int) -> None:
        """Press Generate."""
        (await self._http.post("/gradio_api/queue/join", json=self._payloads.press(visitor, steps))).raise_for_status()

    async def rows(self, visitor: str) -> list[dict[str, Any]]:
        """Return a visitor's tiles."""
        return (await self._http.get("/playground/feed", headers={"X-Playground-Visitor": visitor})).json()["rows"]


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    rng = random.Random(3)
    with app_before_api() as (api, app):
        api.length = lambda body: body["num_inference_steps"] * rng.uniform(0.95, 1.05)
        late, answers = asyncio.run(_measure(api, app))
    yield f"{JOBS} jobs of {VISITORS} visitors, 2 to 10 s long, in flight at once: {len(late)} ended"
    yield f"noticed after their end: median {median(late):.2f} s, worst {max(late):.2f} s"
    yield f"the page meanwhile: median {1000 * median(answers):.0f} ms, worst {1000 * max(answers):.0f} ms"


async def _measure(api: HostedApi, app: AppProcess) -> tuple[list[float], list[float]]:
    async with httpx.AsyncClient(base_url=app.url, timeout=60) as http:
        visitors = LoadClient(app, http)
        for _ in range(2):
            tokens = [secrets.token_hex(16) for _ in KINDS]
            await asyncio.gather(*(visitors.press(token, steps) for token, steps in zip(tokens, KINDS, strict=True)))
            await _all_ended(visitors, tokens, len(KINDS))
        known = set(api.tasks)
        tokens = [secrets.token_hex(16) for _ in range(VISITORS)]
        for number in range(JOBS):
            await visitors.press(tokens[number % VISITORS], KINDS[number % len(KINDS)])
        answers = await _all_ended(visitors, tokens, JOBS)
        rows = [row for token in tokens for row in await visitors.rows(token)]
    ends = {row["task"]: row["ended"] for row in rows if row["state"] == "completed"}
    late = [ends[task.id] - wall(task.ended_at) for task in api.tasks.values() if task.id not in known]
    return late, answers


async def _all_ended(visitors: LoadClient, tokens: list[str], count: int) -> list[float]:
    """Poll the visitors' feeds until all jobs have ended; return the response time of each poll."""
    answers: list[float] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        states: list[str] = []
        for token in tokens:
            begun = time.monotonic()
            states += [row["state"] for row in await visitors.rows(token)]
            answers.append(time.monotonic() - begun)
        if states.count("completed") == count:
            break
        await asyncio.sleep(0.5)
    return answers
