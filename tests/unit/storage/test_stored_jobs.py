"""Data folders of earlier versions open and show everything; records that cannot be read are shown as such."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components import messages
from components.domain.job import Job, JobState
from components.domain.person import Person
from components.storage.jobs_table import RECORD_VERSION
from components.storage.search_table import Search
from components.storage.store import VERSION, Store
from tests.support.paths import DATA

FOLDERS = sorted(path for path in (DATA / "stored_jobs").iterdir() if path.is_dir())


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def folder(request, tmp_path):
    return Path(shutil.copytree(request.param, tmp_path / "data"))


def records(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the records by job id, without deleted jobs, read by nothing but SQLite and JSON."""
    db = sqlite3.connect(folder / "playground.sqlite3")
    rows = db.execute("SELECT id, record FROM jobs WHERE state <> 'deleted'")
    found = {name: json.loads(record) for name, record in rows}
    db.close()
    return found


def changed(folder: Path, job_id: str, change: str, *values: object) -> None:
    """Change one record by an SQL expression over `record`."""
    db = sqlite3.connect(folder / "playground.sqlite3")
    with db:
        db.execute(f"UPDATE jobs SET record = {change} WHERE id = ?", (*values, job_id))
    db.close()


def visitor_of(folder: Path) -> str:
    return Person.browser((folder / "visitor.txt").read_text().strip()).visitor_id


def as_stored(job: Job) -> dict[str, Any]:
    """Return what the old records say of a job, under their own keys."""
    ask, problem = job.request, job.problem
    return {
        "prompt": ask.prompt,
        "negative_prompt": ask.negative_prompt,
        "seed": ask.seed,
        "loras": [{"path": lora.path, "scale": lora.scale} for lora in ask.loras],
        "state": job.state.value,
        "sent": job.sent,
        "ended": job.ended,
        "task_id": job.task_id,
        "price": job.price,
        "pictures": [(image.name, image.size, image.received) for image in job.images],
        "problem": problem and (str(problem.params.get("happened", problem.code))),
        "charge": problem.charge.value if problem else None,
        "links": list(job.links),
        "is_favourite": job.is_favourite,
    }


def told_by(record: dict[str, Any]) -> dict[str, Any]:
    # `get`: a saved record has no key for a value that is None, see UPDATE of the jobs table.
    ask, trouble = record["request"], record.get("trouble") or {}
    plain = {name: record.get(name) for name in ("state", "sent", "ended", "task_id", "price", "links")}
    return plain | {
        **{name: ask[name] for name in ("prompt", "negative_prompt", "seed", "loras")},
        "pictures": [(one["name"], one["size"], one.get("received", "")) for one in record["pictures"]],
        "problem": trouble.get("happened", trouble.get("code")),  # a text before version 2 of the records
        "charge": trouble.get("charge"),
        "is_favourite": record.get("is_favourite", False),
    }


def test_every_job_of_an_earlier_version_is_read_as_it_was_written(folder):
    before = records(folder)
    store = Store(folder)
    for name, record in before.items():
        job = store.job(name)
        assert job and as_stored(job) == told_by(record)
        for image in job.images:
            assert Path(str(store.image_file(image.name))).stat().st_size == image.size
            assert store.thumbnail(image.name)
    assert len(store.page_of(visitor_of(folder), None, 99)) >= 6
    assert {job.state for job in store.open_jobs()} == {JobState.PROCESSING, JobState.UNKNOWN}
    assert [job.request.prompt for job in store.search(visitor_of(folder), Search("cafe"), 9)] == [
        'a café by the sea, "golden hour"'
    ]
    store.close()


def test_a_saved_job_gets_this_version_s_record_and_keeps_what_is_not_known(folder):
    name = next(iter(records(folder)))
    changed(folder, name, "json_set(record, '$.depth', 3, '$.request.controlnet', 'canny')")
    before, store = records(folder)[name], Store(folder)
    job = store.job(name)
    assert job and store.save_job(job) and store.job(name) == job
    store.close()
    after = records(folder)[name]
    assert (after["version"], after["depth"], after["request"]["controlnet"]) == (RECORD_VERSION, 3, "canny")
    assert {key for key, value in before.items() if value is not None} <= set(after)


@pytest.mark.parametrize("key", ["trouble", "seed_note"])
def test_what_is_not_known_in_a_message_stays_and_nothing_known_of_the_one_before(folder, key):
    name = next(iter(records(folder)))
    older = {"code": "too_many_loras", "params": {"count": 4}, "charge": "none", "severity": 3, "happened": "Oh."}
    changed(folder, name, f"json_set(record, '$.{key}', json(?))", json.dumps(older))
    store = Store(folder)
    job = store.job(name)
    assert job and store.save_job(replace(job, problem=messages.BUSY, seed_note=messages.BUSY))
    store.close()
    assert records(folder)[name][key] == {"code": "busy", "params": {}, "charge": "none", "severity": 3}


def test_a_mark_leaves_the_rest_of_a_record_alone(folder):
    (name, record) = next((name, one) for name, one in records(folder).items() if one["state"] == "completed")
    changed(folder, name, "json_set(record, '$.pictures[0].frames', 3)")
    store = Store(folder)
    job = store.set_favourite(record["visitor"], name, is_favourite=True)
    store.close()
    assert job and job.is_favourite
    assert records(folder)[name]["pictures"][0]["frames"] == 3
    assert records(folder)[name]["is_favourite"] is True


@pytest.mark.parametrize("damage", ["json_set(record, '$.state', 'archived')", "'[]'", "'not JSON'"])
def test_a_record_that_cannot_be_read_is_shown_as_such_and_never_written(folder, damage):
    name = next(name for name, one in records(folder).items() if one["state"] == "processing")
    changed(folder, name, damage)
    store = Store(folder)
    (job,) = [job for job in store.page_of(visitor_of(folder), None, 99) if job.id == name]
    assert (job.is_readable, job.problem, job.can_be_deleted) == (False, messages.RECORD_UNREADABLE, False)
    assert job.request.prompt == ("a boat under way" if "archived" in damage else "?")
    assert (job.click, job.number) == (name.rpartition("-")[0], 1)
    assert name not in [job.id for job in store.open_jobs()]
    assert store.expired(1e12, 99) and store.drop_sources(0.0) == 0
    assert name in store.transfer_jobs(visitor_of(folder), "somebody else")
    with pytest.raises(ValueError, match="not written"):
        store.save_job(job)
    store.close()


def test_the_version_of_the_tables_is_written(folder):
    Store(folder).close()
    db = sqlite3.connect(folder / "playground.sqlite3")
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    db.close()


def test_a_folder_of_a_newer_version_is_left_alone(folder):
    Store(folder).close()
    db = sqlite3.connect(folder / "playground.sqlite3")
    db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    before = records(folder)
    store = Store(folder)
    assert {job.id for job in store.page_of(visitor_of(folder), None, 99)} <= set(before)
    assert store.is_from_newer_version
    store.close()
    assert records(folder) == before
