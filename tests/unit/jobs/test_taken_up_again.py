"""Errors that nobody expected while money is out: the job is taken up again, from memory, and never sent twice."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from components import messages
from components.domain.job import JobState
from components.errors import StorageError
from components.jobs.runner import RETRY_PAUSES
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from tests.support.core import Rig, problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, BOB, ScriptedApi


class LockedDatabase(AsyncStore):
    """Store whose writes and reads fail while `is_locked`, as when another program holds the file."""

    is_locked = False

    async def in_order(self, work, *args, **kwargs):
        def locked(*args, **kwargs):
            raise sqlite3.OperationalError("database is locked")

        return await super().in_order(locked if self.is_locked else work, *args, **kwargs)


@pytest.fixture
async def rig(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, store_type=LockedDatabase) as rig:
        yield rig


def lock(rig: Rig, *, is_locked: bool = True) -> None:
    rig.calls.is_locked = is_locked  # pyright: ignore[reportAttributeAccessIssue]


def locking(rig: Rig, reply):
    """Return a reply during which another program locks the database."""

    def answer(request):
        lock(rig)
        return reply(request)

    return answer


async def shown(rig: Rig):
    (job,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
    return job


def accepts(api: ScriptedApi):
    from tests.support.scripted_api import success  # noqa: PLC0415

    return lambda request: success(api.make())


async def test_a_task_whose_id_could_not_be_written_is_followed_and_written_later(rig, api, clock):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.next_submits = [locking(rig, accepts(api))]
    (job,) = await rig.click()
    await until(lambda: rig.jobs._runner.is_pausing(job.id))
    seen = await shown(rig)
    assert (seen.task_id, problem_of(seen)) == ("task1", messages.OUR_FAULT)
    assert seen.can_look_again
    lock(rig, is_locked=False)
    done = await rig.ended(job.id)
    assert (done.state, done.task_id, done.problem) == (JobState.COMPLETED, "task1", None)
    assert len(api.posts) == 1


async def test_a_lock_while_it_is_painted_ends_no_following(rig, api):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.course = [{"status": "created"}, {"status": "processing"}, {"status": "completed"}]
    (job,) = await rig.click()
    await until(lambda: api.polls["task1"])
    lock(rig)
    await until(lambda: rig.jobs._runner.is_pausing(job.id))
    lock(rig, is_locked=False)
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_a_fault_of_ours_while_polling_is_tried_again(rig, api, caplog):
    api.next_polls = [lambda r: 1 / 0, lambda r: 1 / 0]
    assert (await rig.picture()).state is JobState.COMPLETED
    assert caplog.text.count("ZeroDivisionError: ") == 2
    assert len(api.posts) == 1


async def test_a_fault_of_ours_in_the_answer_to_the_post_sends_no_second_one(rig, api):
    def fails(request):
        api.make()
        raise OverflowError("date value out of range")

    api.next_submits = [fails]
    done = await rig.picture()
    assert (done.state, done.task_id) == (JobState.COMPLETED, "task1")
    assert len(api.posts) == 1


async def test_a_fault_of_ours_before_the_post_sends_it_later_once(rig, api, monkeypatch):
    mark, failures = Store.mark_sent, [StorageError(messages.STORE_TROUBLE), ZeroDivisionError()]

    def failing(store, job):
        if failures:
            raise failures.pop()
        return mark(store, job)

    monkeypatch.setattr(AsyncStore, "mark_sent", lambda calls, job: calls.in_order(failing, calls.blocking, job))
    await rig.jobs.changes(ALICE, "", 0, 0)
    (job,) = await rig.click()
    await until(lambda: rig.jobs._runner.is_pausing(job.id))
    seen = await shown(rig)
    assert (seen.sent, problem_of(seen)) == (None, messages.OUR_FAULT_UNSENT)
    assert not api.posts
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_an_unsent_job_can_be_taken_back_while_it_waits_for_another_attempt(rig, api, clock, monkeypatch):
    def fails(calls, job):
        raise ZeroDivisionError

    def waits(event, seconds):
        return event.wait()

    monkeypatch.setattr(AsyncStore, "mark_sent", fails)
    monkeypatch.setattr(clock, "sleep_until", waits)  # a fake pause could end before the job is taken back
    (job,) = await rig.click()
    await until(lambda: rig.jobs._runner.is_pausing(job.id))
    assert not await rig.jobs.cancel_unsent(BOB, job.id)
    assert await rig.jobs.cancel_unsent(ALICE, job.id)
    ended = await rig.ended(job.id)
    assert (ended.state, problem_of(ended)) == (JobState.STOPPED, messages.TAKEN_BACK)
    assert not api.posts


async def test_a_fault_that_lasts_leaves_the_job_to_its_visitor(rig, api, clock):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.next_submits = [locking(rig, accepts(api))]
    (job,) = await rig.click()
    await rig.jobs._runner.wait(job.id)
    assert [pause for pause in clock.slept if pause in RETRY_PAUSES][-8:] == [60.0] * 8
    seen = await shown(rig)
    assert (seen.task_id, problem_of(seen), seen.can_look_again) == ("task1", messages.OUR_FAULT, True)
    lock(rig, is_locked=False)
    await rig.jobs.resume.recheck(BOB, job.id)
    assert job.id not in rig.jobs._runner
    await rig.jobs.resume.recheck(ALICE, job.id)
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_looking_again_ends_the_pause(tmp_path, api, clock):
    stopped = asyncio.Event()
    api.next_polls = [lambda r: 1 / 0]
    async with running(tmp_path, api.client(), clock) as rig:
        (job,) = await rig.click()
        jump = clock.sleep

        async def first_pause_lasts(seconds):
            if rig.jobs._runner.is_pausing(job.id):
                await stopped.wait()
            await jump(seconds)

        clock.sleep = first_pause_lasts
        await until(lambda: rig.jobs._runner.is_pausing(job.id))
        await rig.jobs.resume.recheck(ALICE, job.id)
        assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_what_could_not_be_written_is_written_before_the_process_ends(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, store_type=LockedDatabase) as rig:
        api.next_submits = [locking(rig, accepts(api))]
        (job,) = await rig.click()
        await until(lambda: rig.jobs._runner.is_pausing(job.id))
        lock(rig, is_locked=False)
    store = Store(tmp_path)
    assert [one.task_id for one in store.open_jobs()] == ["task1"]
    store.close()
