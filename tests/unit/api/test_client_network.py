"""Failing networks: what never left, what may have arrived, certificates, deadlines and sizes."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import ssl
import time

import httpx
import pytest
import trustme

from components.api.body import IMAGE_LIMIT
from components.api.client import Client
from components.api.endpoint import Endpoint
from components.errors import CertificateError, ConnectionFailed, ImageUnavailable, PollFailed, SubmissionUnknown
from components.net.http_pool import HttpPool, Timeouts
from tests.support.raw_server import JSON, REQUEST, RawServer, whole
from tests.support.scripted_api import MODEL
from tests.support.v3_service import KEY, free_port

# --- what never left, and what may have ---


async def test_a_refused_connection_sent_nothing(at):
    client = at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ConnectionFailed):
        await client.submit(MODEL, REQUEST)
    with pytest.raises(PollFailed):
        await client.get_task("t")


async def test_a_name_that_is_not_found_sent_nothing(at):
    with pytest.raises(ConnectionFailed):
        await at("http://no-such-name.invalid").submit(MODEL, REQUEST)


async def test_a_reset_after_the_task_was_made_is_unknown_and_one_post(client, hosted):
    hosted.next_submits = [lambda: None]
    with pytest.raises(SubmissionUnknown):
        await client.submit(MODEL, REQUEST)
    assert len(hosted.posts) == len(hosted.tasks) == 1


@pytest.mark.parametrize("cut", [0, 5, len(JSON), len(JSON) + 30])
async def test_an_answer_that_breaks_off_is_unknown(at, cut):
    body = json.dumps({"code": 200, "data": {"id": "t", "status": "created"}}).encode()
    async with RawServer(whole(body)[:cut]).open() as api:
        with pytest.raises(SubmissionUnknown):
            await at(api.url).submit(MODEL, REQUEST)
        assert len(api.heads) == 1


async def test_an_answer_that_is_no_http_is_unknown(at):
    async with RawServer(b"SSH-2.0-OpenSSH\r\n\r\n").open() as api:
        with pytest.raises(SubmissionUnknown):
            await at(api.url).submit(MODEL, REQUEST)


async def test_a_certificate_that_proves_nothing_gets_nothing(at):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    wire = RawServer(whole(b"{}"))
    async with wire.open(context):
        client = at(f"https://127.0.0.1:{wire.port}")
        with pytest.raises(CertificateError, match="not even the key"):
            await client.submit(MODEL, REQUEST)
    assert not wire.heads


def trusted(context: ssl.SSLContext) -> HttpPool:
    return HttpPool(lambda: httpx.AsyncClient(verify=context, trust_env=False))


async def test_a_certificate_for_another_name_gets_nothing():
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.test").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    wire = RawServer(whole(b"{}"))
    async with wire.open(context), contextlib.aclosing(trusted(trusting)) as connections:
        client = Client(connections, connections, Endpoint(f"https://127.0.0.1:{wire.port}", KEY))
        with pytest.raises(CertificateError):
            await client.submit(MODEL, REQUEST)
    assert not wire.heads


# --- deadlines and sizes ---


async def test_a_slow_drip_ends_by_the_deadline(at):
    async with RawServer(*[JSON, *[b"x: y\r\n"] * 1000], pause=0.01).open() as api:
        client = at(api.url, patience=Timeouts(call=0.1, download=0.1))
        began = time.monotonic()
        with pytest.raises(SubmissionUnknown):
            await client.submit(MODEL, REQUEST)
        with pytest.raises(PollFailed):
            await client.get_task("t")
        with pytest.raises(ImageUnavailable):
            await client.download(f"{api.url}/x", io.BytesIO())
        assert time.monotonic() - began < 3


async def test_an_answer_that_never_comes_ends_by_the_deadline(at):
    async with RawServer(stay=True).open() as api:
        client = at(api.url, patience=Timeouts(call=0.1))
        with pytest.raises(SubmissionUnknown):
            await client.submit(MODEL, REQUEST)


async def test_a_picture_over_40_mb_is_not_fetched(at):
    bomb = gzip.compress(bytes(IMAGE_LIMIT + 1), 1)
    async with RawServer(whole(bomb, **{"content-encoding": "gzip"})).open() as api:
        with pytest.raises(ImageUnavailable, match="40 MB"):
            await at(api.url).download(f"{api.url}/x", io.BytesIO())


async def test_a_picture_that_breaks_off_is_trouble(at):
    async with RawServer(whole(b"x" * 1000)[:-1]).open() as api:
        with pytest.raises(ImageUnavailable):
            await at(api.url).download(f"{api.url}/x", io.BytesIO())


@pytest.mark.parametrize("status", [302, 403, 404, 500])
async def test_a_picture_that_is_not_there_is_trouble(at, status):
    answer = f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".encode()
    async with RawServer(answer).open() as api:
        target = io.BytesIO()
        with pytest.raises(ImageUnavailable):
            await at(api.url).download(f"{api.url}/x", target)
        assert len(api.heads) == 1
    assert not target.getvalue()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{other}/x",
        "http://files.test/x.png",
        "https://files.test:8443/x.png",
        "https://user:word@files.test/x.png",
        "ftp://files.test/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "",
        "https://",
        "https://files.test:99999/x",
        "https://files.test/\x01",
        "https://[",
    ],
)
async def test_an_address_that_is_not_safe_is_not_opened(at, url):
    async with RawServer(whole(b"{}")).open() as other:
        client = at("https://api.test")
        target = io.BytesIO()
        with pytest.raises(ImageUnavailable):
            await client.download(url.format(other=other.port), target)
        assert not other.heads
    assert not target.getvalue()


async def test_a_wait_the_service_names_is_handed_on(at):
    answer = b"HTTP/1.1 503 X\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n"
    async with RawServer(answer).open() as api:
        with pytest.raises(PollFailed) as caught:
            await at(api.url).get_task("t")
    assert caught.value.retry_after == 9
