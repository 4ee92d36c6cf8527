"""Fifty orders while each process is killed in turn: none is lost, and none is generated twice without a note."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.killed_server import KilledServer, NotedImages
from tests.support.paths import ROOT
from tests.support.ray_cluster import HAS_RAY, ray_cluster

pytestmark = [
    pytest.mark.full,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="signals of POSIX, and /proc"),
]

ORDERS = range(1, 51)
"""Seeds."""
TURN = ("engine", "engine", "front")
"""Processes that are killed, one after the other: both of the engine, then the server before them."""
TURNS = 3
BETWEEN = 4
"""Images that end between two kills."""
SAID = ("note_made_again", "note_made_after_restart")


@pytest.fixture
def images(tmp_path: Path) -> NotedImages:
    (tmp_path / "notes").mkdir()
    return NotedImages(tmp_path / "notes")


@pytest.fixture
def lanes(tmp_path: Path) -> Iterator[KilledServer]:
    engine = ("--engine", "tests.support.lane_engines:slow_lanes", "--pace", "0")
    server = KilledServer(tmp_path / "data", *engine, LANE_NOTES=str(tmp_path / "notes"))
    yield server
    server.kill()


RAY = {"RAY_ENGINE": "tests.support.lane_engines:slow_engine", "RAY_PAINTERS": "2", "RAY_AUTH_MODE": "disabled"}


@pytest.fixture
def replicas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KilledServer]:
    monkeypatch.setenv("LANE_NOTES", str(tmp_path / "notes"))  # of the cluster, whose replicas inherit it
    with ray_cluster(gpus=2) as address:
        server = KilledServer(tmp_path / "data", "--engine", "ray", **RAY, RAY_ADDRESS=address)
        yield server
        server.kill()


@pytest.fixture
def local_replicas(tmp_path: Path) -> Iterator[KilledServer]:
    own = {"RAY_PAINTER_GPUS": "0", "LANE_NOTES": str(tmp_path / "notes"), "PYTHONPATH": str(ROOT)}
    server = KilledServer(tmp_path / "data", "--engine", "ray", "--ray-local", **RAY, **own)
    yield server
    server.kill(signal.SIGTERM)


def ends_of_killed(server: KilledServer, images: NotedImages) -> dict[int, dict[str, Any]]:
    """Submit the orders, kill each process in turn, and return how each order ended, by its seed."""
    server.start()
    tasks = {seed: server.caller.submit(seed=seed, num_inference_steps=4)["id"] for seed in ORDERS}
    for _ in range(TURNS):
        for process in TURN:
            if process == "engine":
                images.kill_one(BETWEEN)
            else:
                images.wait_for_one_at_work(BETWEEN)
                server.kill()
                images.forget_processes()
                server.start()
    return {seed: server.caller.when(task, has_ended, seconds=120) for seed, task in tasks.items()}


def has_ended(task: dict[str, Any]) -> bool:
    return task["status"] in ("completed", "failed")


def check_ends(server: KilledServer, images: NotedImages, ends: dict[int, dict[str, Any]]) -> None:
    again = {seed for seed, count in images.begun.items() if count > 1}
    said = {seed for seed, end in ends.items() if any(code in str(end.get("x-notes")) for code in SAID)}
    reasons = {seed: end.get("x-message") for seed, end in ends.items() if end["status"] == "failed"}
    found = {"ended": len(ends), "begun twice": sorted(again), "said": sorted(said), "failed": reasons}
    assert set(images.ended) == set(ORDERS), found
    assert reasons == {}, found
    for seed, end in ends.items():
        assert server.caller.picture(end["outputs"][0]).getpixel((0, 0)) == (seed, 0, 7), "another order's image"
    assert again <= said, f"{sorted(again - said)} were generated again, and nothing says so"
    assert len(said) <= TURNS * (2 + 2), "each kill of the engine meets one image, of the server two"


def test_lanes_and_their_server_lose_nothing(lanes: KilledServer, images: NotedImages) -> None:
    check_ends(lanes, images, ends_of_killed(lanes, images))


@pytest.mark.skipif(not HAS_RAY, reason="ray is not installed")
def test_replicas_and_their_server_lose_nothing(replicas: KilledServer, images: NotedImages) -> None:
    check_ends(replicas, images, ends_of_killed(replicas, images))


@pytest.mark.skipif(not HAS_RAY, reason="ray is not installed")
def test_replicas_that_the_server_started_lose_nothing(local_replicas: KilledServer, images: NotedImages) -> None:
    check_ends(local_replicas, images, ends_of_killed(local_replicas, images))
