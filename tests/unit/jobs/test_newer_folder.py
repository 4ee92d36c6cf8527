"""Jobs in a folder of a newer version: nothing is sent or paid for here, and the newer version goes on as if alone."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from components import messages
from components.domain.job import JobState
from components.errors import StorageError
from components.storage import store as store_module
from components.storage.store import Store
from tests.support.core import problem_of, running
from tests.support.scripted_api import ALICE
from tests.support.stored_jobs import done, job, save


@pytest.fixture
def newer(tmp_path, api, clock, monkeypatch) -> Path:
    """A folder of the newer version with jobs of every kind; the code is one version older from here on."""
    store = Store(tmp_path)
    accepted, now = api.make(), clock.now()
    save(
        store,
        done("old-1"),
        job("unsent-1", created=now),
        job("followed-1", created=now, sent=now, accepted=now, task_id=accepted["id"], state=JobState.PROCESSING),
        job("lost-1", created=now - 60, sent=now - 60),
    )
    store.close()
    monkeypatch.setattr(store_module, "MIGRATIONS", store_module.MIGRATIONS[:-1])
    return tmp_path


async def test_a_press_is_refused_with_a_sentence_and_nothing_is_sent(newer, api, clock):
    async with running(newer, api.client(), clock) as rig:
        with pytest.raises(StorageError) as caught:
            await rig.click()
        assert caught.value.message == messages.OLDER_THAN_HISTORY
        assert rig.store.job("c1-1") is None
        (again,) = await rig.click("old")
        assert again.id == "old-1", "a repeated press gets its jobs"
    assert api.posts == []


async def test_what_was_not_sent_stays_for_the_newer_version(newer, api, clock):
    async with running(newer, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        for _ in range(2):
            waiting = rig.on_disk("unsent-1")
            assert (waiting.state, waiting.is_paused, waiting.ended) == (JobState.WAITING, True, None)
            assert problem_of(waiting) == messages.WAITS_FOR_NEWER
            assert not waiting.is_cancellable, "the newer version would send it all the same"
            assert not await rig.jobs.cancel_unsent(ALICE, waiting.id)
            await rig.jobs.resume.recheck(ALICE, waiting.id)
    assert api.posts == []


async def test_nothing_is_deleted_which_the_newer_version_would_still_show(newer, api, clock):
    async with running(newer, api.client(), clock) as rig:
        assert await rig.jobs.bin.put(ALICE, ["old-1"]) == []
        assert (await rig.jobs.bin.delete(ALICE, ["old-1"])).deleted == ()
        assert rig.store.job("old-1")
    assert api.requested["predictions/delete"] == 0


async def test_without_its_key_what_was_not_sent_still_waits_for_the_newer_version(newer, api, clock):
    with closing(sqlite3.connect(newer / "playground.sqlite3")) as db, db:
        db.execute("UPDATE jobs SET record = json_set(record, '$.key', 'another') WHERE id = 'unsent-1'")
    async with running(newer, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        await rig.jobs.resume.recheck(ALICE, "unsent-1")
        assert problem_of(rig.on_disk("unsent-1")) == messages.WAITS_FOR_NEWER


async def test_what_was_sent_is_followed_to_its_picture(newer, api, clock):
    async with running(newer, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        followed, lost = await rig.ended("followed-1"), await rig.ended("lost-1")
        assert (followed.state, problem_of(followed)) == (JobState.COMPLETED, messages.NOT_SAVED)
        assert rig.store.image_bytes(followed.images[0].name)
        assert lost.state is JobState.UNKNOWN
    assert list((newer / "pictures").iterdir()) == []


async def test_the_newer_version_goes_on_as_if_alone(newer, api, clock, monkeypatch, tmp_path_factory):
    twin = tmp_path_factory.mktemp("twin") / "data"
    shutil.copytree(newer, twin)
    async with running(newer, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        await rig.ended("followed-1")
    with (
        closing(sqlite3.connect(newer / "playground.sqlite3")) as left,
        closing(sqlite3.connect(twin / "playground.sqlite3")) as expected,
    ):
        assert list(left.iterdump()) == list(expected.iterdump())
    monkeypatch.undo()
    async with running(newer, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        ended = [await rig.ended(name) for name in ("unsent-1", "followed-1")]
        assert [(one.state, one.problem) for one in ended] == [(JobState.COMPLETED, None)] * 2
        assert len(list((newer / "pictures").iterdir())) == 2
    assert len(api.posts) == 1, "paid for once"
