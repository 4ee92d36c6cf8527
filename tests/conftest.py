from __future__ import annotations

import pytest

from tests.fakes import FakeClock, ScriptedApi
from tests.hosted_api import HostedApi


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def api(clock):
    scripted = ScriptedApi(clock)
    yield scripted
    await scripted.aclose()


@pytest.fixture
def hosted():
    """The API on real sockets."""
    served = HostedApi().start()
    yield served
    served.stop()
