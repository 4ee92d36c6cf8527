"""Uploads: what has arrived of them waits on disk, a few at once, and Gradio's folder of them stays within a size."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from pathlib import Path

from starlette.requests import Request
from starlette.types import Message

from components.ui.http.upload_body import read_upload
from components.ui.http.upload_folder import delete_oldest
from tests.support.asgi import UPLOAD, AsgiClient, AsgiResponse, BlockedApp, Echo, rate_limited, scope_of
from tests.support.fake_clock import FakeClock, until

MEGABYTE = 1024 * 1024


async def test_an_upload_that_stalls_waits_on_disk() -> None:
    released, stalled = asyncio.Event(), asyncio.Event()
    parts = (bytes([number]) * MEGABYTE for number in range(20))

    async def receive() -> Message:
        if part := next(parts, None):
            return {"type": "http.request", "body": part, "more_body": True}
        stalled.set()
        await released.wait()
        return {"type": "http.request", "body": b"end", "more_body": False}

    tracemalloc.start()
    try:
        reading = asyncio.create_task(read_upload(Request(scope_of(UPLOAD, "POST"), receive)))
        await stalled.wait()
        assert tracemalloc.get_traced_memory()[0] < 4 * MEGABYTE
    finally:
        tracemalloc.stop()
    released.set()
    assert (await reading).endswith(b"end")


async def test_a_whole_upload_is_read(tmp_path: Path) -> None:
    del tmp_path
    for content in (b"", b"mask", os.urandom(MEGABYTE)):
        answers = iter([{"type": "http.request", "body": content, "more_body": False}])

        async def receive(answers=answers) -> Message:
            return next(answers)

        assert await read_upload(Request(scope_of(UPLOAD, "POST"), receive)) == content


async def test_one_address_has_a_few_uploads_at_once_and_all_have_some_more() -> None:
    app = BlockedApp()
    client = rate_limited(FakeClock(), app, open_uploads=2, open_uploads_in_all=3)
    first = [asyncio.create_task(client.post(UPLOAD)) for _ in range(2)]
    await until(lambda: app.waiting == 2)
    assert await client.post(UPLOAD) == 429
    other = asyncio.create_task(client.post(UPLOAD, client="8.8.8.8"))
    await until(lambda: app.waiting == 3)
    full = await client.request(scope_of(UPLOAD, "POST", client="9.9.9.9"))
    assert (full.status, full.headers["retry-after"]) == (503, "5")
    assert full.sentence == "Too many images are being uploaded right now. Try again in 5 seconds."
    fit = asyncio.create_task(client.post("/playground/sources/fit"))
    await until(lambda: app.waiting == 4)
    app.free.set()
    assert set(await asyncio.gather(*first, other, fit)) == {200}
    assert await client.post(UPLOAD) == 200


class Uploader:
    """Upload that is sent part by part."""

    def __init__(self, client: AsgiClient, address: str) -> None:
        self._parts: asyncio.Queue[bytes] = asyncio.Queue()
        self.answer = AsgiResponse()
        scope = scope_of(UPLOAD, "POST", client=address)
        self.ended = asyncio.ensure_future(client.app(scope, self._receive, self.answer.receive))

    def send(self, part: bytes) -> None:
        self._parts.put_nowait(part)

    async def _receive(self) -> Message:
        part = await self._parts.get()
        return {"type": "http.request", "body": part, "more_body": bool(part)}


async def test_uploads_that_stall_make_room_the_longest_silent_of_who_has_most_first(clock: FakeClock) -> None:
    app = Echo()
    client = rate_limited(clock, app, open_uploads=3, open_uploads_in_all=5)
    stalled = [Uploader(client, "8.8.8.8") for _ in range(3)]
    sound, dripping = Uploader(client, "7.7.7.7"), Uploader(client, "6.6.6.6")
    sent = 0

    async def all_seen() -> None:
        await until(lambda: len(app.seen) == sent)

    for second in range(6):
        clock.advance(1)
        parts = [(sound, bytes(10_000)), (dripping, b"x"), *[(one, b"x") for one in stalled[second:]]]
        for uploader, part in parts:
            uploader.send(part)
            sent += len(part)
        await all_seen()
    # The first of the three is silent for longest.
    for number, ended in enumerate((*stalled, dripping)):
        assert await client.post(UPLOAD, b"whole", client="9.9.9.9") == 200
        await ended.ended
        assert ended.answer.status == 408
        Uploader(client, f"5.5.5.{number}").send(b"x")
        sent += len(b"whole" + b"x")
        await all_seen()
    sound.send(b"")
    await sound.ended
    assert sound.answer.status == 200


async def test_uploads_that_arrive_are_not_ended_for_others(clock: FakeClock) -> None:
    app = Echo()
    client = rate_limited(clock, app, open_uploads=2, open_uploads_in_all=2)
    sending = [Uploader(client, "8.8.8.8") for _ in range(2)]
    clock.advance(4)
    for uploader in sending:
        uploader.send(bytes(100_000))
    await until(lambda: len(app.seen) == 200_000)
    clock.advance(4)
    assert await client.post(UPLOAD, client="9.9.9.9") == 503
    for uploader in sending:
        uploader.send(b"")
        await uploader.ended
        assert uploader.answer.status == 200


def test_the_oldest_files_are_deleted_first(tmp_path: Path) -> None:
    for number in range(5):
        file = tmp_path / f"folder{number}" / "file"
        file.parent.mkdir()
        file.write_bytes(bytes(100))
        os.utime(file, (number, number))
    delete_oldest(tmp_path, 250)
    assert sorted(path.parent.name for path in tmp_path.rglob("file")) == ["folder3", "folder4"]
    delete_oldest(tmp_path / "missing", 250)
