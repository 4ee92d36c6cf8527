"""Fixtures of the LoRA tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from components.api.client import HttpPool
from components.loras.checker import LoraChecker
from tests.support.fake_clock import FakeClock
from tests.support.lora_sites import FakeSites


@pytest.fixture
def hosts() -> FakeSites:
    return FakeSites()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def checker(hosts: FakeSites, clock: FakeClock) -> AsyncIterator[LoraChecker]:
    outside = HttpPool(lambda: httpx.AsyncClient(transport=httpx.MockTransport(hosts)))
    yield LoraChecker(outside, clock)
    await outside.aclose()
