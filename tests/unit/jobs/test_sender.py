"""Submits that were refused, turned away or never arrived: repeated where that costs nothing, else ended."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import httpx
import pytest

from components import messages
from components.domain.job import JobState
from components.domain.request import GenerationRequest
from components.jobs.submission import JobLimits
from components.messages.message import Charge
from tests.support.core import problem_of, real_client, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, BOB, KEY, raises, refuses, success
from tests.support.v3_service import free_port


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_never_arrived_is_tried_three_times_and_was_not_charged(rig, api, error):
    api.next_submits = [raises(error)] * 9
    job = await rig.picture()
    assert len(api.posts) == 3
    assert job.state is JobState.FAILED
    assert job.sent is None
    assert problem_of(job) == messages.UNREACHABLE


async def test_a_closed_port_gets_no_post(tmp_path, clock):
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with real_client(nowhere, KEY) as client, running(tmp_path, client, clock) as rig:
        job = await rig.picture()
    assert job.state is JobState.FAILED
    assert problem_of(job) == messages.UNREACHABLE
    assert len(clock.slept) == 2


async def test_a_busy_service_is_waited_for_as_long_as_it_says_and_accepts_once(rig, api, clock):
    api.next_submits = [refuses(429, "slow down", retry_after="7")] * 2
    job = await rig.picture()
    assert job.state is JobState.COMPLETED
    first, second, third = api.post_times
    assert 7 <= second - first < 8
    assert 7 <= third - second < 8
    assert (len(api.posts), len(api.tasks)) == (3, 1)


async def test_a_busy_service_that_goes_on_is_given_up_after_ten_minutes(rig, api, clock):
    api.next_submits = [refuses(429)] * 500
    job = await rig.picture()
    assert job.state is JobState.FAILED
    assert len(api.posts) == 24, "after 2, 4, 8 and 16 seconds, then every 30: 600 in all"
    assert 600 <= clock.monotonic() < 610, "what is saved and shown meanwhile takes some seconds of this clock"
    assert problem_of(job) == messages.BUSY_TOO_LONG


async def test_one_picture_behind_24_of_another_is_sent_after_one_of_theirs_at_most(tmp_path, api, clock):
    api.next_submits = [refuses(429, retry_after="5")] * 24
    async with running(tmp_path, api.client(), clock, job_limits=JobLimits(24, 200)) as rig:
        theirs = await rig.click("c1", 24)
        await until(lambda: len(api.posts) == 24)
        api.gate = asyncio.Event()
        await until(lambda: len(api.posts) == 25)
        (mine,) = await rig.click("c2", visitor=BOB, request=GenerationRequest("mine"))
        await until(lambda: mine.id in rig.jobs._accounts["hosted"].sender._queue.positions())
        api.gate.set()
        assert (await rig.ended(mine.id)).state is JobState.COMPLETED
        prompts = [json.loads(post.content)["prompt"] for post in api.posts]
        assert prompts.index("mine") == 25, "after the one of theirs that was being sent"
        assert {(await rig.ended(job.id)).state for job in theirs} == {JobState.COMPLETED}


async def test_nobody_fails_for_having_waited_behind_others(rig, api, clock):
    """Each is accepted at its third try, minutes later: together far more than the service may be busy for one."""
    tries = Counter()

    def is_busy_twice(request):
        tries[request.content] += 1
        return success(api.make()) if tries[request.content] > 2 else refuses(429, retry_after="100")(request)

    api.next_submits = [is_busy_twice] * 100
    jobs = [*await rig.click("c1", 8), *await rig.click("c2", 8, visitor=BOB, request=GenerationRequest("a dog"))]
    ends = [await rig.ended(job.id) for job in jobs]
    assert clock.monotonic() > 1000
    assert {job.state for job in ends} == {JobState.COMPLETED}


async def test_a_service_that_asks_for_an_hour_is_not_waited_for_and_the_time_is_said(rig, api, clock):
    # The time of day that is said stays the same over the seconds of this test.
    clock.advance(60 - clock.now() % 60)
    api.next_submits = [refuses(429, retry_after="3600")]
    job = await rig.picture()
    assert len(api.posts) == 1
    problem = problem_of(job)
    assert problem.code == messages.busy_until(0).code
    assert problem.params == {"time": pytest.approx(clock.now() + 3600, abs=2)}


async def test_a_page_that_is_opened_later_shows_the_place_in_line_too(rig, api):
    """What is only shown, and not written down, is not lost on a board that is not loaded yet."""
    api.gate = asyncio.Event()
    (job,) = await rig.click()
    await until(lambda: api.posts)
    await rig.repository.publish(job.with_queue_position(3, None))
    (shown,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
    assert shown.position == 3
    api.gate.set()
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert not rig.repository._unsaved


async def test_a_lost_connection_while_in_line_for_a_busy_service_does_not_cost_the_place(rig, api):
    api.next_submits = [*[refuses(429, retry_after="1")] * 5, raises(httpx.ConnectError)]
    assert (await rig.picture()).state is JobState.COMPLETED


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, messages.setting_refused("")),
        (401, messages.HOST_KEY_REFUSED),
        (402, messages.HOST_NO_CREDIT),
        (403, messages.HOST_MODEL_FORBIDDEN),
        (404, messages.MODEL_GONE),
        (413, messages.TOO_LARGE),
        (418, messages.refused("")),
    ],
)
async def test_a_refusal_ends_the_job_uncharged_and_is_not_sent_again(rig, api, status, told):
    api.next_submits = [refuses(status)]
    job = await rig.picture()
    assert (job.state, problem_of(job), len(api.posts)) == (JobState.FAILED, told, 1)
    assert told.charge is Charge.NONE
    assert job.sent is None


async def test_a_refused_setting_is_named_so_that_it_can_be_said_at_its_field(rig, api):
    api.next_submits = [refuses(422, "num_inference_steps is too high")]
    job = await rig.picture()
    assert job.refused_field == "num_inference_steps"
    assert problem_of(job) == messages.setting_refused("num_inference_steps is too high")


async def test_an_error_body_with_an_id_counts_as_accepted(rig, api):
    def slow(request):
        body = {"code": 5004, "message": "timed out", "data": {"id": api.make()["id"], "status": "processing"}}
        return httpx.Response(504, json=body)

    api.next_submits = [slow]
    assert (await rig.picture()).state is JobState.COMPLETED
    assert len(api.posts) == 1
