"""Polling a task: unknown states, ends without an image, errors of single polls, refused keys."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from components import messages
from components.domain.job import JobState
from components.messages.message import Charge
from tests.support.core import problem_of, problems_seen, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, BOB, raises, refuses, success


async def test_an_unknown_status_is_work_in_progress(rig, api):
    api.course = [{"status": "dreaming"}] * 3 + [{"status": "completed"}]
    (job,) = await rig.click()
    await until(lambda: api.polls["task1"] == 2)
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        ("failed", "boom", messages.failed("boom")),
        ("failed", "", messages.failed("")),
        ("cancelled", "boom", messages.CANCELLED),
        ("timeout", "boom", messages.TIMED_OUT),
        ("deleted", "boom", messages.DELETED),
    ],
)
async def test_each_end_without_a_picture_has_its_words(rig, api, status, error, told):
    api.course = [{"status": status, "error": error}]
    job = await rig.picture()
    assert (job.state, problem_of(job)) == (JobState.FAILED, told)
    assert problem_of(job).advice
    assert told.charge is Charge.REFUNDED


@pytest.mark.parametrize("code", [1200, 1402, 1403, 1405])
async def test_a_failed_task_that_is_told_by_its_code_is_not_looked_at_for_ever(rig, api, code):
    api.next_polls = [lambda r: httpx.Response(400, json={"code": code, "message": "no", "data": None})]
    job = await rig.picture()
    assert (job.state, problem_of(job).advice) == (JobState.FAILED, "no")


async def test_the_first_end_stands(rig, api):
    api.course = [{"status": "completed", "outputs": []}, {"status": "failed"}, {"status": "processing"}]
    job = await rig.picture()
    assert job.state is JobState.FAILED
    assert problem_of(job) == messages.NO_PICTURE
    assert problem_of(job).charge is Charge.SPENT
    looks = api.polls["task1"]
    await asyncio.sleep(0)
    assert api.polls["task1"] == looks


async def test_completed_without_outputs_is_asked_once_more(rig, api):
    api.course = [{"status": "completed", "outputs": []}, {"status": "completed"}]
    assert (await rig.picture()).state is JobState.COMPLETED


async def test_trouble_in_looking_is_told_and_taken_back_and_never_fails_the_job(rig, api):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.course = [{"status": "processing"}] * 4 + [{"status": "completed"}]
    processing = success({**api.make(), "status": "processing"})
    api.tasks.clear()
    api.next_polls = [lambda r: processing, raises(httpx.ReadTimeout), refuses(500), raises(httpx.ReadError)]
    (job,) = await rig.click()
    words = await problems_seen(rig)
    spoken = words.index(messages.SLOW_CONNECTION)
    assert None in words[spoken:-1], "the word stays on the tile though looking works again"
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_a_wait_that_the_service_names_for_looks_is_kept(rig, api, clock):
    api.next_polls = [refuses(503, retry_after="90")]
    await rig.picture()
    assert 90.0 in clock.slept


async def test_a_task_the_service_forgot_is_believed_gone_after_three_looks_in_a_minute(rig, api, clock):
    api.next_polls = [refuses(404)] * 3
    job = await rig.picture()
    assert (job.state, api.polls["task1"]) == (JobState.FAILED, 3)
    assert clock.slept.count(30.0) == 2
    assert job.task_id == "task1"


async def test_a_task_that_was_only_late_to_be_known_is_not_given_up(rig, api):
    api.next_polls = [refuses(404)] * 2
    assert (await rig.picture()).state is JobState.COMPLETED


@pytest.mark.parametrize("status", [401, 403])
async def test_a_look_refused_once_for_the_key_is_done_again(rig, api, status):
    api.next_polls = [refuses(status)]
    assert (await rig.picture()).state is JobState.COMPLETED


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_refused_while_looking_sets_the_task_aside_and_keeps_it(rig, api, status):
    api.next_polls = [refuses(status)] * 2
    job = await rig.picture()
    assert (job.is_paused, job.ended, job.task_id, problem_of(job)) == (
        True,
        None,
        "task1",
        messages.HOST_LOOK_REFUSED,
    )
    assert rig.on_disk(job.id) == job
    assert not rig.jobs._runner._tasks
    await rig.jobs.resume.recheck(BOB, job.id)
    assert not rig.jobs._runner._tasks
    await rig.jobs.resume.recheck(ALICE, job.id)
    again = await rig.ended(job.id)
    assert (again.state, again.problem, len(api.posts)) == (JobState.COMPLETED, None, 1)


async def test_a_task_set_aside_is_taken_up_by_a_restart(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_polls = [refuses(401)] * 2
        assert (await rig.picture()).is_paused
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert (await rig.ended("c1-1")).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_after_three_minutes_a_soft_word_is_said(rig, api):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.course = [{"status": "processing"}] * 150 + [{"status": "completed"}]
    (job,) = await rig.click()
    assert set(await problems_seen(rig)) == {None, messages.TAKES_LONG}
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


@pytest.mark.parametrize("address", ["http://[", "https://api.test:99999/x", "https://api.test/\x00", "\ud800", "//"])
async def test_an_address_to_ask_that_is_none_does_not_orphan_the_task(rig, api, address):
    api.next_submits = [lambda r: success(api.make(urls={"get": address}))]
    assert (await rig.picture()).state is JobState.COMPLETED
