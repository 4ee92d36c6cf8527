"""Fixtures of the HTTP edge: an app that reads its body, behind the rate limit."""

from __future__ import annotations

import httpx
import pytest

from components.ui.http.rate_limit import DEFAULT_RATES, RateLimit
from tests.support.asgi import AsgiClient, Echo
from tests.support.posted import validated


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def client(echo, clock):
    return AsgiClient(RateLimit(echo, clock, DEFAULT_RATES))


@pytest.fixture
async def http():
    transport = httpx.ASGITransport(validated())
    async with httpx.AsyncClient(transport=transport, base_url="http://play.test") as http:
        yield http
