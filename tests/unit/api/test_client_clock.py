"""The client reads the time from the clock it is built with."""

from __future__ import annotations

import httpx
import pytest

from components.api.client import Client
from components.api.endpoint import Endpoint
from components.errors import PollFailed
from components.net.http_pool import HttpPool
from tests.support.fake_clock import FakeClock
from tests.support.scripted_api import BASE, KEY


async def test_a_date_in_retry_after_is_counted_from_the_clock_s_time() -> None:
    clock = FakeClock()
    clock.now = lambda: 784_111_747.0  # 30 s before the date below
    headers = {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}
    transport = httpx.MockTransport(lambda request: httpx.Response(503, headers=headers))
    pool = HttpPool(lambda: httpx.AsyncClient(transport=transport))
    client = Client(pool, pool, Endpoint(BASE, KEY), clock=clock)
    with pytest.raises(PollFailed) as failed:
        await client.get_task("task1")
    assert failed.value.retry_after == 30
    await pool.aclose()
