"""The limits of one address: what a school class asks for passes, what one greedy asker asks for does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.ui.bounded import Bounds
from components.ui.buckets import Buckets, Size
from components.ui.limits import MEGABYTE, STANDARD, Limits
from components.ui.remote import is_https, remote
from tests.fakes import FakeClock, until

HERE = "93.184.216.34"
JOIN, CALL, POLL, UPLOAD = (
    "/gradio_api/queue/join",
    "/gradio_api/call/generate",
    "/gradio_api/component_server/",
    "/gradio_api/upload",
)


def scope_of(
    path: str = "/", method: str = "GET", client: str | None = HERE, headers: Iterable[tuple[str, str]] = ()
) -> Scope:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "query_string": b"",
        "client": (client, 1) if client else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


class Asker:
    """Speaks ASGI to an app as a server does, and keeps what came back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def ask(self, scope: Scope, chunks: Iterable[bytes] = (), *, ends: bool = True) -> Answer:
        answer = Answer()
        parts = list(chunks)
        messages: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        if ends:
            messages.append({"type": "http.request", "body": b"", "more_body": False})
        messages.reverse()
        answer.unread = messages

        async def receive() -> Message:
            if not messages:
                await asyncio.Event().wait()
            return messages.pop()

        await self.app(scope, receive, answer.take)
        return answer

    async def get(self, path: str = "/", **scope: Any) -> int:
        return (await self.ask(scope_of(path, **scope))).status

    async def post(self, path: str, body: bytes = b"{}", **scope: Any) -> int:
        return (await self.ask(scope_of(path, "POST", **scope), [body])).status


class Answer:
    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, {}, b""
        self.unread: list[Message] = []

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert not self.status, "answered twice"
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")

    @property
    def sentence(self) -> str:
        return json.loads(self.body)["error"]


class Echo:
    """An app that reads its body to the end, and remembers what it saw of it."""

    def __init__(self) -> None:
        self.seen = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async for chunk in Request(scope, receive).stream():
            self.seen += chunk
        await PlainTextResponse("reached")(scope, receive, send)


class Holding:
    """An app that keeps every asker waiting until told."""

    def __init__(self) -> None:
        self.held, self.free = 0, asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.held += 1
        await self.free.wait()
        await PlainTextResponse("at last")(scope, receive, send)


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def asker(echo, clock):
    return Asker(Limits(echo, clock, STANDARD))


def small(clock: FakeClock, app: ASGIApp, **changed: Any) -> Asker:
    return Asker(Limits(app, clock, replace(STANDARD, **changed)))


async def test_a_school_class_behind_one_address_opens_the_page_and_presses_at_once(asker):
    opened = [await asker.get("/assets/index.js") for _ in range(30 * 90)]
    pressed = [await asker.post(JOIN) for _ in range(25 * 8)]
    assert set(opened) == set(pressed) == {200}


async def test_a_thousand_visitors_of_one_address_are_held_at_once(clock):
    app = Holding()
    asker = Asker(Limits(app, clock, STANDARD))
    polls = [asyncio.create_task(asker.post(POLL)) for _ in range(1000)]
    await until(lambda: app.held == 1000)
    app.free.set()
    assert set(await asyncio.gather(*polls)) == {200}


async def test_a_thousand_visitors_polls_go_on_for_minutes(asker, clock):
    for _ in range(180):
        clock.advance(1)
        assert {await asker.post(POLL) for _ in range(50)} == {200}


async def test_one_address_cannot_hold_every_socket_and_others_are_let_in(clock):
    app = Holding()
    asker = small(clock, app, held=3)
    polls = [asyncio.create_task(asker.post(POLL)) for _ in range(3)]
    await until(lambda: app.held == 3)
    refused = await asker.ask(scope_of(POLL, "POST"))
    assert refused.status == 429
    assert refused.headers["retry-after"] == "5"
    other = asyncio.create_task(asker.post(POLL, client="8.8.8.8"))
    await until(lambda: app.held == 4)
    app.free.set()
    assert set(await asyncio.gather(*polls, other)) == {200}
    assert await asker.post(POLL) == 200


async def test_a_place_is_freed_when_the_app_fails_or_the_asker_leaves(clock):
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("a fault of ours")

    asker = small(clock, failing, held=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="a fault of ours"):
            await asker.get()
    holding = Holding()
    asker = small(clock, holding, held=1)
    left = asyncio.create_task(asker.get())
    await until(lambda: holding.held == 1)
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    holding.free.set()
    assert await asker.get() == 200


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [("/config", "GET", 3000), (POLL, "POST", 3000), (JOIN, "POST", 400), (CALL, "POST", 400), (UPLOAD, "POST", 100)],
)
async def test_each_route_has_its_limit_and_says_when_to_come_back(asker, clock, path, method, allowed):
    statuses = [(await asker.ask(scope_of(path, method))).status for _ in range(allowed)]
    refused = await asker.ask(scope_of(path, method))
    assert set(statuses) == {200}
    assert refused.status == 429
    assert b"Too many requests from your address. Try again in 1 second." in refused.body
    clock.advance(float(refused.headers["retry-after"]))
    assert (await asker.ask(scope_of(path, method))).status == 200


async def test_presses_used_up_leave_the_page_readable(asker):
    pressed = [await asker.post(JOIN) for _ in range(401)]
    assert pressed[-1] == 429
    assert await asker.get("/") == 200
    assert await asker.post(POLL) == 200
    assert await asker.post(JOIN, client="8.8.8.8") == 200


async def test_bytes_are_counted_over_all_bodies_of_an_address(clock, echo):
    asker = small(clock, echo, volume=Size(burst=3 * MEGABYTE, a_second=MEGABYTE))
    megabyte = bytes(MEGABYTE)
    assert [await asker.post(POLL, megabyte) for _ in range(4)] == [200, 200, 200, 429]
    clock.advance(1)
    assert [await asker.post(POLL, megabyte) for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(("path", "limit"), [(POLL, MEGABYTE), (JOIN, MEGABYTE), (UPLOAD, 25 * MEGABYTE)])
async def test_a_body_up_to_its_limit_passes_and_one_byte_more_does_not(clock, path, limit):
    for size, status in ((limit, 200), (limit + 1, 413)):
        app = Echo()
        pieces = [bytes(limit), b"x" * (size - limit)]
        answer = await Asker(Limits(app, clock, STANDARD)).ask(scope_of(path, "POST"), pieces)
        assert answer.status == status
        assert len(app.seen) == limit


async def test_a_body_that_says_it_is_too_large_is_not_read_by_the_app(asker, echo):
    declared = [("content-length", str(2 * MEGABYTE))]
    answer = await asker.ask(scope_of(POLL, "POST", headers=declared), [bytes(MEGABYTE)] * 2)
    assert (answer.status, echo.seen) == (413, b"")
    assert answer.sentence == "This request is too large: at most 1 MB."
    assert answer.headers["connection"] == "close"


async def test_a_body_without_end_is_cut_off_after_twice_its_limit(asker, echo):
    answer = await asker.ask(scope_of(POLL, "POST"), [bytes(MEGABYTE)] * 50)
    assert answer.status == 413
    assert len(echo.seen) == MEGABYTE
    assert len(answer.unread) >= 47


async def test_reads_take_no_body(asker, echo):
    answer = await asker.ask(scope_of("/config"), [b"x"])
    assert (answer.status, echo.seen) == (413, b"")


async def test_an_app_that_swallows_the_cut_is_answered_for_all_the_same(clock):
    async def swallowing(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Exception:  # noqa: BLE001 - as FastAPI does
            await PlainTextResponse("There was an error parsing the body", 400)(scope, receive, send)

    answer = await Asker(Limits(swallowing, clock, STANDARD)).ask(scope_of(POLL, "POST"), [bytes(MEGABYTE), b"x"])
    assert answer.status == 413
    assert answer.sentence == "This request is too large: at most 1 MB."


@pytest.mark.parametrize(("path", "seconds"), [(POLL, 60), (UPLOAD, 300)])
async def test_a_body_that_drips_is_cut_off(clock, path, seconds):
    async def dripping() -> Message:
        clock.advance(1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    app, answer = Echo(), Answer()
    await Limits(app, clock, STANDARD)(scope_of(path, "POST"), dripping, answer.take)
    assert answer.status == 408
    assert answer.sentence == "The request took too long to arrive."
    assert len(app.seen) == seconds


async def test_a_body_that_never_comes_is_not_waited_for(clock, echo):
    asker = small(clock, echo, body=Bounds(most=MEGABYTE, seconds=0.01))
    answer = await asker.ask(scope_of(POLL, "POST"), ends=False)
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

    answer = Answer()
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    reading = asyncio.create_task(Limits(streaming, clock, STANDARD)(scope_of(), receive, answer.take))
    await began.wait()
    assert answer.body == b"data: 1\n\n"
    clock.advance(3600)
    go_on.set()
    await reading
    assert answer.body == b"data: 1\n\ndata: 2\n\n"


async def test_what_is_no_request_passes(clock):
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    await Limits(app, clock, STANDARD)({"type": "lifespan"}, Asker.get, Answer().take)  # type: ignore[arg-type]
    assert seen == ["lifespan"]


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        (HERE, [], HERE),
        (HERE, ["8.8.8.8"], HERE),  # not behind a proxy: the header is the asker's own invention
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["8.8.8.8"], "8.8.8.8"),
        ("10.0.0.7", ["1.1.1.1, 8.8.8.8"], "8.8.8.8"),  # the left one may be forged
        ("10.0.0.7", ["1.1.1.1", "8.8.8.8"], "8.8.8.8"),
        ("10.0.0.7", ["8.8.8.8, 10.16.3.4"], "8.8.8.8"),  # the right one is another proxy of ours
        ("10.0.0.7", ["192.168.0.4, 10.16.3.4"], "10.16.3.4"),
        ("10.0.0.7", ["8.8.8.8:4711"], "8.8.8.8"),
        ("10.0.0.7", ["8.8.8.8, nonsense"], "10.0.0.7"),
        ("10.0.0.7", [", ,"], "10.0.0.7"),
        ("100.64.0.3", ["8.8.8.8"], "8.8.8.8"),
        ("::1", ["[2a00:1450:4001:82a::200e]:99"], "2a00:1450:4001:82a::/64"),
        ("2a00:1450:4001:82a::1", [], "2a00:1450:4001:82a::/64"),
        ("2a00:1450:4001:82a:ffff::2", [], "2a00:1450:4001:82a::/64"),
        ("::ffff:93.184.216.34", [], HERE),
        ("a name", ["8.8.8.8"], "unknown"),
        (None, ["8.8.8.8"], "unknown"),
    ],
)
def test_whose_limits_are_counted(client, forwarded, address):
    headers = [("x-forwarded-for", entry) for entry in forwarded]
    assert remote(scope_of(client=client, headers=headers)) == address


@pytest.mark.parametrize(
    ("scheme", "forwarded", "told"),
    [("http", [], False), ("https", [], True), ("http", ["https"], True), ("http", ["https, http"], True)],
)
def test_https_is_seen_through_a_proxy(scheme, forwarded, told):
    headers = [("x-forwarded-proto", entry) for entry in forwarded]
    assert is_https({**scope_of(headers=headers), "scheme": scheme}) == told


def test_what_is_refused_is_not_drawn(clock):
    buckets = Buckets(Size(burst=2, a_second=1), clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 1, 1]
    clock.advance(0.75)
    assert buckets.take("a") == 0.25


def test_full_buckets_are_forgotten(clock):
    buckets = Buckets(Size(burst=100, a_second=1), clock)
    for number in range(1000):
        buckets.take(str(number))
    buckets.take("busy", 100)
    assert len(buckets) == 1001
    clock.advance(61)
    buckets.take("late")
    assert len(buckets) == 2
    assert buckets.take("busy", 62) > 0


def test_memory_is_bounded_whoever_comes(clock):
    buckets = Buckets(Size(burst=10, a_second=0.001), clock)
    for number in range(60_000):
        buckets.take(str(number))
    assert len(buckets) == 50_000
    assert buckets.take("59999", 10) > 0
