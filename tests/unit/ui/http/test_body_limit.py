"""Size and time limits of a request body, and what is answered when one is passed."""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from components.ui.http.body_limit import BodyBounds
from components.ui.http.rate_limit import DEFAULT_RATES, MEGABYTE, RateLimit
from tests.support.asgi import JOIN, POLL, UPLOAD, AsgiClient, AsgiResponse, Echo, rate_limited, scope_of


@pytest.mark.parametrize(("path", "limit"), [(POLL, MEGABYTE), (JOIN, MEGABYTE), (UPLOAD, 45 * MEGABYTE)])
async def test_a_body_up_to_its_limit_passes_and_one_byte_more_does_not(clock, path, limit):
    for size, status in ((limit, 200), (limit + 1, 413)):
        app = Echo()
        pieces = [bytes(limit), b"x" * (size - limit)]
        answer = await AsgiClient(RateLimit(app, clock, DEFAULT_RATES)).request(scope_of(path, "POST"), pieces)
        assert answer.status == status
        assert len(app.seen) == limit


async def test_a_body_that_says_it_is_too_large_is_not_read_by_the_app(client, echo):
    declared = [("content-length", str(2 * MEGABYTE))]
    answer = await client.request(scope_of(POLL, "POST", headers=declared), [bytes(MEGABYTE)] * 2)
    assert (answer.status, echo.seen) == (413, b"")
    assert answer.sentence == "This is too large: the limit is 1 MB."
    assert answer.headers["connection"] == "close"


async def test_a_body_without_end_is_cut_off_after_twice_its_limit(client, echo):
    answer = await client.request(scope_of(POLL, "POST"), [bytes(MEGABYTE)] * 50)
    assert answer.status == 413
    assert len(echo.seen) == MEGABYTE
    assert len(answer.unread) >= 47


async def test_reads_take_no_body(client, echo):
    answer = await client.request(scope_of("/config"), [b"x"])
    assert (answer.status, echo.seen) == (413, b"")


async def test_an_app_that_swallows_the_cut_is_answered_for_all_the_same(clock):
    async def swallowing(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Exception:  # noqa: BLE001 - as FastAPI does
            await PlainTextResponse("There was an error parsing the body", 400)(scope, receive, send)

    answer = await AsgiClient(RateLimit(swallowing, clock, DEFAULT_RATES)).request(
        scope_of(POLL, "POST"), [bytes(MEGABYTE), b"x"]
    )
    assert answer.status == 413
    assert answer.sentence == "This is too large: the limit is 1 MB."


@pytest.mark.parametrize(("path", "seconds"), [(POLL, 60), (UPLOAD, 300)])
async def test_a_body_that_drips_is_cut_off(clock, path, seconds):
    async def dripping() -> Message:
        clock.advance(1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    app, answer = Echo(), AsgiResponse()
    await RateLimit(app, clock, DEFAULT_RATES)(scope_of(path, "POST"), dripping, answer.receive)
    assert answer.status == 408
    assert answer.sentence == "The upload took too long."
    assert len(app.seen) == seconds


async def test_a_body_that_never_comes_is_not_waited_for(clock, echo):
    client = rate_limited(clock, echo, body=BodyBounds(max_bytes=MEGABYTE, seconds=0.01))
    answer = await client.request(scope_of(POLL, "POST"), ends=False)
    assert answer.status == 408


async def test_streams_pass_as_they_come_and_the_deadline_ends_with_the_body(clock):
    began, go_on = asyncio.Event(), asyncio.Event()

    async def events():
        yield b"data: 1\n\n"
        began.set()
        await go_on.wait()
        yield b"data: 2\n\n"

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(events(), media_type="text/event-stream")(scope, receive, send)

    answer = AsgiResponse()
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    reading = asyncio.create_task(RateLimit(streaming, clock, DEFAULT_RATES)(scope_of(), receive, answer.receive))
    await began.wait()
    assert answer.body == b"data: 1\n\n"
    clock.advance(3600)
    go_on.set()
    await reading
    assert answer.body == b"data: 1\n\ndata: 2\n\n"
