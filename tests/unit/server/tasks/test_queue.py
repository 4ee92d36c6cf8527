"""The server's queue: visitors take turns, places are true, and both survive a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tiny_engines import GatedEngine, TinyEngine
from tests.support.v3_server import MODEL, SMALL, Caller, serving

ALICE, BOB = {"X-Playground-Visitor": "a" * 32}, {"X-Playground-Visitor": "b" * 32}


def submit(caller: Caller, seed: int, headers: dict[str, str]) -> str:
    return caller.data(caller.http.post(MODEL, json=SMALL | {"seed": seed}, headers=headers))["id"]


def test_one_task_behind_24_of_another_visitor_is_next(gated: GatedEngine, tmp_path: Path) -> None:
    with serving(gated, tmp_path) as caller:
        theirs = [submit(caller, seed, ALICE) for seed in range(24)]
        assert gated.begun.wait(5)
        mine = submit(caller, 100, BOB)
        assert caller.query(mine)["x-position"] == 0
        assert [caller.query(task)["x-position"] for task in theirs[1:]] == list(range(1, 24))
        gated.gate.set()
        assert caller.end(mine)["status"] == "completed"
        caller.end(theirs[-1])
    assert [request.seed for request in gated.requests] == [0, 100, *range(1, 24)]


@pytest.mark.parametrize("headers", [{}, {"X-Playground-Visitor": ""}, {"X-Playground-Visitor": "Robert'); DROP"}])
def test_callers_without_a_mark_are_one_visitor(gated: GatedEngine, tmp_path: Path, headers: dict[str, str]) -> None:
    with serving(gated, tmp_path) as caller:
        tasks = [submit(caller, seed, {} if seed % 2 else headers) for seed in range(4)]
        marked = submit(caller, 100, BOB)
        gated.gate.set()
        for task in (*tasks, marked):
            caller.end(task)
    assert [request.seed for request in gated.requests] == [0, 100, 1, 2, 3]


def test_visitors_take_turns_after_a_restart_too(gated: GatedEngine, tmp_path: Path) -> None:
    with serving(gated, tmp_path) as caller:
        tasks = [submit(caller, seed, ALICE) for seed in (1, 2, 3)] + [submit(caller, 100, BOB)]
        assert gated.begun.wait(5)
    again = TinyEngine()
    with serving(again, tmp_path) as caller:
        for task in tasks:
            caller.end(task)
    assert [request.seed for request in again.requests] == [1, 100, 2, 3]


def test_a_deleted_task_moves_those_behind_it(gated: GatedEngine, tmp_path: Path) -> None:
    with serving(gated, tmp_path) as caller:
        tasks = [submit(caller, seed, ALICE) for seed in range(4)]
        assert gated.begun.wait(5)
        assert caller.http.delete(f"/api/v3/predictions/{tasks[1]}").status_code == 200
        assert [caller.query(task)["x-position"] for task in tasks[2:]] == [0, 1]
