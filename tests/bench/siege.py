"""Load of a thousand open pages and two hundred jobs at once, with faults in every fifth response of the service.

The jobs are repeated, as many as in a busy hour: the app's memory must not grow.
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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.load import PagePayloads
from tests.bench.memory import resident
from tests.bench.setup import NO_BUDGET_LIMIT
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

VISITORS, JOBS = 1000, 200
FAULTY = 0.2
HOUR_ROUNDS = 5
"""Rounds of JOBS: the thousand images of a busy hour, in three minutes."""
UNDER_WAY = {"waiting", "created", "processing"}
OPENING = 20
"""Seconds over which the pages are opened: Gradio creates a session for each."""
HOLD = 20
"""Seconds of a page's long poll."""
SIZE = 256
RECEIPT_SECONDS, ROUND_SECONDS = 240, 400
"""Seconds until a press has its receipt, and until the jobs of a round have ended: so long that what else the computer
does shows in the figures, and not as no figures at all."""
SETTLED_SECONDS = 420
"""Seconds until the last searches for a lost submit, four to five minutes after it, have ended."""
Response = tuple[int, dict[str, str], bytes] | None


class FaultyApi(HostedApi):
    """Fake API that returns a fault for every fifth request; some submits are accepted but lose their response."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = random.Random(17)
        self.length = lambda body: self.rng.uniform(0.5, 3.0)
        self.may_fail = False

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Response:
        if not self.may_fail or self.rng.random() >= FAULTY or path.startswith("/files/"):
            return super()._answer(method, path, headers, body)
        faults: list[Callable[[], Response]] = [
            lambda: None,
            lambda: (503, {}, b"<html>weary</html>"),
            lambda: (200, {"content-type": "text/html"}, b"<html>log in</html>"),
            lambda: (200, {"content-type": "application/json"}, b'{"code": 200, "data": [1, null, "x"]}'),
            lambda: (429, {"retry-after": "1"}, b'{"code": 429, "message": "slow down"}'),
        ]
        fault = self.rng.choice(faults)
        is_submit = method == "POST" and path.endswith("/sdxl-lora")
        if is_submit and fault is not faults[-1]:
            super()._answer(method, path, headers, body)  # accepted, but the response is faulty
        return fault()


@dataclass
class Figures:
    """Measurements of one run."""

    answers: list[float] = field(default_factory=list[float])
    """Response times in seconds of polls that do not wait."""
    presses: list[float] = field(default_factory=list[float])
    """Response times in seconds of Generate."""
    memory: list[float] = field(default_factory=list[float])
    """MB of the app, after each round."""
    pages: int = 0
    states: Counter[str] = field(default_factory=Counter[str])


def run(visitors: int = VISITORS, jobs: int = JOBS) -> Iterator[str]:
    """Run the benchmark with so many open pages, and so many jobs at once, and yield the lines of its table."""
    api = FaultyApi()
    api.start()
    png(SIZE, SIZE, 1)
    with tempfile.TemporaryDirectory() as folder:
        app = AppProcess.hosted(Path(folder), api, PLAYGROUND_JOBS="1000", **NO_BUDGET_LIMIT).start()
        try:
            figures = asyncio.run(_measure(api, app, visitors, jobs))
        finally:
            app.stop()
            api.stop()
    yield f"{figures.pages} pages held open, {jobs} jobs at once, {100 * FAULTY:.0f} % of the service's answers faulty"
    yield f"ends: {', '.join(f'{count} {state}' for state, count in sorted(figures.states.items()))}"
    yield f"the page's own answers: {_spread(figures.answers)}; presses: {_spread(figures.presses)}"
    first, last = figures.memory[1], figures.memory[-1]
    yield f"memory over {HOUR_ROUNDS * jobs} jobs: {first:.0f} MB after {2 * jobs}, {last:.0f} MB at the end"


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]
    return f"median {1000 * middle:.0f} ms, 95th percentile {1000 * late:.0f} ms, worst {1000 * ordered[-1]:.0f} ms"


class Browser:
    """One visitor's connection to the app on raw streams: a thousand HTTP clients would slow the measurement."""

    def __init__(self, app: AppProcess, payloads: PagePayloads) -> None:
        self._port, self._payloads = app.port, payloads
        self._forwarded = f"x-forwarded-for: 9.9.{secrets.randbelow(256)}.{secrets.randbelow(256)}\r\n"
        """Header of a proxy: rate limits count by client address."""
        self.token = secrets.token_hex(16)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def changes(self, epoch: str, version: int, wait: float) -> dict[str, Any]:
        """Return the changes of this visitor's feed; a long poll of up to `wait` seconds."""
        query = f"epoch={epoch}&version={version}&wait={wait:g}"
        return json.loads(await self._send(f"GET /playground/feed?{query}", f"x-playground-visitor: {self.token}\r\n"))

    async def press(self) -> None:
        """Press Generate."""
        body = json.dumps(self._payloads.press(self.token, 4, SIZE)).encode()
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        await self._send("POST /gradio_api/queue/join", head, body)

    async def read_receipt(self) -> None:
        """Read the events of a press to their end, as the page does; Gradio stores them until they are read."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        path = f"/gradio_api/queue/data?session_hash={self.token[:12]}"
        writer.write(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n{self._forwarded}\r\n".encode())
        async with asyncio.timeout(RECEIPT_SECONDS):
            await reader.readuntil(b"close_stream")
        writer.close()

    def close(self) -> None:
        """Close the connection."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _send(self, request: str, head: str, body: bytes = b"") -> bytes:
        for _ in range(3):  # the server may close an idle connection at that moment; browsers retry too
            try:
                return await self._send_once(request, head, body)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
        raise ConnectionError(request)

    async def _send_once(self, request: str, head: str, body: bytes) -> bytes:
        self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{request} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\n{self._forwarded}{head}\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        assert length, answer
        return await reader.readexactly(int(length[1]))


async def _measure(api: FaultyApi, app: AppProcess, visitors: int, jobs: int) -> Figures:
    figures, payloads = Figures(), PagePayloads(app)
    browsers = [Browser(app, payloads) for _ in range(visitors)]
    pages = [asyncio.create_task(_page(Browser(app, payloads), browser, figures)) for browser in browsers]
    probe = asyncio.create_task(_probe(Browser(app, payloads), figures))
    await asyncio.sleep(OPENING + 5)
    api.may_fail = True
    for number in range(HOUR_ROUNDS):
        makers = random.Random(number).sample(browsers, jobs)
        await asyncio.gather(*(_press(maker, figures) for maker in makers))
        await _made(makers)
        figures.memory.append(resident(app.pid))
    # A search whose every fifth answer is a fault may take an hour: what it finds is measured, not how long it takes.
    api.may_fail = False
    await _settled(browsers)
    for task in (*pages, probe):
        task.cancel()
    await asyncio.gather(*pages, probe, return_exceptions=True)
    rows = [row for browser in browsers for row in (await browser.changes("", 0, 0))["rows"]]
    for browser in browsers:
        browser.close()
    figures.states.update(row["state"] for row in rows)
    _check(api, rows, HOUR_ROUNDS * jobs)
    return figures


async def _page(page: Browser, visitor: Browser, figures: Figures) -> None:
    """Long-poll a visitor's feed as the script of an open page does, until cancelled."""
    page.token = visitor.token
    epoch, version = "", 0
    await asyncio.sleep(random.Random(page.token).uniform(0, OPENING))
    figures.pages += 1
    try:
        while True:
            answer = await page.changes(epoch, version, HOLD)
            epoch, version = answer["epoch"], answer["version"]
    finally:
        page.close()


async def _probe(visitor: Browser, figures: Figures) -> None:
    """Measure the response times of one more visitor, whose polls do not wait, until cancelled."""
    try:
        while True:
            begun = time.monotonic()
            await visitor.changes("", 0, 0)
            figures.answers.append(time.monotonic() - begun)
            await asyncio.sleep(0.1)
    finally:
        visitor.close()


async def _press(maker: Browser, figures: Figures) -> None:
    begun = time.monotonic()
    await maker.press()
    figures.presses.append(time.monotonic() - begun)
    await maker.read_receipt()


async def _made(makers: list[Browser]) -> None:
    """Wait until no job of a round is in progress; unknown ones may still be searched for."""
    async with asyncio.timeout(ROUND_SECONDS):
        for maker in makers:
            while {row["state"] for row in (await maker.changes("", 0, 0))["rows"]} & UNDER_WAY:  # noqa: ASYNC110
                await asyncio.sleep(0.5)


async def _settled(makers: list[Browser]) -> None:
    """Wait until no job is in progress and the searches for unknown ones have ended, or must have."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLED_SECONDS):
            await _none_busy(makers)


async def _none_busy(makers: list[Browser]) -> None:
    for maker in makers:
        while (await maker.changes("", 0, 0))["busy"]:  # noqa: ASYNC110 - the app is another process
            await asyncio.sleep(0.5)


def _check(api: FaultyApi, rows: list[dict[str, Any]], presses: int) -> None:
    """Check that every press has an ended job, and every task at most one job, or a job in state unknown for it."""
    assert len(rows) == presses, f"{presses} presses, {len(rows)} tiles"
    assert {row["state"] for row in rows} <= {"completed", "failed", "unknown"}, Counter(row["state"] for row in rows)
    claimed = [row["task"] for row in rows if row["task"]]
    assert len(claimed) == len(set(claimed)), "two jobs have one task"
    unclaimed = set(api.tasks) - set(claimed)
    unknown = sum(row["state"] == "unknown" for row in rows)
    assert len(unclaimed) <= unknown, f"{len(unclaimed)} tasks have no job, {unknown} jobs are unknown"
    accepted = len(api.tasks)
    assert accepted <= presses, "a press was sent twice"
