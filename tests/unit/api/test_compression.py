"""Compressed answers: only gzip, which unpacks a bounded number of bytes at once, is read."""

from __future__ import annotations

import gzip
import io
import json

import pytest

from components.errors import ImageUnavailable, PollFailed, SubmissionUnknown
from tests.support.raw_server import REQUEST, RawServer, whole
from tests.support.recorded import TASK
from tests.support.scripted_api import MODEL

brotli = pytest.importorskip("brotli")
ANSWER = json.dumps({"code": 200, "data": {"id": TASK, "status": "processing"}}).encode()


def packed(encoding: str, body: bytes) -> bytes:
    return {"br": brotli.compress, "gzip": gzip.compress, "gzip, gzip": lambda it: gzip.compress(gzip.compress(it))}[
        encoding
    ](body)


def encoded(encoding: str, body: bytes) -> RawServer:
    return RawServer(whole(packed(encoding, body), **{"content-encoding": encoding}))


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip"])
async def test_what_unpacks_without_bound_is_not_read(at, encoding):
    async with encoded(encoding, ANSWER).open() as api:
        client, picture = at(api.url), io.BytesIO()
        with pytest.raises(SubmissionUnknown):
            await client.submit(MODEL, REQUEST)
        with pytest.raises(PollFailed):
            await client.get_task(TASK)
        with pytest.raises(ImageUnavailable):
            await client.download(f"{api.url}/x.png", picture)
    assert not picture.getvalue()


async def test_gzip_is_read(at):
    async with encoded("gzip", ANSWER).open() as api:
        assert (await at(api.url).get_task(TASK)).task_id == TASK


async def test_no_other_encoding_is_asked_for(at):
    async with RawServer(whole(ANSWER)).open() as api:
        await at(api.url).get_task(TASK)
        await at(api.url).download(f"{api.url}/x.png", io.BytesIO())
    asked = [
        line.lower() for head in api.heads for line in head.splitlines() if line.lower().startswith(b"accept-enc")
    ]
    assert asked == [b"accept-encoding: gzip", b"accept-encoding: identity"]
