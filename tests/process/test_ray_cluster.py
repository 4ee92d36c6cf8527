"""Replicas on a real Ray of this machine: pixels, steps, cancelling, deaths, LoRAs, and a front that comes again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from components.engines.demo import DemoPainter
from components.engines.messages import MADE_AGAIN
from components.engines.protocol import EngineRequest, LoraRef
from components.engines.ray import messages
from components.engines.ray.following import ReplicaFailed
from components.errors import EngineError
from components.messages.message import literal
from tests.support.paths import ROOT
from tests.support.ray_cluster import HAS_RAY, ray_cluster, ray_engine
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not HAS_RAY, reason="ray is not installed"),
    pytest.mark.timeout(600),
    # Of Ray itself, which leaves files and sockets to the end of the process.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PACED = "tests.support.paced_engine:PacedEngine"


@pytest.fixture(scope="module")
def address():
    with ray_cluster(gpus=3) as started:
        yield started


@pytest.fixture(scope="module")
def engine(address):
    return ray_engine(address, PACED)


class Watcher:
    """Step callback: it records, and does `then` once at a step."""

    def __init__(self, at: int = -1, then=lambda pid: None) -> None:
        self.steps: list[int] = []
        self.stages: list[object] = []
        self.pids: list[int] = []
        self._at, self._then = at, then

    def __call__(self, step, steps, preview=None, stage=None) -> None:
        self.steps.append(step)
        self.stages.append(stage)
        if preview:
            self.pids.append(int(preview))
            if step == self._at:
                self._then(self.pids[-1])


def order(prompt: str = "0.05", steps: int = 10, *loras: str) -> EngineRequest:
    used = tuple(LoraRef(name, 1.0) for name in loras)
    return EngineRequest(prompt, 7, width=256, height=256, num_inference_steps=steps, loras=used)


def pid_of(result) -> int:
    return int(result.notes[0].happened)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_steps_and_previews_come_as_they_are_made(engine):
    watcher = Watcher()
    result = engine.generate(order(), watcher)
    assert sorted(set(watcher.steps)) == list(range(11))
    assert set(watcher.pids) == {pid_of(result)} != {os.getpid()}
    assert result.image.getpixel((0, 0)) == (7, 1, 2)


def test_reasons_come_and_bugs_too(engine):
    with pytest.raises(EngineError) as caught:
        engine.generate(order("0 refuse"), Watcher())
    assert caught.value.message == literal("No paint left.")
    with pytest.raises(ReplicaFailed, match="ZeroDivisionError"):
        engine.generate(order("0 crash"), Watcher())


def test_two_at_once_are_on_two_replicas(engine):
    pids: list[int] = []
    threads = [threading.Thread(target=lambda: pids.append(pid_of(engine.generate(order(), Watcher())))) for _ in "12"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 2


def test_who_stops_frees_the_replica_within_a_step(engine):
    class Stopped(Exception):
        pass

    def stop(pid: int) -> None:
        raise Stopped

    for _ in range(3):  # more than there are replicas: each was free again
        with pytest.raises(Stopped):
            engine.generate(order("0.1", steps=600), Watcher(at=3, then=stop))
    begun = time.monotonic()
    engine.generate(order("0", steps=1), Watcher())
    assert time.monotonic() - begun < 30, "a replica that went on would paint for a minute"


def test_the_same_loras_meet_the_same_replica(engine):
    # Each takes a second: a replica says within a tenth of one which LoRAs it has.
    pids = [(name, pid_of(engine.generate(order("0.2", 5, name), Watcher()))) for name in "abab" * 2]
    assert len(set(pids)) == 2


def test_a_replica_that_dies_is_taken_over_by_another(engine):
    watcher = Watcher(at=5, then=lambda pid: kill(pid) if len(set(watcher.pids)) == 1 else None)
    result = engine.generate(order(), watcher)
    first, second = dict.fromkeys(watcher.pids)
    assert pid_of(result) == second != first
    assert messages.AGAIN in watcher.stages
    assert result.notes[-1] == MADE_AGAIN


def test_two_that_die_are_enough(engine):
    watcher = Watcher(at=5, then=kill)
    with pytest.raises(EngineError) as caught:
        engine.generate(order(), watcher)
    assert caught.value.message == messages.GONE
    wait_until(lambda: not any(map(is_alive, watcher.pids)))
    assert pid_of(engine.generate(order(), Watcher())) not in watcher.pids, "the replicas are replaced"


FRONT = """
import sys
from components.engines.protocol import EngineRequest
from components.engines.ray.engine import RayEngine
from components.engines.ray.settings import RaySettings
engine = RayEngine(RaySettings(sys.argv[1], sys.argv[2], 2, 2, 1))
request = EngineRequest("0", 7, width=256, height=256, num_inference_steps=1)
print(engine.generate(request, lambda *_, **__: None).notes[0].happened)
"""


def test_another_front_finds_the_replicas_that_run(address, engine):
    watcher = Watcher()
    before = {pid_of(engine.generate(order("0", 1), watcher)) for _ in range(8)}
    done = subprocess.run(
        [sys.executable, "-c", FRONT, address, PACED], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert int(done.stdout.split()[-1]) in before | {pid_of(engine.generate(order("0", 1), watcher)) for _ in range(8)}
    assert all(map(is_alive, watcher.pids))


def test_the_demo_painter_s_pixels_are_the_same(address, engine):
    request = EngineRequest("a red fox in the snow", 3, width=512, height=512)
    here = DemoPainter().generate(request, Watcher())
    there = ray_engine(address, "demo").generate(request, Watcher())
    assert there.image.tobytes() == here.image.tobytes()
    assert there.notes == here.notes
