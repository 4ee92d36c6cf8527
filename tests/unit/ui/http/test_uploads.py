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
from tests.support.asgi import UPLOAD, BlockedApp, rate_limited, scope_of
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
    assert await client.post(UPLOAD, client="9.9.9.9") == 429
    fit = asyncio.create_task(client.post("/playground/sources/fit"))
    await until(lambda: app.waiting == 4)
    app.free.set()
    assert set(await asyncio.gather(*first, other, fit)) == {200}
    assert await client.post(UPLOAD) == 200


def test_the_oldest_files_are_deleted_first(tmp_path: Path) -> None:
    for number in range(5):
        file = tmp_path / f"folder{number}" / "file"
        file.parent.mkdir()
        file.write_bytes(bytes(100))
        os.utime(file, (number, number))
    delete_oldest(tmp_path, 250)
    assert sorted(path.parent.name for path in tmp_path.rglob("file")) == ["folder3", "folder4"]
    delete_oldest(tmp_path / "missing", 250)
