"""The host's page where our own SDXL makes the pictures: what it computes on, and no money."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from components.api.client import Endpoint
from components.engines.protocol import Card, Machine
from components.services.backend import Backend
from tests.support.host_page import LIMITS, HostPageClient, opened
from tests.support.tiny_engines import TinyEngine
from tests.support.v3_server import serving
from tests.support.v3_service import KEY

GIB = 1 << 30


class MachineEngine(TinyEngine):
    """Engine with two cards, of which the first has less memory left at each look; a stand-in."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.is_known = True

    def machine(self) -> Machine | None:
        self.looks += 1
        cards = (
            Card("Tesla T4", "float16", 10 * GIB - self.looks * GIB, 15 * GIB),
            Card("NVIDIA H100", "bfloat16", 70 * GIB + GIB // 4, 80 * GIB, lanes=2),
        )
        return Machine(cards, "pip install torch", ("cuda:2",), "SDXL_DEVICE=all") if self.is_known else None


@pytest.fixture
def engine() -> MachineEngine:
    return MachineEngine()


@pytest.fixture
async def seen(store, engine, tmp_path) -> AsyncIterator[HostPageClient]:
    with serving(engine, tmp_path / "server") as caller:
        backend = Backend.sdxl(Endpoint(caller.base, KEY))
        async with opened(store, caller.base, LIMITS, owner="Alice", backend=backend) as seen:
            yield seen


async def test_each_card_is_named_with_its_memory_of_now(seen, engine):
    reports = [(await seen.report(**seen.key)).json() for _ in range(2)]
    assert reports[0] == {
        "machine": {
            "cards": [
                {"name": "Tesla T4", "precision": "float16", "free": 9.0, "total": 15.0, "lanes": 1},
                {"name": "NVIDIA H100", "precision": "bfloat16", "free": 70.2, "total": 80.0, "lanes": 2},
            ],
            "not_ready": ["cuda:2"],
            "command": "pip install torch",
            "setting": "SDXL_DEVICE=all",
        }
    }
    assert [report["machine"]["cards"][0]["free"] for report in reports] == [9.0, 8.0]


async def test_before_it_is_known_it_is_none(seen, engine):
    engine.is_known = False
    assert (await seen.report(**seen.key)).json() == {"machine": None}


async def test_it_is_for_the_host_alone_and_has_no_switch(seen):
    assert (await seen.report()).status_code == 403
    assert "sign in as Alice" in seen.invitation
    assert (await seen.turn({"stop": True}, **seen.key)).status_code == 404
    assert 'data-is-paid="no"' in (await seen.http.get("/playground/host")).text


async def test_a_look_at_the_page_that_finds_the_models_changed_tells_the_pages(seen):
    told: list[str] = []
    seen.playground.on_models_changed = lambda: told.append("changed")
    for _ in range(2):
        await seen.report(**seen.key)
    assert told == ["changed"], "of the list that was read first; memory is no change"
