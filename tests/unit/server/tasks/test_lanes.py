"""An engine with lanes runs so many tasks at once; turns, places, stages and deletion are as with one."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from components.engines.protocol import EngineRequest, EngineResult, OnStep
from tests.support.tiny_engines import TinyEngine, WarmupEngine
from tests.support.v3_server import MODEL, SMALL, Caller, serving
from tests.support.waiting import wait_until

ALICE, BOB = {"X-Playground-Visitor": "a" * 32}, {"X-Playground-Visitor": "b" * 32}


class TwoLanes(TinyEngine):
    """Engine with two lanes, whose images wait each for its own gate."""

    def __init__(self) -> None:
        super().__init__()
        self.gates = {seed: threading.Event() for seed in range(200)}
        self.running: set[int] = set()
        self.most = 0

    def lanes(self) -> int:
        return 2

    def generate(self, request: EngineRequest, on_step: OnStep) -> EngineResult:
        self.requests.append(request)
        self.running.add(request.seed)
        self.most = max(self.most, len(self.running))
        try:
            while not self.gates[request.seed].wait(0.002):
                on_step(1, request.num_inference_steps)
            return super().generate(request, on_step)
        finally:
            self.running.discard(request.seed)

    def open_all(self) -> None:
        for gate in self.gates.values():
            gate.set()


class TwoWarmedLanes(WarmupEngine):
    def lanes(self) -> int:
        return 2


@pytest.fixture
def engine():
    engine = TwoLanes()
    yield engine
    engine.open_all()


def submit(caller: Caller, seed: int, headers: dict[str, str] = ALICE) -> str:
    return caller.data(caller.http.post(MODEL, json=SMALL | {"seed": seed}, headers=headers))["id"]


def test_two_lanes_run_two_tasks_at_once_and_no_more(engine: TwoLanes, tmp_path: Path) -> None:
    with serving(engine, tmp_path) as caller:
        tasks = [submit(caller, seed) for seed in range(5)]
        wait_until(lambda: engine.running == {0, 1}, lambda: engine.running)
        assert [caller.query(task).get("x-position") for task in tasks] == [None, None, 0, 1, 2]
        engine.gates[1].set()
        wait_until(lambda: engine.running == {0, 2}, lambda: engine.running)
        engine.open_all()
        assert {caller.end(task)["status"] for task in tasks} == {"completed"}
    assert engine.most == 2


def test_a_deleted_task_frees_its_lane_and_leaves_the_other_alone(engine: TwoLanes, tmp_path: Path) -> None:
    with serving(engine, tmp_path) as caller:
        tasks = [submit(caller, seed) for seed in range(3)]
        wait_until(lambda: engine.running == {0, 1}, lambda: engine.running)
        assert caller.http.delete(f"/api/v3/predictions/{tasks[0]}").status_code == 200
        wait_until(lambda: engine.running == {1, 2}, lambda: engine.running)
        engine.open_all()
        assert [caller.end(task)["status"] for task in tasks[1:]] == ["completed", "completed"]


def test_a_visitor_is_next_though_another_has_both_lanes_and_a_line(engine: TwoLanes, tmp_path: Path) -> None:
    with serving(engine, tmp_path) as caller:
        for seed in range(6):
            submit(caller, seed, ALICE)
        wait_until(lambda: engine.running == {0, 1}, lambda: engine.running)
        assert caller.query(submit(caller, 100, BOB))["x-position"] == 0
        engine.gates[0].set()
        wait_until(lambda: engine.running == {1, 100}, lambda: engine.running)


def test_what_ran_in_every_lane_when_the_server_stopped_costs_no_attempt(engine: TwoLanes, tmp_path: Path) -> None:
    with serving(engine, tmp_path) as caller:
        tasks = [submit(caller, seed) for seed in range(3)]
        wait_until(lambda: engine.running == {0, 1}, lambda: engine.running)
    for _ in range(4):
        stopped = TwoLanes()
        with serving(stopped, tmp_path):
            wait_until(lambda stopped=stopped: stopped.running == {0, 1}, lambda stopped=stopped: stopped.running)
    with serving(TinyEngine(), tmp_path) as caller:
        assert {caller.end(task)["status"] for task in tasks} == {"completed"}


def test_the_engine_is_prepared_once_and_before_the_first_task_of_any_lane(tmp_path: Path) -> None:
    engine = TwoWarmedLanes()
    with serving(engine, tmp_path) as caller:
        tasks = [submit(caller, seed) for seed in range(3)]
        states = [caller.when(task, lambda seen: "x-stage" in seen) for task in tasks[:2]]
        assert {state["x-stage"] for state in states} == {"Loading the model"}
        assert "x-stage" not in caller.query(tasks[2]), "it waits for those before it"
        assert engine.requests == []
        assert len(engine.threads) == 1
        engine.gate.set()
        assert {caller.end(task)["status"] for task in tasks} == {"completed"}
