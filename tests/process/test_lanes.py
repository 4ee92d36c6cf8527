"""Lanes behind our server: a killed one loses no task, and none outlives the server, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.engines.lanes.engine import LanesEngine
from tests.support.lane_engines import notes, sleeping
from tests.support.paths import ROOT
from tests.support.v3_server import MODEL, SMALL, serving
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that has ended and whose parent has not taken note, or has ended itself, is no process any more.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def begun_after_the_first_of(folder: Path) -> tuple[int, int]:
    """Wait for an image that begins after another has ended; return its seed and process, at once."""
    seen: list[tuple[str, int, int]] = []

    def has_begun() -> bool:
        seen[:] = notes(folder)
        return "ended" in {what for what, _, _ in seen} and seen[-1][0] == "begun"

    wait_until(has_begun, lambda: seen, pause=0.005)
    return seen[-1][1:]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LanesEngine]:
    engine = LanesEngine(sleeping(tmp_path / "lanes", step_seconds=0.05))
    yield engine
    engine.close()


def test_a_killed_lane_loses_no_task_and_what_is_made_twice_says_so(engine: LanesEngine, tmp_path: Path) -> None:
    folder = tmp_path / "lanes"
    with serving(engine, tmp_path / "server") as caller:
        tasks = {seed: caller.submit(seed=seed, num_inference_steps=12)["id"] for seed in range(1, 9)}
        killed, victim = begun_after_the_first_of(folder)
        os.kill(victim, signal.SIGKILL)
        ends = {seed: caller.end(task) for seed, task in tasks.items()}
    assert {end["status"] for end in ends.values()} == {"completed"}
    begun = Counter(seed for what, seed, _ in notes(folder) if what == "begun")
    ended = Counter(seed for what, seed, _ in notes(folder) if what == "ended")
    assert ended == dict.fromkeys(tasks, 1)
    assert {seed for seed, count in begun.items() if count > 1} == {killed}
    again = {seed for seed, end in ends.items() if "note_made_again" in str(end["x-notes"])}
    assert again == {killed}
    wait_until(lambda: engine.ready_lanes == 2, "the killed lane is not started again")


def test_a_deleted_task_frees_its_lane(engine: LanesEngine, tmp_path: Path) -> None:
    with serving(engine, tmp_path / "server") as caller:
        long = caller.submit(seed=1, num_inference_steps=50)["id"]
        caller.when(long, lambda seen: "x-preview" in seen)
        assert caller.http.delete(f"/api/v3/predictions/{long}").status_code == 200
        assert caller.end(caller.submit(seed=2, num_inference_steps=1)["id"])["status"] == "completed"
    assert ("ended", 1) not in {(what, seed) for what, seed, _ in notes(tmp_path / "lanes")}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_no_lane_outlives_its_server_and_the_next_one_goes_on(tmp_path: Path, number: int, code: int) -> None:
    folder = tmp_path / "lanes"
    line = [sys.executable, "-m", "components.server", "--engine", "tests.support.lane_engines:slow_lanes", "--port"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True}
    chosen = os.environ | {"LANE_NOTES": str(folder)}
    with subprocess.Popen(
        [*line, "0", "--pace", "0", "--data", str(tmp_path / "data")], cwd=ROOT, env=chosen, **pipes
    ) as server:
        assert server.stdout
        base = server.stdout.readline().split()[-1]
        bodies = [SMALL | {"seed": seed, "num_inference_steps": 50} for seed in (1, 2, 3)]
        tasks = [httpx.post(base + MODEL, json=body).json()["data"]["id"] for body in bodies]
        wait_until(lambda: len(notes(folder)) == 2, "no two images at once")
        server.send_signal(number)
        assert server.wait(10) == code
    lanes = {pid for _, _, pid in notes(folder)}
    wait_until(lambda: not any(is_alive(pid) for pid in lanes), "a lane outlives its server")
    again = LanesEngine(sleeping(folder))
    try:
        with serving(again, tmp_path / "data") as caller:
            assert {caller.end(task)["status"] for task in tasks} == {"completed"}
    finally:
        again.close()
