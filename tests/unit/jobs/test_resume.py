"""An app killed at any step of a submit and started again: one POST at most, nothing lost."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading

import pytest

from components import messages
from components.domain.job import JobState
from components.storage.async_store import AsyncStore
from tests.support.core import problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, refuses, success


class Killed(AsyncStore):
    """Stands still for ever at its n-th call, as a killed process does: before or after its work."""

    def __init__(self, store, at, *, after):
        super().__init__(store)
        self.left, self.after, self.dead = at, after, asyncio.Event()

    async def in_order(self, work, *args, **kwargs):
        self.left -= 1
        if self.left > 0:
            return await super().in_order(work, *args, **kwargs)
        if self.left == 0 and self.after:
            await super().in_order(work, *args, **kwargs)
        self.dead.set()
        await asyncio.Event().wait()


async def killed_at(tmp_path, api, clock, step, *, after, pictures=1):
    """Click, and stop at a step. False: it came to its end before."""
    repositories = []

    def repository(store):
        repositories.append(Killed(store, step, after=after))
        return repositories[0]

    async with running(tmp_path, api.client(), clock, store_type=repository) as rig:
        clicking = asyncio.create_task(rig.click(pictures=pictures))
        dying = asyncio.create_task(repositories[0].dead.wait())
        await until(lambda: dying.done() or (clicking.done() and not rig.jobs._runner._tasks))
        died = dying.done()
        for task in (clicking, dying, *rig.jobs._starting):
            task.cancel()
        await asyncio.gather(clicking, dying, return_exceptions=True)
    return died


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, 8))
async def test_killed_between_any_two_steps_one_post_at_most_and_nothing_is_lost(tmp_path, api, clock, step, after):
    died = await killed_at(tmp_path, api, clock, step, after=after)
    posts = len(api.posts)
    assert died is (step <= 6)  # known?, intend, sending, accepted, processing, completed
    async with running(tmp_path, api.client(), clock) as rig:
        left = rig.store.page_of(ALICE, None, 9)
        await rig.jobs.resume.all()
        for job in left:
            ended = await rig.ended(job.id)
            never_left = step == 3 and after  # written down as being sent, killed before it was
            assert ended.state is (JobState.UNKNOWN if never_left else JobState.COMPLETED)
        if posts or step > 2 or (step == 2 and after):
            assert left, "a click that was written down is gone"
        assert len(api.posts) <= 1
        (again,) = await rig.click()
        await rig.ended(again.id)
    assert len(api.posts) == (0 if step == 3 and after else 1)


@pytest.mark.parametrize("step", range(3, 14))
async def test_killed_with_two_pictures_on_the_way_neither_is_sent_twice(tmp_path, api, clock, step):
    await killed_at(tmp_path, api, clock, step, after=True, pictures=2)
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        jobs = rig.store.page_of(ALICE, None, 9)
        assert len(jobs) == 2
        for job in jobs:
            assert (await rig.ended(job.id)).ended
    assert len(api.posts) <= 2
    seeds = [json.loads(request.content)["seed"] for request in api.posts]
    assert len(set(seeds)) == len(seeds)


async def test_killed_while_the_post_is_under_way_the_task_is_found_again(tmp_path, api, clock):
    api.gate = asyncio.Event()
    async with running(tmp_path, api.client(), clock) as rig:
        (job,) = await rig.click()
        await until(lambda: api.posts)
        api.make()
    api.gate = None
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert problem_of(rig.on_disk(job.id)) == messages.UNANSWERED_BEFORE_RESTART
        assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_after_a_busy_answer_a_kill_in_the_next_post_may_have_been_charged(tmp_path, api, clock):
    api.next_submits = [refuses(429, retry_after="1")]
    async with running(tmp_path, api.client(), clock) as rig:
        (job,) = await rig.click()
        await until(lambda: api.posts)
        api.gate = asyncio.Event()
        await until(lambda: len(api.posts) == 2)
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert problem_of(rig.on_disk(job.id)) == messages.UNANSWERED_BEFORE_RESTART
        assert (await rig.ended(job.id)).state is JobState.UNKNOWN


async def test_a_stop_in_the_moment_of_acceptance_keeps_the_task_id(tmp_path, api, clock):
    """What waits for the disk's thread is written, though the job that waits is cancelled."""
    async with running(tmp_path, api.client(), clock) as rig:
        held = asyncio.Event()
        release = threading.Event()

        def accept(request):
            rig.calls._thread.submit(release.wait, 5)
            held.set()
            return success(api.make())

        api.next_submits = [accept]
        (job,) = await rig.click()
        await held.wait()
        await until(lambda: rig.calls._thread._work_queue.qsize())
        closing = asyncio.create_task(rig.jobs.close())
        for _ in range(5):
            await asyncio.sleep(0)
        release.set()
        await closing
    async with running(tmp_path, api.client(), clock) as rig:
        assert rig.on_disk(job.id).task_id == "task1"


async def test_a_stop_while_a_picture_s_file_is_being_made_leaves_no_file(tmp_path, api, clock):
    opening, release = threading.Event(), threading.Event()
    async with running(tmp_path, api.client(), clock) as rig:
        landing = rig.store._images.open_temp

        def slow_landing():
            opening.set()
            release.wait(5)
            return landing()

        rig.store._images.open_temp = slow_landing
        await rig.click()
        await until(opening.is_set)
        closing = asyncio.create_task(rig.jobs.close())
        for _ in range(5):
            await asyncio.sleep(0)
        release.set()
        await closing
    assert not list((tmp_path / "incoming").iterdir())


async def test_a_click_left_unsent_for_long_is_not_sent_after_a_restart(tmp_path, api, clock):
    await killed_at(tmp_path, api, clock, 2, after=True)
    clock.advance(601)
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        job = await rig.ended("c1-1")
    assert (job.state, problem_of(job)) == (JobState.STOPPED, messages.STALE)
    assert not api.posts


async def test_a_job_of_a_backend_that_is_gone_waits_for_it_and_says_so(tmp_path, api, clock):
    await killed_at(tmp_path, api, clock, 4, after=True)
    async with running(tmp_path, api.client(), clock, backend="demo") as rig:
        await rig.jobs.resume.all()
        (shown,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
        assert problem_of(shown) == messages.BACKEND_AWAY
        assert not shown.ended
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert (await rig.ended("c1-1")).state is JobState.COMPLETED


async def test_looking_again_through_a_backend_that_is_gone_says_so(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_submits = [api.loses(made=False)]
        job = await rig.picture()
    async with running(tmp_path, api.client(), clock, backend="demo") as rig:
        await rig.jobs.resume.recheck(ALICE, job.id)
        told = rig.on_disk(job.id)
        assert not rig.jobs._runner._tasks
    assert (told.state, problem_of(told)) == (JobState.UNKNOWN, messages.BACKEND_AWAY)


async def test_an_unsent_job_of_a_backend_that_is_gone_is_stopped_uncharged(tmp_path, api, clock):
    await killed_at(tmp_path, api, clock, 2, after=True)
    async with running(tmp_path, api.client(), clock, backend="demo") as rig:
        await rig.jobs.resume.all()
        job = await rig.ended("c1-1")
    assert (job.state, problem_of(job)) == (JobState.STOPPED, messages.STALE)


async def test_a_job_that_cannot_be_read_takes_no_other_down(tmp_path, api, clock, caplog):
    await killed_at(tmp_path, api, clock, 4, after=True, pictures=2)
    db = sqlite3.connect(tmp_path / "playground.sqlite3")
    with db:
        db.execute("""UPDATE jobs SET record = json_set(record, '$.state', 'from the future') WHERE id = 'c1-1'""")
    db.close()
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert (await rig.ended("c1-2")).ended
    assert "cannot be read" in caplog.text


async def test_what_was_learnt_of_lengths_is_learnt_again_after_a_restart(tmp_path, api, clock):
    api.course = [{"status": "completed", "timings": {"inference": 900}}]
    async with running(tmp_path, api.client(), clock) as rig:
        job = await rig.picture()
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert rig.jobs._durations.range_of(job.duration_key)
