"""Connections that send no request or read no answer are ended; a flood of them keeps no one out."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from components.net.http_connections import HEAD_BYTES, ConnectionBounds, OpenConnections
from components.net.proxies import LOOPBACK_ONLY
from tests.support.fake_clock import until

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx"
SOON = ConnectionBounds(per_address=3, per_proxy=3, in_all=9, head_seconds=0.2, unread_seconds=0.2)
LATE = ConnectionBounds(per_address=3, per_proxy=3, in_all=9, head_seconds=60, unread_seconds=60)


class Served:
    """Server on loopback; `running` counts the answers that are not complete."""

    def __init__(self) -> None:
        self.port, self.running, self.free = 0, 0, asyncio.Event()
        self._clients: list[asyncio.StreamWriter] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._clients.append(writer)
        return reader, writer

    async def leave(self) -> None:
        """Close all connections."""
        for writer in self._clients:
            writer.transport.abort()
        for writer in self._clients:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def answer(self, request: bytes = GET) -> bytes:
        """Return the status line of the answer to a request on a new connection."""
        reader, writer = await self.connect()
        writer.write(request)
        line = await reader.readline()
        writer.close()
        return line.strip()

    async def _plain(self, _: Request) -> PlainTextResponse:
        return PlainTextResponse("reached")

    async def _blocked(self, _: Request) -> PlainTextResponse:
        self.running += 1
        await self.free.wait()
        return PlainTextResponse("at last")

    async def _read(self, request: Request) -> PlainTextResponse:
        self.running += 1
        return PlainTextResponse(await request.body())

    def has_running(self, count: int) -> bool:
        """Return whether so many answers are not complete."""
        return self.running == count

    async def _endless(self, _: Request) -> StreamingResponse:
        async def parts() -> AsyncGenerator[bytes]:
            self.running += 1
            try:
                while True:
                    yield bytes(65536)
                    await asyncio.sleep(0)
            finally:
                self.running -= 1

        return StreamingResponse(parts())

    @property
    def app(self) -> Starlette:
        places = {"/": self._plain, "/blocked": self._blocked, "/endless": self._endless}
        reading = Route("/read", self._read, methods=["POST"])
        return Starlette(routes=[*(Route(path, endpoint) for path, endpoint in places.items()), reading])


@contextlib.asynccontextmanager
async def serving(bounds: ConnectionBounds, keep_alive: int = 60) -> AsyncGenerator[Served]:
    served = Served()
    protocol = OpenConnections(bounds, LOOPBACK_ONLY).protocol
    config = uvicorn.Config(
        served.app,
        http=protocol,  # pyright: ignore[reportArgumentType]
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=1,
        log_level="critical",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served.port = listener.getsockname()[1]
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started)
        try:
            yield served
        finally:
            served.free.set()
            await served.leave()
            server.should_exit = True
            await task


async def is_ended(reader: asyncio.StreamReader, seconds: float = 10) -> bool:
    """Return whether the server ends the connection; what it sends before is discarded."""
    try:
        async with asyncio.timeout(seconds):
            while await reader.read(65536):
                pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Dripping: "])
async def test_a_connection_without_a_whole_request_is_ended(begin):
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        writer.write(begin)
        assert await is_ended(reader)


async def test_a_head_that_drips_is_no_reason_to_wait():
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        ending = asyncio.create_task(is_ended(reader))
        with contextlib.suppress(ConnectionError):
            while not ending.done():
                writer.write(b"G")
                await asyncio.wait([ending], timeout=0.02)
        assert await ending


async def test_half_a_second_request_is_ended_like_half_a_first():
    """uvicorn stops its own timer at the first byte after an answer."""
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        writer.write(GET)
        assert await reader.readuntil(b"reached")
        writer.write(b"G")
        assert await is_ended(reader)


async def test_between_requests_a_connection_lives_as_long_as_uvicorn_lets_it():
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        writer.write(GET)
        assert await reader.readuntil(b"reached")
        assert not await is_ended(reader, seconds=0.5)
        writer.write(GET)
        assert await reader.readuntil(b"reached")


async def test_an_answer_that_takes_long_is_waited_for():
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        writer.write(GET.replace(b"/ ", b"/blocked "))
        assert not await is_ended(reader, seconds=0.5)
        served.free.set()
        assert b"200" in await reader.readline()


async def test_an_answer_that_no_one_reads_is_ended():
    async with serving(SOON) as served:
        _, writer = await served.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(GET.replace(b"/ ", b"/endless "))
        await until(lambda: served.running)
        await until(lambda: not served.running)


@pytest.mark.parametrize(
    "request_head",
    [b"GET /?" + b"x" * 200_000, b"GET / HTTP/1.1\r\nCookie: " + b"x" * 58_000, GET[:-2] + b"X: y\r\n" * 9000],
)
async def test_a_head_beyond_the_limit_is_refused_however_it_comes(request_head):
    async with serving(LATE) as served:
        assert (await served.answer(request_head + b"\r\n\r\n"))[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 400")
        assert await served.answer(GET[:-2] + b"Cookie: " + b"x" * 16_000 + b"\r\n\r\n") == b"HTTP/1.1 200 OK"


async def test_a_flood_of_silent_connections_keeps_no_one_out():
    async with serving(LATE) as served:
        silent = [await served.connect() for _ in range(3)]
        silent[2][1].write(b"GET / HT")
        for _ in range(2):
            assert await served.answer() == b"HTTP/1.1 200 OK"
        assert await is_ended(silent[0][0])


async def test_an_address_with_as_many_requests_as_it_may_have_gets_no_further_connection():
    async with serving(LATE) as served:
        busy = [await served.connect() for _ in range(3)]
        for _, writer in busy:
            writer.write(GET.replace(b"/ ", b"/blocked "))
        await until(lambda: served.running == 3)
        assert await is_ended((await served.connect())[0])
        served.free.set()
        for reader, _ in busy:
            assert b"200" in await reader.readline()
        assert await served.answer() == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(("seconds", "status"), [(0.0, b"HTTP/1.1 200 OK"), (60.0, b"")])
@pytest.mark.parametrize("bounds", [replace(LATE, per_proxy=2), replace(LATE, in_all=2)], ids=["a proxy", "all"])
async def test_of_requests_that_stall_the_one_silent_for_longest_makes_room(bounds, seconds, status):
    async with serving(replace(bounds, stalled_seconds=seconds)) as served:
        stalled = [await served.connect() for _ in range(2)]
        for _, writer in stalled:
            writer.write(POST)
            count = served.running + 1
            await until(partial(served.has_running, count))
        with contextlib.suppress(ConnectionError):
            assert await served.answer() == status
        assert stalled[1][0].at_eof() is False
        assert await is_ended(stalled[0][0], 0.05) is bool(status)


async def test_another_protocol_is_not_spoken():
    upgrade = GET[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    async with serving(LATE) as served:
        assert await served.answer(upgrade) == b"HTTP/1.1 200 OK"
