"""Turns of those who ask for the page: one a client is rendered at a time, and who reads it slowly holds up none."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from components.threads import CLIENT, MAX_WAITING
from components.ui.http.page_turns import PageTurns
from tests.support.asgi import AsgiClient, BlockedApp, scope_of
from tests.support.fake_clock import until


async def asked(client: AsgiClient, address: str, path: str = "/") -> int:
    CLIENT.set(address)
    return await client.get(path)


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info"])
async def test_a_client_waits_for_its_own_pages_alone(path: str) -> None:
    app = BlockedApp()
    client = AsgiClient(PageTurns(app))
    requests = [asyncio.create_task(asked(client, "1.1.1.1", path)) for _ in range(5)]
    other = asyncio.create_task(asked(client, "2.2.2.2", path))
    await until(lambda: app.waiting == 2)
    poll = asyncio.create_task(asked(client, "1.1.1.1", "/gradio_api/queue/data"))
    await until(lambda: app.waiting == 3)
    app.free.set()
    assert set(await asyncio.gather(*requests, other, poll)) == {200}


async def test_more_than_can_wait_are_refused() -> None:
    app = BlockedApp()
    client = AsgiClient(PageTurns(app))
    waiting = [asyncio.create_task(asked(client, "1.1.1.1")) for _ in range(MAX_WAITING + 1)]
    await until(lambda: app.waiting == 1)
    assert await asked(client, "1.1.1.1") == 429
    app.free.set()
    assert set(await asyncio.gather(*waiting)) == {200}


async def test_a_client_that_does_not_read_has_had_its_turn() -> None:
    turns, sending = PageTurns(PlainTextResponse("the page")), asyncio.Event()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Message) -> None:
        sending.set()
        await asyncio.Event().wait()

    CLIENT.set("1.1.1.1")
    slow = asyncio.create_task(turns(scope_of(), receive, send))
    await sending.wait()
    assert await AsgiClient(turns).get() == 200
    slow.cancel()
