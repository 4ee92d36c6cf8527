"""A replica yields what its engine reports, and stops when nobody listens."""

from __future__ import annotations

import pickle
import threading
from collections.abc import AsyncGenerator

import pytest

from components.engines.events import Done, Failed, Step
from components.engines.protocol import EngineRequest, EngineResult, LoraRef, OnStep
from components.engines.ray.events import Broken, Event, Events
from components.engines.ray.replica import Replica
from components.errors import EngineLost
from components.messages.message import Message, literal

TINY, GATED = "tests.support.tiny_engines:TinyEngine", "tests.support.tiny_engines:GatedEngine"
REQUEST = EngineRequest("a cat", seed=7, width=256, height=256, num_inference_steps=3)


class LosingEngine:
    """Engine whose device is lost."""

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        raise EngineLost(Message("engine_device_lost"))


class PreparedEngine:
    """Engine that records the threads that call it."""

    def __init__(self) -> None:
        self.threads: list[str] = []

    def prepare(self, on_stage) -> None:
        on_stage(Message("stage_loading_model"))
        self.threads.append(threading.current_thread().name)

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        self.threads.append(threading.current_thread().name)
        raise ValueError


async def events_of(events: AsyncGenerator[Events, None]) -> list[Event]:
    return [event async for batch in events for event in pickle.loads(pickle.dumps(batch))]


async def test_it_begins_at_once_and_yields_each_step_and_the_picture():
    begin, *steps, end = await events_of(Replica(TINY).generate(REQUEST, ""))
    assert begin == Step(0, 3)
    assert steps == [Step(1, 3), Step(2, 3), Step(3, 3)]
    assert isinstance(end, Done)
    assert end.result.image.getpixel((0, 0)) == (7, 0, 7)


async def test_reasons_and_bugs_are_values():
    replica = Replica(TINY)
    *_, refused = await events_of(replica.generate(EngineRequest("refuse", 1), ""))
    assert refused == Failed(literal("This engine has no paint left.", "Try again tomorrow."))
    *_, crashed = await events_of(replica.generate(EngineRequest("crash", 1), ""))
    assert isinstance(crashed, Broken)
    assert "ZeroDivisionError: a bug in an engine" in crashed.traceback


async def test_closed_in_the_midst_it_ends_before_the_next_begins():
    replica = Replica(GATED)
    events = replica.generate(REQUEST, "")
    first = await anext(events)
    assert first[0] == Step(0, 3)
    assert (first + await anext(events))[1] == Step(1, 3)
    await events.aclose()
    replica._engine.gate.set()  # type: ignore[attr-defined]
    *_, end = await events_of(replica.generate(REQUEST, ""))
    assert isinstance(end, Done)
    assert len(replica._engine.requests) == 1, "the one that was closed never went on"  # type: ignore[attr-defined]


async def test_a_replica_whose_device_is_lost_ends():
    lost: list[bool] = []
    replica = Replica(f"{__name__}:LosingEngine", on_lost=lambda: lost.append(True))
    await events_of(replica.generate(REQUEST, ""))
    assert lost == [True]


async def test_one_thread_prepares_and_generates():
    replica = Replica(f"{__name__}:PreparedEngine")
    await events_of(replica.generate(REQUEST, ""))
    first, second = replica._engine.threads  # type: ignore[attr-defined]
    assert first == second != threading.current_thread().name


@pytest.mark.parametrize("loras", [(), (LoraRef("a", 1.0),)])
async def test_only_pictures_with_loras_are_remembered(loras):
    remembered: list[str] = []

    class Remembering(Replica):
        async def remember(self, affinity: str) -> str:
            remembered.append(affinity)
            return affinity

    affinity = "abc" if loras else ""
    await events_of(Remembering(TINY).generate(REQUEST, affinity))
    assert remembered == (["abc"] if loras else [])
