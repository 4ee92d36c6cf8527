"""Rate limits of one address: a school class passes, one greedy client does not."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from components.domain.token_bucket import BucketSize
from components.ui.http.rate_limit import DEFAULT_RATES, MEGABYTE, RateLimit
from tests.support.asgi import (
    CALL,
    JOIN,
    POLL,
    UPLOAD,
    AsgiClient,
    AsgiResponse,
    BlockedApp,
    rate_limited,
    scope_of,
)
from tests.support.fake_clock import until


async def test_a_school_class_behind_one_address_opens_the_page_and_presses_at_once(client):
    opened = [await client.get("/assets/index.js") for _ in range(30 * 90)]
    pressed = [await client.post(JOIN) for _ in range(25 * 8)]
    assert set(opened) == set(pressed) == {200}


async def test_a_thousand_visitors_of_one_address_are_held_at_once(clock):
    app = BlockedApp()
    client = AsgiClient(RateLimit(app, clock, DEFAULT_RATES))
    polls = [asyncio.create_task(client.post(POLL)) for _ in range(1000)]
    await until(lambda: app.waiting == 1000)
    app.free.set()
    assert set(await asyncio.gather(*polls)) == {200}


async def test_a_thousand_visitors_polls_go_on_for_minutes(client, clock):
    for _ in range(180):
        clock.advance(1)
        assert {await client.post(POLL) for _ in range(50)} == {200}


async def test_one_address_cannot_hold_every_socket_and_others_are_let_in(clock):
    app = BlockedApp()
    client = rate_limited(clock, app, open_requests=3)
    polls = [asyncio.create_task(client.post(POLL)) for _ in range(3)]
    await until(lambda: app.waiting == 3)
    refused = await client.request(scope_of(POLL, "POST"))
    assert refused.status == 429
    assert refused.headers["retry-after"] == "5"
    other = asyncio.create_task(client.post(POLL, client="8.8.8.8"))
    await until(lambda: app.waiting == 4)
    app.free.set()
    assert set(await asyncio.gather(*polls, other)) == {200}
    assert await client.post(POLL) == 200


async def test_a_place_is_freed_when_the_app_fails_or_the_asker_leaves(clock):
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("a fault of ours")

    client = rate_limited(clock, failing, open_requests=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="a fault of ours"):
            await client.get()
    blocked = BlockedApp()
    client = rate_limited(clock, blocked, open_requests=1)
    left = asyncio.create_task(client.get())
    await until(lambda: blocked.waiting == 1)
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    blocked.free.set()
    assert await client.get() == 200


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [("/config", "GET", 3000), (POLL, "POST", 3000), (JOIN, "POST", 400), (CALL, "POST", 400), (UPLOAD, "POST", 100)],
)
async def test_each_route_has_its_limit_and_says_when_to_come_back(client, clock, path, method, allowed):
    statuses = [(await client.request(scope_of(path, method))).status for _ in range(allowed)]
    refused = await client.request(scope_of(path, method))
    assert set(statuses) == {200}
    assert refused.status == 429
    assert b"Too much activity from your network. Try again in 1 second." in refused.body
    clock.advance(float(refused.headers["retry-after"]))
    assert (await client.request(scope_of(path, method))).status == 200


async def test_presses_used_up_leave_the_page_readable(client):
    pressed = [await client.post(JOIN) for _ in range(401)]
    assert pressed[-1] == 429
    assert await client.get("/") == 200
    assert await client.post(POLL) == 200
    assert await client.post(JOIN, client="8.8.8.8") == 200


async def test_bytes_are_counted_over_all_bodies_of_an_address(clock, echo):
    client = rate_limited(clock, echo, body_bytes=BucketSize(burst=3 * MEGABYTE, per_second=MEGABYTE))
    megabyte = bytes(MEGABYTE)
    assert [await client.post(POLL, megabyte) for _ in range(4)] == [200, 200, 200, 429]
    clock.advance(1)
    assert [await client.post(POLL, megabyte) for _ in range(2)] == [200, 429]


async def test_what_is_no_request_passes(clock):
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await RateLimit(app, clock, DEFAULT_RATES)({"type": "lifespan"}, AsgiClient.get, AsgiResponse().receive)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
