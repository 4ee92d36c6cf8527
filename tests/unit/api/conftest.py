"""Fixtures of the API client's tests."""

from __future__ import annotations

import contextlib

import pytest

from components.api.client import Client
from components.api.endpoint import Endpoint, api_connections
from components.net.http_pool import Timeouts, public_pool
from tests.support.v3_service import KEY


@pytest.fixture
async def at():
    """Clients as the app makes them, for the API at some address."""
    async with contextlib.AsyncExitStack() as stack:

        def make(base_url: str, key: str = KEY, patience: Timeouts | None = None) -> Client:
            endpoint, patience = Endpoint(base_url, key), patience or Timeouts()
            api, outside = api_connections(endpoint, patience), public_pool(patience)
            stack.push_async_callback(api.aclose)
            stack.push_async_callback(outside.aclose)
            return Client(api, outside, endpoint, patience)

        yield make


@pytest.fixture
def client(at, hosted):
    return at(hosted.base_url)
