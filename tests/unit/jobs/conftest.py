from __future__ import annotations

import pytest

from tests.support.core import running


@pytest.fixture
async def rig(tmp_path, api, clock):
    """The core before the scripted API, on a folder of its own."""
    async with running(tmp_path, api.client(), clock) as rig:
        yield rig
