"""An engine in several processes: images, steps and errors come across, a canceled or ended one frees its lane."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from components.engines.lanes import messages
from components.engines.lanes.engine import LanesEngine
from components.engines.lanes.frames import LaneSpec
from components.engines.messages import MADE_AGAIN
from components.engines.protocol import Card, EngineRequest, EngineResult, LoraRef, lanes_of
from components.errors import EngineError
from components.messages.message import Message, literal
from tests.support.lane_engines import FETCHING, LOADING, DyingEngine, SleepingEngine, ignore, notes, sleeping
from tests.support.waiting import wait_until

STEP = 0.4
"""Seconds of a step of the slow lanes."""


class Deleted(Exception):
    """Raised by `on_step`, as the server does for a task that was deleted."""


def request(prompt: str = "a cat", seed: int = 1, steps: int = 3, *loras: str) -> EngineRequest:
    uses = tuple(LoraRef(path, 1.0) for path in loras)
    return EngineRequest(prompt, seed, width=256, height=256, num_inference_steps=steps, loras=uses)


def pid_of(result: EngineResult) -> int:
    return int(str(result.notes[0]).removeprefix("pid "))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lanes")


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[LanesEngine]:
    """Two quick lanes, both ready."""
    engine = LanesEngine(sleeping(folder))
    engine.prepare(lambda _: None)
    wait_until(lambda: engine.ready_lanes == 2)
    yield engine
    engine.close()


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[LanesEngine]:
    """Two slow lanes, both ready."""
    engine = LanesEngine(sleeping(tmp_path, step_seconds=STEP))
    engine.prepare(lambda _: None)
    wait_until(lambda: engine.ready_lanes == 2)
    yield engine
    engine.close()


def test_an_image_comes_with_its_steps_stages_and_previews(shared: LanesEngine) -> None:
    seen: list[tuple[int, int, bytes | None, Message | None]] = []

    def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        seen.append((step, steps, preview, stage))

    result = shared.generate(request("a note", seed=300), on_step)
    assert result.image.size == (256, 256)
    assert result.image.getpixel((0, 0)) == (300 % 256, 1, 7)
    assert result.notes[-1] == literal("Tiny.")
    assert (0, 3, None, FETCHING) in seen
    assert [preview for _, _, preview, _ in seen if preview] == [b"preview 1", b"preview 2", b"preview 3"]
    assert lanes_of(shared) == 2


def test_each_lane_says_what_it_computes_on_as_of_its_latest_image(tmp_path: Path) -> None:
    engine = LanesEngine(sleeping(tmp_path, lanes=1))

    def cards() -> list[Card]:
        return [machine.cards[0] for machine in engine.machines if machine]

    try:
        assert engine.machines == [None]
        engine.prepare(lambda _: None)
        wait_until(lambda: [card.free for card in cards()] == [0])
        pid = pid_of(engine.generate(request(), ignore))
        wait_until(lambda: cards() == [Card(f"card of {pid}", "float16", 1, 100)])
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: [card.name != f"card of {pid}" for card in cards()] == [True])
    finally:
        engine.close()


def test_a_source_image_comes_across_and_back(shared: LanesEngine) -> None:
    source, mask = Image.radial_gradient("L").convert("RGB"), Image.linear_gradient("L")
    result = shared.generate(replace(request(), image=source, mask=mask), ignore)
    assert result.image.tobytes() == source.tobytes()


def test_errors_keep_their_messages(shared: LanesEngine) -> None:
    with pytest.raises(EngineError) as caught:
        shared.generate(request("refuse"), ignore)
    assert caught.value.message == literal("This engine has no paint left.", "Try again tomorrow.")
    with pytest.raises(RuntimeError, match="a bug in an engine"):
        shared.generate(request("crash"), ignore)
    assert shared.ready_lanes == 2, "neither ended a process"


def test_an_image_goes_to_the_lane_that_has_its_loras_and_else_to_the_one_that_rested_longest(
    shared: LanesEngine,
) -> None:
    homes = {name: pid_of(shared.generate(request("a cat", 1, 1, name), ignore)) for name in ("a", "b")}
    assert len(set(homes.values())) == 2
    for name in ("b", "a", "a", "b", "b", "b", "a"):
        assert pid_of(shared.generate(request("a cat", 1, 1, name), ignore)) == homes[name]


def test_it_never_waits_for_the_lane_with_its_loras_while_another_is_free(slow: LanesEngine, tmp_path: Path) -> None:
    home = pid_of(slow.generate(request("a cat", 1, 1, "a"), ignore))
    with ThreadPoolExecutor() as threads:
        both = [threads.submit(slow.generate, request("a cat", seed, 2, "a"), ignore) for seed in (2, 3)]
        pids = {pid_of(one.result()) for one in both}
    assert home in pids
    assert len(pids) == 2


def test_a_canceled_image_ends_within_a_step_and_its_lane_is_free(slow: LanesEngine, tmp_path: Path) -> None:
    began = threading.Event()
    is_deleted = threading.Event()

    def on_step(step: int, steps: int, preview: bytes | None = None, stage: Message | None = None) -> None:
        if is_deleted.is_set():
            raise Deleted
        if step == 1:
            began.set()

    with ThreadPoolExecutor() as threads:
        running = threads.submit(slow.generate, request(steps=50), on_step)
        assert began.wait(10)
        before = time.monotonic()
        is_deleted.set()
        with pytest.raises(Deleted):
            running.result()
        assert time.monotonic() - before < STEP
        both = [threads.submit(slow.generate, request(seed=seed, steps=1), ignore) for seed in (2, 3)]
        assert len({pid_of(one.result()) for one in both}) == 2
    assert ("ended", 1) not in [(what, seed) for what, seed, _ in notes(tmp_path)]


@pytest.mark.parametrize(("prompt", "seed"), [("kill once", 71), ("lost once", 72)])
def test_an_image_whose_process_ends_is_made_on_another_and_says_so(
    shared: LanesEngine, folder: Path, prompt: str, seed: int
) -> None:
    stages: list[Message | None] = []
    result = shared.generate(request(prompt, seed), lambda step, steps, preview=None, stage=None: stages.append(stage))
    assert result.notes[-1] == MADE_AGAIN
    assert messages.AGAIN in stages
    tries = [(what, pid) for what, noted, pid in notes(folder) if noted == seed]
    assert [what for what, _ in tries] == ["begun", "begun", "ended"]
    assert tries[0][1] != tries[1][1] == pid_of(result)
    wait_until(lambda: shared.ready_lanes == 2, "the ended process is not started again")


def test_an_image_that_ends_two_processes_fails_with_its_sentence(shared: LanesEngine, folder: Path) -> None:
    with pytest.raises(EngineError) as caught:
        shared.generate(request("kill", seed=99), ignore)
    assert caught.value.message == messages.LOST_TWICE
    assert [what for what, seed, _ in notes(folder) if seed == 99] == ["begun", "begun"]
    assert pid_of(shared.generate(request(), ignore)), "the next image is generated"


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    reason = Message("engine_no_device", {"name": "cuda:7"})
    engine = LanesEngine([LaneSpec("lane", partial(SleepingEngine, tmp_path, 0.0, reason))])
    stages: list[Message] = []
    try:
        engine.prepare(stages.append)
        with pytest.raises(EngineError) as caught:
            engine.generate(request(), ignore)
    finally:
        engine.close()
    assert caught.value.message == reason
    assert stages[:2] == [messages.WAITING, LOADING]


def test_one_lane_that_does_not_start_leaves_all_images_to_the_other(tmp_path: Path) -> None:
    reason = Message("engine_no_device", {"name": "cuda:7"})
    bad = LaneSpec("bad", partial(SleepingEngine, tmp_path, 0.0, reason))
    engine = LanesEngine([bad, *sleeping(tmp_path, 1)])
    try:
        engine.prepare(lambda _: None)
        with ThreadPoolExecutor() as threads:
            results = [threads.submit(engine.generate, request(seed=seed), ignore) for seed in range(4)]
            assert len({pid_of(one.result()) for one in results}) == 1
    finally:
        engine.close()


def test_processes_that_end_at_their_start_are_not_waited_for_ever(tmp_path: Path) -> None:
    engine = LanesEngine([LaneSpec("dying", DyingEngine)])
    try:
        with pytest.raises(EngineError) as caught:
            engine.generate(request(), ignore)
    finally:
        engine.close()
    assert caught.value.message == messages.NOT_STARTED


def test_closing_ends_the_processes(tmp_path: Path) -> None:
    engine = LanesEngine(sleeping(tmp_path, 1))
    pid = pid_of(engine.generate(request(), ignore))
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(EngineError):
        engine.generate(request(), ignore)
