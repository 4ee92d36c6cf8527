"""The client on real sockets: what leaves, what does not, and what is believed."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import json
import ssl
import time

import httpcore
import httpx
import pytest
import trustme

from components.client import PICTURE_LIMIT, REDIRECTS, Client
from components.connections import Connections, Endpoint, Patience, api_connections, outside_connections
from components.errors import (
    KeyRefused,
    NothingSent,
    PictureTrouble,
    SubmissionUnknown,
    TaskGone,
    UntrustedService,
    WatchTrouble,
)
from components.fetching import PublicTransport
from components.generation import GenerationRequest, LoraWeight, TaskStatus
from tests.fakes import MODEL
from tests.hosted_api import KEY, HostedApi, free_port

REQUEST = GenerationRequest("a cat", width=256, height=256, seed=7, loras=(LoraWeight("owner/name", 0.5),))
JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@pytest.fixture
async def at():
    """Clients as the app makes them, for the API at some address."""
    async with contextlib.AsyncExitStack() as stack:

        def make(base_url: str, key: str = KEY, patience: Patience | None = None) -> Client:
            endpoint, patience = Endpoint(base_url, key), patience or Patience()
            api, outside = api_connections(endpoint, patience), outside_connections(patience)
            stack.push_async_callback(api.aclose)
            stack.push_async_callback(outside.aclose)
            return Client(api, outside, endpoint, patience)

        yield make


@pytest.fixture
def client(at, hosted):
    return at(hosted.base_url)


class Wire:
    """A server of bytes: it keeps what came and says what it is told to."""

    def __init__(self, *parts, pause=0.0, stay=False):
        self.parts, self.pause, self.stay = parts, pause, stay
        self.heads: list[bytes] = []
        self.port = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader, writer):
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            for part in self.parts:
                writer.write(part)
                await writer.drain()
                if self.pause:
                    await asyncio.sleep(self.pause)
            if self.stay:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @contextlib.asynccontextmanager
    async def open(self, context: ssl.SSLContext | None = None):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


def whole(body: bytes, **headers: str) -> bytes:
    named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return JSON + named.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body


# --- what is sent ---


async def test_a_submit_is_one_post_of_the_agreed_body(client, hosted):
    update = await client.submit(MODEL, REQUEST)
    assert hosted.posts == [
        {
            "prompt": "a cat",
            "size": "256*256",
            "guidance_scale": 3.5,
            "num_inference_steps": 28,
            "seed": 7,
            "enable_base64_output": False,
            "loras": [{"path": "owner/name", "scale": 0.5}],
        }
    ]
    ((method, path, headers),) = hosted.requests
    assert (method, path) == ("POST", "/api/v3/stability-ai/sdxl-lora")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["content-type"] == "application/json"
    assert hosted.tasks[update.task_id].body == hosted.posts[0]


async def test_a_base_url_with_a_path_keeps_it(at):
    served = HostedApi("/proxy/ws").start()
    try:
        client = at(served.base_url)
        update = await client.submit(MODEL, REQUEST)
        await client.look(update.task_id, update.query_url)
        await client.look(update.task_id)
        assert all(path.startswith("/proxy/ws/api/v3/") for _, path, _ in served.requests)
    finally:
        served.stop()


async def test_from_the_submit_to_the_picture(client, hosted):
    update = await client.submit(MODEL, REQUEST)
    hosted.finish_all()
    done = await client.look(update.task_id, update.query_url)
    assert done.status is TaskStatus.COMPLETED
    picture = io.BytesIO()
    await client.download(done.outputs[0], picture)
    assert picture.getvalue().startswith(b"\x89PNG")
    assert [item.task_id for item in await client.recent(MODEL)] == [update.task_id]
    assert await client.recent(MODEL, 2) == ()


async def test_a_key_that_is_not_accepted_is_said_so(at, hosted):
    with pytest.raises(KeyRefused):
        await at(hosted.base_url, "wsk-wrong").submit(MODEL, REQUEST)
    assert not hosted.tasks


async def test_a_task_of_another_account_is_gone(client):
    with pytest.raises(TaskGone):
        await client.look("0" * 32)


def test_the_key_is_in_no_repr():
    assert KEY not in repr(Endpoint("https://api.test", KEY))


# --- where the key goes ---


async def test_a_query_address_outside_the_proxy_s_path_is_not_used(hosted_behind_proxy):
    api, client = hosted_behind_proxy
    update = await client.submit(MODEL, REQUEST)
    outside = f"http://127.0.0.1:{api.port}/api/v3/predictions/{update.task_id}/result"
    assert (await client.look(update.task_id, outside)).task_id == update.task_id
    assert {path for method, path, _ in api.requests if method == "GET"} == {
        f"/proxy/api/v3/predictions/{update.task_id}/result"
    }


@pytest.fixture
def hosted_behind_proxy(at):
    api = HostedApi(prefix="/proxy").start()
    yield api, at(api.base_url)
    api.stop()


def test_a_proxy_of_the_environment_never_sees_loopback():
    assert Endpoint("http://127.0.0.1:1/x", KEY).is_loopback
    assert Endpoint("http://localhost:1", KEY).is_loopback
    assert not Endpoint("https://api.test", KEY).is_loopback


@pytest.mark.parametrize(
    ("base", "url", "serves"),
    [
        ("http://localhost:9000", "http://127.0.0.1:9000/a.png", True),
        ("http://127.0.0.1:9000/v", "http://localhost:9000/a.png", True),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9001/a.png", False),
        ("http://127.0.0.1:9000", "https://127.0.0.1:9000/a.png", False),
        ("https://api.test", "https://127.0.0.1/a.png", False),
        ("https://api.test", "https://api.test/a.png", True),
    ],
)
def test_pictures_may_come_from_the_api_s_own_host_by_any_of_its_names(base, url, serves):
    assert Endpoint(base, KEY).serves(url) is serves


async def test_the_key_does_not_go_to_another_origin_that_a_task_names(client, hosted):
    async with Wire(whole(b"{}")).open() as elsewhere:
        update = await client.submit(MODEL, REQUEST)
        for url in (elsewhere.url, f"http://localhost:{hosted.port}/x", f"https://127.0.0.1:{hosted.port}/x"):
            assert (await client.look(update.task_id, url)).task_id == update.task_id
        assert not elsewhere.heads
    assert {path for method, path, _ in hosted.requests if method == "GET"} == {
        f"/api/v3/predictions/{update.task_id}/result"
    }


@pytest.mark.parametrize(
    ("url", "owns"),
    [
        ("https://api.test/x", True),
        ("https://API.test:443/x", True),
        ("http://api.test/x", False),
        ("https://api.test:444/x", False),
        ("https://api.test:0/x", False),
        ("https://api.test.evil.test/x", False),
        ("https://api.test@evil.test/x", False),
        ("https://evil.test\\@api.test/x", True),  # what stands before the @ is a user's name, to httpx too
        ("//api.test/x", False),
        ("https://[", False),
        ("https://api.test:99999", False),
        ("https://api.test/\x01", False),
        ("https://xn--/", False),
        ("", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, owns):
    assert Endpoint("https://api.test/path", KEY).owns(url) is owns


async def test_redirects_are_not_followed(at):
    async with Wire(whole(b"{}")).open() as elsewhere:
        head = f"HTTP/1.1 307 X\r\nlocation: {elsewhere.url}/x\r\ncontent-length: 0\r\n\r\n".encode()
        async with Wire(head).open() as api:
            client = at(api.url)
            with pytest.raises(SubmissionUnknown):
                await client.submit(MODEL, REQUEST)
            with pytest.raises(WatchTrouble):
                await client.look("t")
            assert len(api.heads) == 2
        assert not elsewhere.heads


async def test_a_download_never_carries_the_key(client, hosted):
    await client.download(f"http://127.0.0.1:{hosted.port}/files/16x16/1", io.BytesIO())
    ((_, _, headers),) = hosted.requests
    assert "authorization" not in headers


# --- what never left, and what may have ---


async def test_a_refused_connection_sent_nothing(at):
    client = at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NothingSent):
        await client.submit(MODEL, REQUEST)
    with pytest.raises(WatchTrouble):
        await client.look("t")


async def test_a_name_that_is_not_found_sent_nothing(at):
    with pytest.raises(NothingSent):
        await at("http://no-such-name.invalid").submit(MODEL, REQUEST)


async def test_a_reset_after_the_task_was_made_is_unknown_and_one_post(client, hosted):
    hosted.next_submits = [lambda: None]
    with pytest.raises(SubmissionUnknown):
        await client.submit(MODEL, REQUEST)
    assert len(hosted.posts) == len(hosted.tasks) == 1


@pytest.mark.parametrize("cut", [0, 5, len(JSON), len(JSON) + 30])
async def test_an_answer_that_breaks_off_is_unknown(at, cut):
    body = json.dumps({"code": 200, "data": {"id": "t", "status": "created"}}).encode()
    async with Wire(whole(body)[:cut]).open() as api:
        with pytest.raises(SubmissionUnknown):
            await at(api.url).submit(MODEL, REQUEST)
        assert len(api.heads) == 1


async def test_an_answer_that_is_no_http_is_unknown(at):
    async with Wire(b"SSH-2.0-OpenSSH\r\n\r\n").open() as api:
        with pytest.raises(SubmissionUnknown):
            await at(api.url).submit(MODEL, REQUEST)


async def test_a_certificate_that_proves_nothing_gets_nothing(at):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    wire = Wire(whole(b"{}"))
    async with wire.open(context):
        client = at(f"https://127.0.0.1:{wire.port}")
        with pytest.raises(UntrustedService, match="not even the key"):
            await client.submit(MODEL, REQUEST)
    assert not wire.heads


def trusted(context: ssl.SSLContext) -> Connections:
    return Connections(lambda: httpx.AsyncClient(verify=context, trust_env=False))


async def test_a_certificate_for_another_name_gets_nothing():
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.test").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    wire = Wire(whole(b"{}"))
    async with wire.open(context), contextlib.aclosing(trusted(trusting)) as connections:
        client = Client(connections, connections, Endpoint(f"https://127.0.0.1:{wire.port}", KEY))
        with pytest.raises(UntrustedService):
            await client.submit(MODEL, REQUEST)
    assert not wire.heads


# --- deadlines and sizes ---


async def test_a_slow_drip_ends_by_the_deadline(at):
    async with Wire(*[JSON, *[b"x: y\r\n"] * 1000], pause=0.01).open() as api:
        client = at(api.url, patience=Patience(call=0.1, download=0.1))
        began = time.monotonic()
        with pytest.raises(SubmissionUnknown):
            await client.submit(MODEL, REQUEST)
        with pytest.raises(WatchTrouble):
            await client.look("t")
        with pytest.raises(PictureTrouble):
            await client.download(f"{api.url}/x", io.BytesIO())
        assert time.monotonic() - began < 3


async def test_an_answer_that_never_comes_ends_by_the_deadline(at):
    async with Wire(stay=True).open() as api:
        client = at(api.url, patience=Patience(call=0.1))
        with pytest.raises(SubmissionUnknown):
            await client.submit(MODEL, REQUEST)


async def test_a_picture_over_40_mb_is_not_fetched(at):
    bomb = gzip.compress(bytes(PICTURE_LIMIT + 1), 1)
    async with Wire(whole(bomb, **{"content-encoding": "gzip"})).open() as api:
        with pytest.raises(PictureTrouble, match="40 MB"):
            await at(api.url).download(f"{api.url}/x", io.BytesIO())


async def test_a_picture_that_breaks_off_is_trouble(at):
    async with Wire(whole(b"x" * 1000)[:-1]).open() as api:
        with pytest.raises(PictureTrouble):
            await at(api.url).download(f"{api.url}/x", io.BytesIO())


@pytest.mark.parametrize("status", [302, 403, 404, 500])
async def test_a_picture_that_is_not_there_is_trouble(at, status):
    answer = f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".encode()
    async with Wire(answer).open() as api:
        target = io.BytesIO()
        with pytest.raises(PictureTrouble):
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
    async with Wire(whole(b"{}")).open() as other:
        client = at("https://api.test")
        target = io.BytesIO()
        with pytest.raises(PictureTrouble):
            await client.download(url.format(other=other.port), target)
        assert not other.heads
    assert not target.getvalue()


async def test_a_wait_the_service_names_is_handed_on(at):
    answer = b"HTTP/1.1 503 X\r\nretry-after: 9\r\ncontent-length: 0\r\n\r\n"
    async with Wire(answer).open() as api:
        with pytest.raises(WatchTrouble) as caught:
            await at(api.url).look("t")
    assert caught.value.retry_after == 9


def moving(course: dict[str, httpx.Response]) -> tuple[Client, list[httpx.Request]]:
    """A client whose network answers by that course, and what was asked of it; the guarded part is asked for no
    address of the API's own, and the other for nothing else.
    """
    asked: list[httpx.Request] = []

    def connections(*, ours: bool) -> Connections:
        def answer(request: httpx.Request) -> httpx.Response:
            assert (request.url.host == "api.test") is ours
            asked.append(request)
            return course[str(request.url)]

        return Connections(lambda: httpx.AsyncClient(transport=httpx.MockTransport(answer)))

    return Client(connections(ours=True), connections(ours=False), Endpoint("https://api.test", KEY)), asked


def to(place: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": place})


async def test_a_picture_that_moved_is_followed_without_the_key():
    client, asked = moving(
        {
            "https://api.test/a": to("/b"),
            "https://api.test/b": to("https://cdn.test/c"),
            "https://cdn.test/c": httpx.Response(200, content=b"picture"),
        }
    )
    picture = io.BytesIO()
    await client.download("https://api.test/a", picture)
    assert picture.getvalue() == b"picture"
    assert not [request for request in asked if "authorization" in request.headers]


@pytest.mark.parametrize(
    "place",
    ["http://cdn.test/c", "https://127.0.0.1/c", "https://10.0.0.1/c", "file:///etc/passwd", "https://a.test:1/"],
)
async def test_a_picture_that_moved_inward_is_not_followed(place):
    client, asked = moving({"https://api.test/a": to(place)})
    with pytest.raises(PictureTrouble):
        await client.download("https://api.test/a", io.BytesIO())
    assert len(asked) == 1


async def test_a_picture_that_moves_in_circles_is_given_up():
    client, asked = moving({"https://api.test/a": to("https://api.test/a")})
    with pytest.raises(PictureTrouble):
        await client.download("https://api.test/a", io.BytesIO())
    assert len(asked) == REDIRECTS + 1


async def test_a_redirect_to_nowhere_is_no_picture():
    client, _ = moving({"https://api.test/a": httpx.Response(302)})
    with pytest.raises(PictureTrouble):
        await client.download("https://api.test/a", io.BytesIO())


# --- connections that leak away ---


class Leaking(httpx.AsyncBaseTransport):
    """A pool from which no connection comes, and one made after it."""

    def __init__(self) -> None:
        self.is_closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        raise httpx.PoolTimeout("no connection is free", request=request)

    async def aclose(self) -> None:
        self.is_closed = True


class Sound(Leaking):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"code": 200, "data": {"id": "t", "status": "created"}})


async def test_a_pool_that_ran_dry_is_replaced_once_and_nothing_was_sent():
    pools = [Sound(), Leaking()]
    made: list[Leaking] = []

    def make() -> httpx.AsyncClient:
        made.append(pools.pop())
        return httpx.AsyncClient(transport=made[-1])

    connections, outside = Connections(make), outside_connections()
    client = Client(connections, outside, Endpoint("https://api.test", KEY))
    together = await asyncio.gather(*[client.submit(MODEL, REQUEST) for _ in range(3)], return_exceptions=True)
    assert [type(error) for error in together] == [NothingSent] * 3
    assert (await client.submit(MODEL, REQUEST)).task_id == "t"
    assert [pool.is_closed for pool in made] == [False, False], "what is under way on the old one may end"
    await connections.aclose()
    await outside.aclose()
    assert [pool.is_closed for pool in made] == [True, True]


@pytest.mark.parametrize("url", ["https://api.test/a", "https://cdn.test/a"])
async def test_a_pool_that_ran_dry_of_pictures_is_replaced_too(url):
    pools = [Sound(), Leaking()]
    connections = Connections(lambda: httpx.AsyncClient(transport=pools.pop()))
    client = Client(connections, connections, Endpoint("https://api.test", KEY))
    with pytest.raises(PictureTrouble):
        await client.download(url, io.BytesIO())
    await client.download(url, io.BytesIO())
    await connections.aclose()


async def test_a_guarded_pool_that_ran_dry_says_so():
    transport = PublicTransport()
    transport._pool = httpcore.AsyncConnectionPool(max_connections=0)
    request = httpx.Request("GET", "https://cdn.test/a", extensions={"timeout": {"pool": 0.01}})
    with pytest.raises(httpx.PoolTimeout):
        await transport.handle_async_request(request)
    await transport.aclose()
