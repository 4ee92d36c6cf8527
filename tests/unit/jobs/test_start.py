"""From a click to its image, where nothing fails; who may do what, and how many at once."""

from __future__ import annotations

import asyncio
import logging

import pytest
from blockbuster import blockbuster_ctx

from components import messages
from components.clock import Clock
from components.domain.job import JobState
from components.domain.request import GenerationRequest
from components.errors import TooManyJobs
from components.jobs.submission import JobLimits, Submission
from components.messages.catalogue import texts
from tests.support.core import real_client, running, states_seen
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, BOB, KEY, MODEL, picture_bytes, refuses, success
from tests.support.v3_service import KEY as HOSTED_KEY

# --- the usual way ---


async def test_a_click_becomes_a_picture_through_its_states_in_order(rig, api):
    await rig.jobs.changes(ALICE, "", 0, 0)
    (job,) = await rig.click()
    assert job.state is JobState.WAITING
    assert await states_seen(rig) == [
        JobState.WAITING,
        JobState.CREATED,
        JobState.PROCESSING,
        JobState.COMPLETED,
    ]
    done = await rig.ended(job.id)
    assert done.task_id == "task1"
    assert len(api.posts) == 1
    assert rig.store.image_file(done.images[0].name).read_bytes() == picture_bytes()
    assert (done.images[0].width, done.images[0].height) == (16, 8)


async def test_the_intent_is_on_disk_before_the_first_byte_and_the_id_before_the_first_look(rig, api):
    (job,) = await rig.click()
    seen = []

    def submit(request):
        seen.append(rig.store.job(job.id))
        return success(api.make())

    def look(request):
        seen.append(rig.store.job(job.id))
        return success({**api.tasks["task1"], "status": "processing"})

    api.next_submits, api.next_polls = [submit], [look]
    await rig.ended(job.id)
    at_submit, at_look = seen
    assert at_submit.sent
    assert at_submit.task_id is None
    assert at_look.task_id == "task1"


async def test_the_same_click_twice_is_one_post_and_the_same_jobs(rig, api):
    first, second = await asyncio.gather(rig.click("c1", 2), rig.click("c1", 2))
    assert [job.id for job in first] == [job.id for job in second]
    for job in first:
        await rig.ended(job.id)
    third = await rig.click("c1", 2)
    assert [job.state for job in third] == [JobState.COMPLETED] * 2
    assert len(api.posts) == 2


async def test_a_click_id_of_another_visitor_tells_and_starts_nothing(rig, api):
    await rig.picture("c1")
    assert await rig.click("c1", visitor=BOB) == ()
    assert len(api.posts) == 1


async def test_a_caller_who_leaves_while_the_click_is_written_down_stops_nothing(rig, api):
    leaving = asyncio.create_task(rig.click())
    await until(lambda: rig.jobs._starting)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    await until(lambda: rig.jobs._runner._tasks or api.posts)
    assert (await rig.ended("c1-1")).state is JobState.COMPLETED


async def test_a_submit_answered_with_the_finished_picture_is_not_looked_at(rig, api):
    api.next_submits = [lambda r: success(api.make(status="completed", outputs=["https://files.test/x.png"]))]
    assert (await rig.picture()).state is JobState.COMPLETED
    assert not api.polls


async def test_nothing_of_a_finished_job_stays_in_memory_but_the_feed(rig):
    await rig.picture()
    assert not rig.jobs._runner._tasks
    assert not rig.jobs._starting
    assert not rig.jobs._runner._unfinished


# --- who may what ---


async def test_another_visitors_feed_is_empty_and_their_job_out_of_reach(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.list_fails = True
    job = await rig.picture()
    api.list_fails = False
    assert (await rig.jobs.changes(BOB, "", 0, 0)).jobs == ()
    assert await rig.jobs.older(BOB, 1e12) == ([], False)
    await rig.jobs.resume.recheck(BOB, job.id)
    await rig.jobs.resume.recheck(BOB, "no such job")
    assert not rig.jobs._runner._tasks
    assert (await rig.ended(job.id)).state is JobState.UNKNOWN


async def test_a_visitor_has_at_most_so_many_on_their_way(rig, api):
    api.gate = asyncio.Event()
    await rig.click("c1", 4)
    await rig.click("c2", 4)
    with pytest.raises(TooManyJobs) as refused:
        await rig.click("c3")
    assert refused.value.message == messages.too_many_of_yours(8)
    assert len(await rig.click("c4", visitor=BOB)) == 1
    assert rig.store.job("c3-1") is None
    api.gate.set()
    for job in ("c1-1", "c2-4"):
        await rig.ended(job)
    assert (await rig.picture("c5")).state is JobState.COMPLETED


async def test_over_all_there_are_at_most_so_many(tmp_path, api, clock):
    api.gate = asyncio.Event()
    async with running(tmp_path, api.client(), clock, job_limits=JobLimits(8, 5)) as rig:
        await rig.click("c1", 4)
        with pytest.raises(TooManyJobs) as refused:
            await rig.click("c2", 2, visitor=BOB)
        assert refused.value.message == messages.TOO_MANY_OF_ALL
        await rig.click("c3", 1, visitor=BOB)


async def test_two_clicks_at_once_do_not_pass_the_cap_together(tmp_path, api, clock):
    api.gate = asyncio.Event()
    async with running(tmp_path, api.client(), clock, job_limits=JobLimits(5, 200)) as rig:
        results = await asyncio.gather(rig.click("c1", 4), rig.click("c2", 4), return_exceptions=True)
        assert sorted(isinstance(result, TooManyJobs) for result in results) == [False, True]


async def test_the_key_is_nowhere_in_the_data_folder_or_the_log(tmp_path, api, clock, caplog):
    caplog.set_level(logging.DEBUG)
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_submits = [refuses(401, f"bad key {KEY}")]
        await rig.picture("c1")
        await rig.picture("c2")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert KEY not in caplog.text


# --- the event loop ---


async def test_nothing_blocks_the_event_loop_on_the_way_to_a_picture(tmp_path, hosted):
    async with real_client(hosted.base_url, HOSTED_KEY) as client, running(tmp_path, client, Clock()) as rig:
        texts()  # the app reads them at its start
        with blockbuster_ctx():
            await rig.jobs.resume.all()
            submission = Submission(ALICE, "c1", (GenerationRequest("a cat", width=256, height=256, seed=1),))
            (job,) = await rig.jobs.start(submission)
            await rig.jobs.changes(ALICE, "", 0, 0)
            done = await rig.ended(job.id)
            await rig.jobs.older(ALICE, 1e12)
    assert (done.state, done.model, done.problem) == (JobState.COMPLETED, MODEL, None)
