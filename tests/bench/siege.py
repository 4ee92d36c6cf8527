"""A thousand visitors with open pages, two hundred jobs at once, a service that answers every fifth time wrongly.

Then the same jobs again and again, as many as an hour brings: what the app holds in memory must not grow.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.app_process import AppProcess
from tests.bench.load import Visitors
from tests.bench.memory import resident
from tests.bench.stage import WEALTH
from tests.hosted_api import HostedApi, png

VISITORS, JOBS = 1000, 200
FAULTY = 0.2
HOUR_ROUNDS = 5
"""Rounds of JOBS: a thousand pictures, a busy hour's, in three minutes."""
UNDER_WAY = {"waiting", "created", "processing"}
OPENING = 20
"""Seconds in which the pages are opened: Gradio builds the state of a session for each."""
HOLD = 20
"""Seconds a page's question is held."""
SIZE = 256
Answer = tuple[int, dict[str, str], bytes] | None


class WearyApi(HostedApi):
    """Answers every fifth time with a fault, whatever it was asked; of submits it loses some it has accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random(17)
        self.length = lambda body: self.chance.uniform(0.5, 3.0)
        self.may_fail = False

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if not self.may_fail or self.chance.random() >= FAULTY or path.startswith("/files/"):
            return super()._answer(method, path, headers, body)
        faults: list[Callable[[], Answer]] = [
            lambda: None,
            lambda: (503, {}, b"<html>weary</html>"),
            lambda: (200, {"content-type": "text/html"}, b"<html>log in</html>"),
            lambda: (200, {"content-type": "application/json"}, b'{"code": 200, "data": [1, null, "x"]}'),
            lambda: (429, {"retry-after": "1"}, b'{"code": 429, "message": "slow down"}'),
        ]
        fault = self.chance.choice(faults)
        is_submit = method == "POST" and path.endswith("/sdxl-lora")
        if is_submit and fault is not faults[-1]:
            super()._answer(method, path, headers, body)  # it was accepted, and the answer goes wrong
        return fault()


@dataclass
class Figures:
    """What was measured in one run."""

    answers: list[float] = field(default_factory=list[float])
    """Seconds the page took for a question that need not be held."""
    presses: list[float] = field(default_factory=list[float])
    memory: list[float] = field(default_factory=list[float])
    """MB of the app, after each round."""
    held: int = 0
    states: Counter[str] = field(default_factory=Counter[str])


def run() -> Iterator[str]:
    """Yield the table's lines."""
    api = WearyApi()
    api.start()
    png(SIZE, SIZE, 1)
    with tempfile.TemporaryDirectory() as folder:
        app = AppProcess.hosted(Path(folder), api, PLAYGROUND_JOBS="1000", **WEALTH).start()
        try:
            figures = asyncio.run(_measure(api, app))
        finally:
            app.stop()
            api.stop()
    yield f"{figures.held} pages held open, {JOBS} jobs at once, {100 * FAULTY:.0f} % of the service's answers faulty"
    yield f"ends: {', '.join(f'{count} {state}' for state, count in sorted(figures.states.items()))}"
    yield f"the page's own answers: {_spread(figures.answers)}; presses: {_spread(figures.presses)}"
    first, last = figures.memory[1], figures.memory[-1]
    yield f"memory over {HOUR_ROUNDS * JOBS} jobs: {first:.0f} MB after {2 * JOBS}, {last:.0f} MB at the end"


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]
    return f"median {1000 * middle:.0f} ms, 95th percentile {1000 * late:.0f} ms, worst {1000 * ordered[-1]:.0f} ms"


class Browser:
    """One visitor's connection to the app, as bare as can be: a thousand of them must not slow the measuring."""

    def __init__(self, app: AppProcess, questions: Visitors) -> None:
        self._port, self._questions = app.port, questions
        self._forwarded = f"x-forwarded-for: 9.9.{secrets.randbelow(256)}.{secrets.randbelow(256)}\r\n"
        """As a proxy before the app would tell: limits are counted by address."""
        self.token = secrets.token_hex(16)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def changes(self, epoch: str, version: int, wait: float) -> dict[str, Any]:
        """Return what changed on this visitor's board, held for up to `wait` seconds."""
        body = self._questions.question(self.token, epoch, version, wait)
        return json.loads(await self._post("/gradio_api/component_server", body))

    async def press(self) -> None:
        """Press Generate."""
        await self._post("/gradio_api/queue/join", self._questions.wish(self.token, 4, SIZE))

    async def read_receipt(self) -> None:
        """Read the press's events to their end, as the page does: Gradio holds them until somebody has."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        path = f"/gradio_api/queue/data?session_hash={self.token[:12]}"
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n{self._forwarded}\r\n".encode())
        async with asyncio.timeout(60):
            await reader.readuntil(b"close_stream")
        writer.close()

    def close(self) -> None:
        """Leave."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _post(self, path: str, body: dict[str, Any]) -> bytes:
        for _ in range(3):  # a server may close an idle connection just then: browsers ask again too
            try:
                return await self._post_once(path, json.dumps(body).encode())
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
        raise ConnectionError(path)

    async def _post_once(self, path: str, body: bytes) -> bytes:
        self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\ncontent-type: application/json\r\n"
        head += self._forwarded
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        assert length, answer
        return await reader.readexactly(int(length[1]))


async def _measure(api: WearyApi, app: AppProcess) -> Figures:
    figures, questions = Figures(), Visitors(app)
    browsers = [Browser(app, questions) for _ in range(VISITORS)]
    pages = [asyncio.create_task(_page(Browser(app, questions), browser, figures)) for browser in browsers]
    probe = asyncio.create_task(_probe(Browser(app, questions), figures))
    await asyncio.sleep(OPENING + 5)
    api.may_fail = True
    for number in range(HOUR_ROUNDS):
        makers = random.Random(number).sample(browsers, JOBS)
        await asyncio.gather(*(_press(maker, figures) for maker in makers))
        await _made(makers)
        figures.memory.append(resident(app.pid))
    await _settled(browsers)
    api.may_fail = False
    for task in (*pages, probe):
        task.cancel()
    await asyncio.gather(*pages, probe, return_exceptions=True)
    rows = [row for browser in browsers for row in (await browser.changes("", 0, 0))["rows"]]
    for browser in browsers:
        browser.close()
    _check(api, rows, figures)
    return figures


async def _page(held: Browser, visitor: Browser, figures: Figures) -> None:
    """Ask as the script of an open page does: held, again and again."""
    held.token = visitor.token
    epoch, version = "", 0
    await asyncio.sleep(random.Random(held.token).uniform(0, OPENING))
    figures.held += 1
    try:
        while True:
            answer = await held.changes(epoch, version, HOLD)
            epoch, version = answer["epoch"], answer["version"]
    finally:
        held.close()


async def _probe(guest: Browser, figures: Figures) -> None:
    """Be one more visitor, whose questions need no holding."""
    try:
        while True:
            begun = time.monotonic()
            await guest.changes("", 0, 0)
            figures.answers.append(time.monotonic() - begun)
            await asyncio.sleep(0.1)
    finally:
        guest.close()


async def _press(maker: Browser, figures: Figures) -> None:
    begun = time.monotonic()
    await maker.press()
    figures.presses.append(time.monotonic() - begun)
    await maker.read_receipt()


async def _made(makers: list[Browser]) -> None:
    """Wait until nothing of a round is being made; what is unknown may still be looked for."""
    async with asyncio.timeout(180):
        for maker in makers:
            while {row["state"] for row in (await maker.changes("", 0, 0))["rows"]} & UNDER_WAY:  # noqa: ASYNC110
                await asyncio.sleep(0.5)


async def _settled(makers: list[Browser]) -> None:
    """Wait until nothing is under way; what is unknown has been looked for by then."""
    async with asyncio.timeout(180):
        for maker in makers:
            while (await maker.changes("", 0, 0))["busy"]:  # noqa: ASYNC110 - the app is another process
                await asyncio.sleep(0.5)


def _check(api: WearyApi, rows: list[dict[str, Any]], figures: Figures) -> None:
    """Nothing lost, nothing doubled: every press has its end, every task its one job or a job that says "maybe"."""
    figures.states.update(row["state"] for row in rows)
    presses = HOUR_ROUNDS * JOBS
    assert len(rows) == presses, f"{presses} presses, {len(rows)} tiles"
    assert {row["state"] for row in rows} <= {"completed", "failed", "unknown"}, figures.states
    claimed = [row["task"] for row in rows if row["task"]]
    assert len(claimed) == len(set(claimed)), "two jobs have one task"
    unclaimed = set(api.tasks) - set(claimed)
    unknown = sum(row["state"] == "unknown" for row in rows)
    assert len(unclaimed) <= unknown, f"{len(unclaimed)} tasks are nobody's, {unknown} jobs are told as unknown"
    accepted = len(api.tasks)
    assert accepted <= presses, "a press was sent twice"
