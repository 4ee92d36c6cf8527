"""A full disk, wiped folders and errors of our own: nothing is sent twice, no other job is affected."""

from __future__ import annotations

import sqlite3

import pytest

from components import messages
from components.domain.job import JobState
from components.errors import StorageError
from components.jobs.repository import JobRepository
from components.storage.async_store import AsyncStore
from tests.support.core import problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, picture_bytes


class FullDisk(AsyncStore):
    """Refuses to write from a call on, as SQLite does on a full disk."""

    def __init__(self, store, after):
        super().__init__(store)
        self.left = after

    async def in_order(self, work, *args, **kwargs):
        def full(*args, **kwargs):
            raise sqlite3.OperationalError("database or disk is full")

        self.left -= 1
        return await super().in_order(work if self.left >= 0 else full, *args, **kwargs)


async def test_on_a_full_disk_nothing_is_sent_and_that_is_an_error_of_ours(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, store_type=lambda store: FullDisk(store, 1)) as rig:
        with pytest.raises(StorageError):
            await rig.click()
        assert not api.posts
        assert not rig.jobs._runner._unfinished.total()


@pytest.mark.parametrize("calls", range(2, 8))
async def test_a_disk_that_fills_up_on_the_way_is_said_and_sends_nothing_twice(tmp_path, api, clock, caplog, calls):
    async with running(tmp_path, api.client(), clock, store_type=lambda store: FullDisk(store, calls)) as rig:
        rig.repository._feeds[ALICE] = feed = await JobRepository(AsyncStore(rig.store)).feed_of(ALICE)
        (job,) = await rig.click()
        await until(lambda: not rig.jobs._runner._tasks)
        (shown,) = (await feed.changes("", 0, 0)).jobs
    assert len(api.posts) <= 1
    if shown.state is not JobState.COMPLETED:
        assert problem_of(shown) == (messages.OUR_FAULT if api.posts else messages.OUR_FAULT_UNSENT)
        assert shown.can_look_again
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert (await rig.ended(job.id)).state in (JobState.COMPLETED, JobState.UNKNOWN)
    assert len(api.posts) <= 1 if calls > 2 else len(api.posts) == 1


@pytest.mark.parametrize("place", ["incoming", "pictures"])
async def test_a_picture_that_cannot_be_saved_is_shown_all_the_same_and_that_is_said(rig, tmp_path, place):
    (job,) = await rig.click()
    (tmp_path / place).rmdir()
    (tmp_path / place).write_text("a file where the folder should be")
    done = await rig.ended(job.id)
    assert (done.state, problem_of(done)) == (JobState.COMPLETED, messages.NOT_SAVED)
    assert rig.store.image_file(done.images[0].name) == picture_bytes()


@pytest.mark.parametrize("place", ["incoming", "pictures"])
async def test_a_folder_that_was_tidied_away_is_made_again(rig, tmp_path, place):
    (job,) = await rig.click()
    (tmp_path / place).rmdir()
    done = await rig.ended(job.id)
    assert (done.state, done.problem) == (JobState.COMPLETED, None)
    assert rig.store.image_file(done.images[0].name).read_bytes() == picture_bytes()


async def test_a_fault_of_ours_takes_no_other_job_down(rig, api, caplog):
    api.next_polls = [lambda r: 1 / 0]
    first, second = await rig.click(pictures=2)
    ended = [await rig.ended(first.id), await rig.ended(second.id)]
    assert [job.state for job in ended] == [JobState.COMPLETED] * 2, "it is taken up again"
    assert "ZeroDivisionError" in caplog.text
    assert not rig.jobs._runner._tasks
