"""A connection pool that ran dry is replaced once; nothing was sent."""

from __future__ import annotations

import asyncio
import io

import httpcore
import httpx
import pytest

from components.api.client import Client
from components.api.endpoint import Endpoint
from components.errors import ConnectionFailed, ImageUnavailable
from components.net.http_pool import HttpPool, public_pool
from components.net.public_transport import PublicTransport
from tests.support.raw_server import REQUEST
from tests.support.scripted_api import MODEL
from tests.support.v3_service import KEY


class Leaking(httpx.AsyncBaseTransport):
    """A pool from which no connection comes, and one made after it."""

    def __init__(self) -> None:
        self.is_closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
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

    connections, outside = HttpPool(make), public_pool()
    client = Client(connections, outside, Endpoint("https://api.test", KEY))
    together = await asyncio.gather(*[client.submit(MODEL, REQUEST) for _ in range(3)], return_exceptions=True)
    assert [type(error) for error in together] == [ConnectionFailed] * 3
    assert (await client.submit(MODEL, REQUEST)).task_id == "t"
    assert [pool.is_closed for pool in made] == [False, False], "what is under way on the old one may end"
    await connections.aclose()
    await outside.aclose()
    assert [pool.is_closed for pool in made] == [True, True]


@pytest.mark.parametrize("url", ["https://api.test/a", "https://cdn.test/a"])
async def test_a_pool_that_ran_dry_of_pictures_is_replaced_too(url):
    pools = [Sound(), Leaking()]
    connections = HttpPool(lambda: httpx.AsyncClient(transport=pools.pop()))
    client = Client(connections, connections, Endpoint("https://api.test", KEY))
    with pytest.raises(ImageUnavailable):
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
