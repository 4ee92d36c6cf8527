"""Optional work: in threads of its own, in which one client waits for itself alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from components.errors import TooBusy
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from components.threads import CLIENT, MAX_WAITING, ClientThreads
from components.ui.http.rate_limit import DEFAULT_RATES, RateLimit
from components.ui.panels import lora_rows, prompt_length
from tests.support.asgi import JOIN, AsgiClient
from tests.support.fake_clock import FakeClock, until

MANY = 40
"""More than there are threads in asyncio's own pool on any machine with up to 32 cores."""


@pytest.fixture
def gate() -> Generator[threading.Event]:
    """Event that the blocked threads of a test wait for; it is set at the end of the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("kind", ["words", "tags", "thumbnails"])
async def test_paid_work_does_not_wait_behind_optional_work(
    kind: str, gate: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = AsyncStore(Store(tmp_path))
    monkeypatch.setattr(prompt_length, "_messages_json", lambda _: gate.wait(30))
    monkeypatch.setattr(lora_rows, "_lora_of_tag", lambda *_: gate.wait(30))
    monkeypatch.setattr(store.blocking, "thumbnail", lambda _: gate.wait(30))
    # A server function never reaches for the checker here: its work is replaced.
    take_tags = lora_rows._server_functions(None)[2]  # type: ignore[arg-type]
    work = {
        "words": lambda: prompt_length.prompt_length({"prompt": "a"}),
        "tags": lambda: take_tags({"prompt": "<lora:a:1>"}),
        "thumbnails": lambda: store.thumbnail("a.png"),
    }[kind]
    waiting = [asyncio.ensure_future(work()) for _ in range(MANY)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "written"), 5) == "written"
    gate.set()
    await asyncio.gather(*waiting)
    store.close()


async def test_a_client_waits_for_its_own_work_alone(gate: threading.Event) -> None:
    pool = ClientThreads("test")
    CLIENT.set("1.1.1.1")
    greedy = [asyncio.create_task(pool.run(gate.wait, 30)) for _ in range(MANY)]
    await asyncio.sleep(0)
    CLIENT.set("2.2.2.2")
    assert await asyncio.wait_for(pool.run(lambda: "counted"), 5) == "counted"
    gate.set()
    assert await asyncio.gather(*greedy) == [True] * MANY


async def test_work_goes_on_for_its_client_when_the_request_has_ended(gate: threading.Event) -> None:
    pool = ClientThreads("test")
    first = asyncio.create_task(pool.run(gate.wait, 30))
    await asyncio.sleep(0)
    first.cancel()
    second = asyncio.create_task(pool.run(lambda: "counted"))
    done, _ = await asyncio.wait([second], timeout=0.05)
    assert not done
    gate.set()
    assert await second == "counted"


async def test_what_is_too_much_is_refused(gate: threading.Event) -> None:
    pool = ClientThreads("test")
    waiting = [asyncio.create_task(pool.run(gate.wait, 30)) for _ in range(MAX_WAITING + 1)]
    await until(lambda: len(waiting) == len(asyncio.all_tasks()) - 1)
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await pool.run(lambda: "counted")
    with pytest.raises(TooBusy):
        async with pool.turn():
            pytest.fail("not its turn")
    gate.set()
    await asyncio.gather(*waiting)
    assert await pool.run(lambda: "counted") == "counted"


async def test_a_turn_holds_the_client_s_other_work(gate: threading.Event) -> None:
    pool = ClientThreads("test")
    async with pool.turn():
        later = asyncio.create_task(pool.run(lambda: "counted"))
        done, _ = await asyncio.wait([later], timeout=0.05)
        assert not done
    assert await later == "counted"


async def test_the_client_of_a_request_is_its_address() -> None:
    seen: list[str] = []

    async def app(*_: object) -> None:
        seen.append(CLIENT.get())

    await AsgiClient(RateLimit(app, FakeClock(), DEFAULT_RATES)).post(JOIN, client="8.8.8.8")
    assert seen == ["8.8.8.8"]
