"""What outlives the process, and what does not outlive its week."""

from __future__ import annotations

import logging

import pytest

from components.errors import SetupError
from components.messages.message import Message, literal
from components.server.assembly import ServerLimits
from components.server.http.timestamps import now_ms
from components.server.tasks.database import Filter, TaskDatabase, TaskRecord
from components.server.tasks.outcome import Outcome, Status
from components.server.tasks.worker import GIVEN_UP, MADE_AFTER_RESTART
from tests.support.tiny_engines import TINY, GatedEngine, TinyEngine
from tests.support.v3_server import data_uri, png, serving

WEEK_MS = 7 * 24 * 3600 * 1000


def test_unfinished_tasks_are_painted_again_in_order(gated, tmp_path):
    with serving(gated, tmp_path) as caller:
        ids = [caller.submit(seed=seed, image=data_uri(png()))["id"] for seed in (5, 6)]
        drawn = caller.submit()["id"]
        assert gated.begun.wait(5)
    again = TinyEngine()
    with serving(again, tmp_path) as caller:
        assert [caller.end(one)["status"] for one in (*ids, drawn)] == ["completed"] * 3
        assert caller.picture(caller.query(ids[0])["outputs"][0]).getpixel((0, 0)) == (5, 0, 7)
    assert [request.seed for request in again.requests[:2]] == [5, 6]
    assert again.requests[0].image is not None


def test_finished_tasks_are_still_there(tmp_path):
    with serving(TinyEngine(), tmp_path) as caller:
        done = caller.submit(enable_sync_mode=True, prompt="naked note")
    with serving(TinyEngine(), tmp_path) as caller:
        again = caller.query(done["id"])
        assert again["outputs"][0].startswith(caller.base)
        same = ("id", "created_at", "status", "has_nsfw_contents", "x-note", "timings")
        assert [again[name] for name in same] == [done[name] for name in same]
        assert caller.picture(again["outputs"][0]).size == (256, 256)


def test_stopping_in_good_order_costs_no_attempt(tmp_path):
    for _ in range(4):
        engine = GatedEngine()
        with serving(engine, tmp_path) as caller:
            if not caller.data(caller.http.post("/api/v3/predictions", json={}))["items"]:
                caller.submit()
            assert engine.begun.wait(5)
    with serving(TinyEngine(), tmp_path) as caller:
        [task] = caller.data(caller.http.post("/api/v3/predictions", json={}))["items"]
        assert caller.end(task["id"])["status"] == "completed"


def died_while_it_ran(folder, times):
    """Leave an unfinished task in a folder, during which the server died so many times."""
    records = TaskDatabase(folder / "server.sqlite3")
    records.add_task(TaskRecord("a" * 32, {"prompt": "note", "seed": 1}, now_ms()))
    for _ in range(times):
        records.begin("a" * 32)  # and the process died
    records.close()


def test_a_picture_that_is_made_again_after_a_crash_says_so(tmp_path):
    died_while_it_ran(tmp_path, 1)
    with serving(TinyEngine(), tmp_path) as caller:
        end = caller.end("a" * 32)
        assert [note["code"] for note in end["x-notes"]] == [TINY.code, "note_made_after_restart"]
        assert end["x-note"] == f"Tiny. {MADE_AFTER_RESTART}"


def test_one_that_waited_during_the_crash_says_nothing(tmp_path):
    died_while_it_ran(tmp_path, 0)
    with serving(TinyEngine(), tmp_path) as caller:
        assert [note["code"] for note in caller.end("a" * 32)["x-notes"]] == [TINY.code]


def test_a_task_that_kills_the_server_is_given_up(tmp_path):
    died_while_it_ran(tmp_path, 3)
    with serving(TinyEngine(), tmp_path) as caller:
        end = caller.end("a" * 32)
        assert end["status"] == "failed"
        assert "3 times" in end["error"]
        assert end["x-message"] == {"code": "server_gave_up", "params": {"count": 3}}


def test_a_task_that_this_server_does_not_take_any_more_fails_with_a_code(tmp_path):
    records = TaskDatabase(tmp_path / "server.sqlite3")
    records.add_task(TaskRecord("a" * 32, {"prompt": "x", "seed": 1, "num_inference_steps": 99}, now_ms()))
    records.close()
    with serving(TinyEngine(), tmp_path) as caller:
        params = {"field": "num_inference_steps", "low": 1, "high": 50}
        assert caller.end("a" * 32)["x-message"] == {"code": "server_outside", "params": params}


def test_old_things_are_deleted_and_leftovers_too(tmp_path):
    with serving(TinyEngine(), tmp_path) as caller:
        old = caller.submit(enable_sync_mode=True, image=data_uri(png()))
        upload = caller.data(caller.http.post("/api/v3/media/upload/binary", files={"file": png()}))
    (tmp_path / "outputs" / "half.png.part").write_bytes(b"x")
    with serving(TinyEngine(), tmp_path) as caller:
        assert caller.query(old["id"])["status"] == "completed"
        assert not (tmp_path / "outputs" / "half.png.part").exists()
    with serving(TinyEngine(), tmp_path, limits=ServerLimits(now=lambda: now_ms() + WEEK_MS + 1000)) as caller:
        assert caller.http.get(f"/api/v3/predictions/{old['id']}").status_code == 404
        assert caller.http.get("/uploads/" + upload["download_url"].rpartition("/")[2]).status_code == 404
    assert [*(tmp_path / "outputs").iterdir(), *(tmp_path / "uploads").iterdir()] == []


def test_one_folder_has_one_server(tmp_path):
    path = tmp_path / "server.sqlite3"
    first = TaskDatabase(path)
    with pytest.raises(SetupError, match="already using"):
        TaskDatabase(path, lock_timeout=0.2)
    first.close()
    TaskDatabase(path, lock_timeout=0.2).close()


def test_a_broken_database_is_set_aside(tmp_path, caplog):
    path = tmp_path / "server.sqlite3"
    path.write_bytes(b"this is no database, whatever it is" * 100)
    with caplog.at_level(logging.CRITICAL):
        records = TaskDatabase(path)
    records.add_task(TaskRecord("a", {}, 1))
    records.close()
    assert [file for file in tmp_path.iterdir() if ".bad-" in file.name]


def test_messages_are_stored_as_codes_and_come_back(tmp_path):
    records = TaskDatabase(tmp_path / "server.sqlite3")
    end = Outcome("a.png", notes=(Message("note_as_it_was"), literal("Tiny.")))
    records.add_task(TaskRecord("a", {}, 1))
    records.add_task(TaskRecord("b", {}, 2))
    assert records.finish("a", end) and records.finish("b", Outcome(error=GIVEN_UP))
    assert [task.outcome for task in records.list_tasks(Filter(), 0, 9)[0]] == [Outcome(error=GIVEN_UP), end]
    records.close()
    assert b"server_gave_up" in (tmp_path / "server.sqlite3").read_bytes()


def test_a_task_deleted_meanwhile_does_not_come_back(tmp_path):
    records = TaskDatabase(tmp_path / "server.sqlite3")
    records.add_task(TaskRecord("a", {}, 1))
    assert records.delete_task("a")
    assert not records.finish("a", Outcome("file.png"))
    assert records.task("a") is None
    records.add_task(TaskRecord("b", {}, 2))
    assert records.finish("b", Outcome(error=literal("No.")))
    task = records.task("b")
    assert task is not None
    assert task.status is Status.FAILED
    records.close()
