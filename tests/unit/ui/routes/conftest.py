"""Fixtures of the route tests."""

from __future__ import annotations

import pytest

from components.storage.store import Store
from tests.support.host_page import LIMITS, opened


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
async def seen(store, hosted):
    async with opened(store, hosted.base_url, LIMITS) as seen:
        yield seen


@pytest.fixture
async def space(store, hosted):
    async with opened(store, hosted.base_url, LIMITS, owner="Alice") as space:
        yield space
