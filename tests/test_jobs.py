"""A click's way to its picture, with every trouble on it: one POST at the most, nothing lost."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sqlite3
import threading
import time

import httpx
import pytest
from blockbuster import blockbuster_ctx

from components import messages
from components.clock import Clock
from components.errors import Charge, StoreTrouble, TooMany
from components.fence import Limits
from components.generation import GenerationRequest
from components.job import JobState
from components.jobs import Caps, Deletion, Wish
from components.ledger import Ledger
from tests.fakes import (
    ALICE,
    BASE,
    BOB,
    KEY,
    MODEL,
    picture_bytes,
    raises,
    real_client,
    refuses,
    running,
    said,
    success,
    until,
)
from tests.hosted_api import KEY as HOSTED_KEY
from tests.hosted_api import free_port


@pytest.fixture
async def rig(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        yield rig


async def states_seen(rig, visitor=ALICE):
    """Follow a board as a page does, until nothing is on its way; the states in order."""
    seen, epoch, version = [], "", 0
    while True:
        changes = await rig.jobs.changes(visitor, epoch, version, 5)
        epoch, version = changes.epoch, changes.version
        seen += [job.state for job in changes.jobs]
        if not changes.unfinished:
            return [state for place, state in enumerate(seen) if place == 0 or seen[place - 1] is not state]


async def words_seen(rig, visitor=ALICE):
    """Follow a board in the same way; the troubles it told, in order, None where it told none."""
    seen, epoch, version = [], "", 0
    while True:
        changes = await rig.jobs.changes(visitor, epoch, version, 5)
        epoch, version = changes.epoch, changes.version
        seen += [job.trouble for job in changes.jobs]
        if not changes.unfinished:
            return seen


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
    assert rig.store.picture(done.pictures[0].name).read_bytes() == picture_bytes()
    assert (done.pictures[0].width, done.pictures[0].height) == (16, 8)


async def test_the_intent_is_on_disk_before_the_first_byte_and_the_id_before_the_first_look(rig, api):
    (job,) = await rig.click()
    seen = []

    def submit(request):
        seen.append(rig.store.job(job.id))
        return success(api.make())

    def look(request):
        seen.append(rig.store.job(job.id))
        return success({**api.tasks["task1"], "status": "processing"})

    api.next_submits, api.next_looks = [submit], [look]
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
    await until(lambda: rig.jobs._running or api.posts)
    assert (await rig.ended("c1-1")).state is JobState.COMPLETED


async def test_a_submit_answered_with_the_finished_picture_is_not_looked_at(rig, api):
    api.next_submits = [lambda r: success(api.make(status="completed", outputs=["https://files.test/x.png"]))]
    assert (await rig.picture()).state is JobState.COMPLETED
    assert not api.looks


async def test_nothing_of_a_finished_job_stays_in_memory_but_the_board(rig):
    await rig.picture()
    assert not rig.jobs._running
    assert not rig.jobs._starting
    assert not rig.jobs._unfinished


# --- turned away, never arrived ---


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_never_arrived_is_tried_three_times_and_was_not_charged(rig, api, error):
    api.next_submits = [raises(error)] * 9
    job = await rig.picture()
    assert len(api.posts) == 3
    assert job.state is JobState.FAILED
    assert job.sent is None
    assert said(job) == messages.UNREACHABLE


async def test_a_closed_port_gets_no_post(tmp_path, clock):
    nowhere = f"http://127.0.0.1:{free_port()}"
    async with real_client(nowhere, KEY) as client, running(tmp_path, client, clock) as rig:
        job = await rig.picture()
    assert job.state is JobState.FAILED
    assert said(job) == messages.UNREACHABLE
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
    assert 500 < clock.monotonic() <= 600
    assert said(job) == messages.BUSY_TOO_LONG


async def test_a_service_that_asks_for_an_hour_is_not_waited_for_and_the_time_is_said(rig, api, clock):
    api.next_submits = [refuses(429, retry_after="3600")]
    job = await rig.picture()
    assert len(api.posts) == 1
    assert said(job) == messages.busy_until(time.strftime("%H:%M UTC", time.gmtime(clock.now() + 3600)))


async def test_a_page_that_is_opened_later_shows_the_place_in_line_too(rig, api):
    """What is only shown, and not written down, is not lost on a board that is not loaded yet."""
    api.gate = asyncio.Event()
    (job,) = await rig.click()
    await until(lambda: api.posts)
    await rig.ledger.show(job.in_line(3, None))
    (shown,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
    assert shown.position == 3
    api.gate.set()
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert not rig.ledger._passing


async def test_a_lost_connection_while_in_line_for_a_busy_service_does_not_cost_the_place(rig, api):
    api.next_submits = [*[refuses(429, retry_after="1")] * 5, raises(httpx.ConnectError)]
    assert (await rig.picture()).state is JobState.COMPLETED


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (400, messages.setting_refused("")),
        (401, messages.HOST_KEY_REFUSED),
        (402, messages.HOST_NO_CREDIT),
        (403, messages.MODEL_FORBIDDEN),
        (404, messages.MODEL_GONE),
        (413, messages.TOO_LARGE),
        (418, messages.refused("")),
    ],
)
async def test_a_refusal_ends_the_job_uncharged_and_is_not_sent_again(rig, api, status, told):
    api.next_submits = [refuses(status)]
    job = await rig.picture()
    assert (job.state, said(job), len(api.posts)) == (JobState.FAILED, told, 1)
    assert told.charge is Charge.NONE
    assert job.sent is None


async def test_a_refused_setting_is_named_so_that_it_can_be_said_at_its_field(rig, api):
    api.next_submits = [refuses(422, "num_inference_steps is too high")]
    job = await rig.picture()
    assert job.refused_field == "num_inference_steps"
    assert said(job) == messages.setting_refused("num_inference_steps is too high")


async def test_an_error_body_with_an_id_counts_as_accepted(rig, api):
    def slow(request):
        body = {"code": 5004, "message": "timed out", "data": {"id": api.make()["id"], "status": "processing"}}
        return httpx.Response(504, json=body)

    api.next_submits = [slow]
    assert (await rig.picture()).state is JobState.COMPLETED
    assert len(api.posts) == 1


# --- sent, and no answer ---

NO_ANSWER, UNCLEAR = messages.NO_ANSWER, messages.NO_CLEAR_ANSWER
LOST = [
    pytest.param(raises(httpx.ReadTimeout), NO_ANSWER, id="read-timeout"),
    pytest.param(raises(httpx.WriteTimeout), NO_ANSWER, id="write-timeout"),
    pytest.param(raises(httpx.ReadError), NO_ANSWER, id="reset"),
    pytest.param(raises(httpx.RemoteProtocolError), NO_ANSWER, id="cut"),
    *[pytest.param(refuses(status), UNCLEAR, id=str(status)) for status in (500, 502, 503, 504)],
    pytest.param(
        lambda r: httpx.Response(200, html="<form>Sign in</form>"), messages.UNEXPECTED_PAGE, id="login-page"
    ),
    pytest.param(lambda r: httpx.Response(302, headers={"location": f"{BASE}/elsewhere"}), UNCLEAR, id="redirect"),
    pytest.param(lambda r: success(None), UNCLEAR, id="no-data"),
]


@pytest.mark.parametrize(("reply", "told"), LOST)
async def test_without_a_clear_answer_it_may_exist_and_is_never_sent_again(rig, api, clock, reply, told):
    await rig.ledger.board(ALICE)
    api.next_submits = [reply]
    (job,) = await rig.click()
    assert told in await words_seen(rig)
    job = await rig.ended(job.id)
    assert (job.state, said(job), said(job).charge) == (JobState.UNKNOWN, messages.NOT_FOUND, Charge.MAYBE)
    assert job.ended
    assert (len(api.posts), api.asked["predictions"]) == (1, 2)
    assert clock.monotonic() == pytest.approx(60)


async def test_the_one_task_that_fits_is_adopted(rig, api):
    api.next_submits = [api.loses(made=True)]
    job = await rig.picture()
    assert (job.state, job.task_id, len(api.posts)) == (JobState.COMPLETED, "task1", 1)
    assert job.trouble is None


async def test_a_reset_on_a_real_socket_is_one_post_and_one_picture(tmp_path, hosted, clock):
    hosted.next_submits = [lambda: None]
    async with real_client(hosted.base_url, HOSTED_KEY) as client, running(tmp_path, client, clock) as rig:
        (job,) = await rig.click()
        await until(lambda: hosted.tasks)
        hosted.finish_all()
        done = await rig.ended(job.id)
    assert (done.state, len(hosted.posts), len(hosted.tasks)) == (JobState.COMPLETED, 1, 1)


async def test_nothing_is_adopted_when_two_fit(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.make()
    job = await rig.picture()
    assert (job.state, len(api.posts)) == (JobState.UNKNOWN, 1)


async def test_a_task_that_another_job_has_is_not_adopted(rig, api):
    await rig.picture("c1")
    api.next_submits = [api.loses(made=False)]
    assert (await rig.picture("c2")).state is JobState.UNKNOWN


@pytest.mark.parametrize("away", [-3600, 3600])
async def test_a_task_of_another_time_is_not_adopted(rig, api, clock, away):
    clock.advance(away)
    api.make()
    clock.advance(-away)
    api.next_submits = [api.loses(made=False)]
    assert (await rig.picture()).state is JobState.UNKNOWN


async def test_a_task_of_another_model_is_not_adopted(rig, api):
    api.make(model="stability-ai/sdxl")
    api.next_submits = [api.loses(made=False)]
    assert (await rig.picture()).state is JobState.UNKNOWN


async def test_of_two_lost_posts_neither_takes_the_only_task(rig, api):
    """Whose picture it is cannot be told; the one whose search ends last must not have it by outlasting."""
    api.next_submits = [api.loses(made=True), api.loses(made=False)]
    first, second = await rig.click(pictures=2)
    ended = [await rig.ended(first.id), await rig.ended(second.id)]
    assert [job.state for job in ended] == [JobState.UNKNOWN] * 2
    await rig.jobs.look_again(ALICE, first.id)
    assert (await rig.ended(first.id)).state is JobState.UNKNOWN
    assert len(api.posts) == 2


async def test_a_post_still_under_way_is_a_rival_too(rig, api):
    (slow,) = await rig.click("slow")
    api.gate = asyncio.Event()
    await until(lambda: api.posts)
    api.make()
    gate, api.gate = api.gate, None
    api.next_submits = [api.loses(made=False)]
    assert (await rig.picture("lost")).state is JobState.UNKNOWN
    gate.set()
    assert (await rig.ended(slow.id)).state is JobState.COMPLETED


async def test_a_task_that_moves_to_the_next_page_while_the_list_is_read_counts_once(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.next_lists = [lambda request: success({"page": 1, "items": [api.tasks["task1"]]})] * 6
    assert (await rig.picture()).state is JobState.COMPLETED


async def test_one_can_look_again_for_what_was_not_found(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.list_fails = True
    job = await rig.picture()
    assert job.state is JobState.UNKNOWN
    api.list_fails = False
    await rig.jobs.look_again(ALICE, job.id)
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert len(api.posts) == 1


# --- stopping what is made for nothing ---


def breaks(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset", request=request)


async def under_way(rig, api, **given):
    api.course = [{"status": "processing"}] * 10_000
    (job,) = await rig.click(**given)
    await until(lambda: api.looks and rig.store.job(job.id).state is JobState.PROCESSING)
    return job


async def test_what_is_being_made_is_stopped_at_the_service_and_here(rig, api):
    job = await under_way(rig, api)
    assert not await rig.jobs.stop(BOB, job.id)
    assert await rig.jobs.stop(ALICE, job.id)
    assert api.tasks == {}
    stopped = await rig.ended(job.id)
    assert (stopped.state, said(stopped)) == (JobState.STOPPED, messages.STOPPED_BY_YOU)
    assert not await rig.jobs.stop(ALICE, job.id)
    assert (await rig.jobs.delete(ALICE, [job.id])).gone == (job.id,)
    (other,) = await rig.click("c2")
    assert other.state is JobState.WAITING, "the next one has its place"


@pytest.mark.parametrize("answer", [refuses(500, "no"), breaks])
async def test_what_the_service_does_not_stop_goes_on(rig, api, answer):
    job = await under_way(rig, api)
    api.next_deletes = [answer]
    assert not await rig.jobs.stop(ALICE, job.id)
    api.course = [{"status": "completed"}]
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_what_is_paid_for_is_not_stopped(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=Limits()) as rig:
        job = await under_way(rig, api)
        assert not rig.jobs.can_be_stopped(rig.on_disk(job.id))
        assert not await rig.jobs.stop(ALICE, job.id)
        assert len(api.tasks) == 1


# --- deleting ---


async def test_a_deleted_picture_is_gone_for_whoever_looks_on(rig, api):
    gone, kept = await rig.picture("c1"), await rig.picture("c2")
    known = await rig.jobs.changes(ALICE, "", 0, 0)
    assert await rig.jobs.delete(ALICE, [gone.id]) == Deletion((gone.id,), is_everywhere=True)
    assert gone.task_id not in api.tasks
    assert kept.task_id in api.tasks
    seen = await rig.jobs.changes(ALICE, known.epoch, known.version, 0)
    assert not seen.is_whole
    assert seen.gone == (gone.id,)
    assert [job.id for job in (await rig.jobs.changes(ALICE, "", 0, 0)).jobs] == [kept.id]
    assert rig.store.picture(gone.pictures[0].name) is None
    assert await rig.click("c1") == ()
    assert len(api.posts) == 2, "its click starts nothing again"


@pytest.mark.parametrize("answer", [refuses(404, "no such call"), refuses(401, "no"), refuses(500, "no"), breaks])
async def test_a_service_that_does_not_delete_is_told_of_and_ours_is_gone_all_the_same(rig, api, answer):
    job = await rig.picture()
    api.next_deletes = [answer]
    assert await rig.jobs.delete(ALICE, [job.id]) == Deletion((job.id,), is_everywhere=False)
    assert await rig.jobs.own(ALICE, job.id) is None
    assert rig.store.picture(job.pictures[0].name) is None


async def test_another_s_job_is_not_deleted(rig):
    job = await rig.picture()
    assert (await rig.jobs.delete(BOB, [job.id])).gone == ()
    assert await rig.jobs.own(BOB, job.id) is None
    assert await rig.jobs.own(ALICE, job.id) == job


async def test_what_is_under_way_is_not_deleted(rig):
    (job,) = await rig.click()
    assert (await rig.jobs.delete(ALICE, [job.id])).gone == ()
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_what_may_have_been_paid_for_and_was_not_found_is_not_deleted(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.list_fails = True
    job = await rig.picture()
    assert job.state is JobState.UNKNOWN
    assert (await rig.jobs.delete(ALICE, [job.id])).gone == ()


async def test_several_are_deleted_by_one_call_to_the_service_and_others_left_alone(rig, api):
    jobs = [await rig.picture(click) for click in ("c1", "c2", "c3")]
    theirs = await rig.picture("c4", visitor=BOB)
    api.asked.clear()
    done = await rig.jobs.delete(ALICE, [jobs[0].id, theirs.id, jobs[1].id, "nobody's", jobs[0].id])
    assert done == Deletion((jobs[0].id, jobs[1].id), is_everywhere=True)
    assert api.asked["predictions/delete"] == 1
    assert {jobs[2].task_id, theirs.task_id} == api.tasks.keys()


async def test_nothing_to_delete_asks_the_service_nothing(rig, api):
    assert await rig.jobs.delete(ALICE, ["nobody's"]) == Deletion((), is_everywhere=True)
    assert api.asked["predictions/delete"] == 0


# --- looking ---


async def test_an_unknown_status_is_work_in_progress(rig, api):
    api.course = [{"status": "dreaming"}] * 3 + [{"status": "completed"}]
    (job,) = await rig.click()
    await until(lambda: api.looks["task1"] == 2)
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
    assert (job.state, said(job)) == (JobState.FAILED, told)
    assert said(job).advice
    assert told.charge is Charge.REFUNDED


@pytest.mark.parametrize("code", [1200, 1402, 1403, 1405])
async def test_a_failed_task_that_is_told_by_its_code_is_not_looked_at_for_ever(rig, api, code):
    api.next_looks = [lambda r: httpx.Response(400, json={"code": code, "message": "no", "data": None})]
    job = await rig.picture()
    assert (job.state, said(job).advice) == (JobState.FAILED, "no")


async def test_the_first_end_stands(rig, api):
    api.course = [{"status": "completed", "outputs": []}, {"status": "failed"}, {"status": "processing"}]
    job = await rig.picture()
    assert job.state is JobState.FAILED
    assert said(job) == messages.NO_PICTURE
    assert said(job).charge is Charge.SPENT
    looks = api.looks["task1"]
    await asyncio.sleep(0)
    assert api.looks["task1"] == looks


async def test_completed_without_outputs_is_asked_once_more(rig, api):
    api.course = [{"status": "completed", "outputs": []}, {"status": "completed"}]
    assert (await rig.picture()).state is JobState.COMPLETED


async def test_trouble_in_looking_is_told_and_taken_back_and_never_fails_the_job(rig, api):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.course = [{"status": "processing"}] * 4 + [{"status": "completed"}]
    processing = success({**api.make(), "status": "processing"})
    api.tasks.clear()
    api.next_looks = [lambda r: processing, raises(httpx.ReadTimeout), refuses(500), raises(httpx.ReadError)]
    (job,) = await rig.click()
    words = await words_seen(rig)
    spoken = words.index(messages.SLOW_CONNECTION)
    assert None in words[spoken:-1], "the word stays on the tile though looking works again"
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_a_wait_that_the_service_names_for_looks_is_kept(rig, api, clock):
    api.next_looks = [refuses(503, retry_after="90")]
    await rig.picture()
    assert 90.0 in clock.slept


async def test_a_task_the_service_forgot_is_believed_gone_after_three_looks_in_a_minute(rig, api, clock):
    api.next_looks = [refuses(404)] * 3
    job = await rig.picture()
    assert (job.state, api.looks["task1"]) == (JobState.FAILED, 3)
    assert clock.slept.count(30.0) == 2
    assert job.task_id == "task1"


async def test_a_task_that_was_only_late_to_be_known_is_not_given_up(rig, api):
    api.next_looks = [refuses(404)] * 2
    assert (await rig.picture()).state is JobState.COMPLETED


@pytest.mark.parametrize("status", [401, 403])
async def test_a_look_refused_once_for_the_key_is_done_again(rig, api, status):
    api.next_looks = [refuses(status)]
    assert (await rig.picture()).state is JobState.COMPLETED


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_refused_while_looking_sets_the_task_aside_and_keeps_it(rig, api, status):
    api.next_looks = [refuses(status)] * 2
    job = await rig.picture()
    assert (job.is_set_aside, job.ended, job.task_id, said(job)) == (True, None, "task1", messages.HOST_LOOK_REFUSED)
    assert rig.on_disk(job.id) == job
    assert not rig.jobs._running
    await rig.jobs.look_again(BOB, job.id)
    assert not rig.jobs._running
    await rig.jobs.look_again(ALICE, job.id)
    again = await rig.ended(job.id)
    assert (again.state, again.trouble, len(api.posts)) == (JobState.COMPLETED, None, 1)


async def test_a_task_set_aside_is_taken_up_by_a_restart(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_looks = [refuses(401)] * 2
        assert (await rig.picture()).is_set_aside
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume()
        assert (await rig.ended("c1-1")).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_after_three_minutes_a_soft_word_is_said(rig, api):
    await rig.jobs.changes(ALICE, "", 0, 0)
    api.course = [{"status": "processing"}] * 150 + [{"status": "completed"}]
    (job,) = await rig.click()
    assert set(await words_seen(rig)) == {None, messages.TAKES_LONG}
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


@pytest.mark.parametrize("address", ["http://[", "https://api.test:99999/x", "https://api.test/\x00", "\ud800", "//"])
async def test_an_address_to_ask_that_is_none_does_not_orphan_the_task(rig, api, address):
    api.next_submits = [lambda r: success(api.make(urls={"get": address}))]
    assert (await rig.picture()).state is JobState.COMPLETED


# --- pictures ---


async def test_inline_pictures_are_stored_as_they_came(rig, api):
    inline = base64.b64encode(picture_bytes("WEBP")).decode()
    api.course = [{"status": "completed", "outputs": [inline, "data:image/webp;base64," + inline]}]
    job = await rig.picture()
    assert [picture.format for picture in job.pictures] == ["WEBP", "WEBP"]
    assert all(rig.store.picture(picture.name).read_bytes() == picture_bytes("WEBP") for picture in job.pictures)


async def test_a_broken_picture_takes_no_other_down(rig, api):
    api.course = [{"status": "completed", "outputs": ["%%%", "https://files.test/good.png"]}]
    job = await rig.picture()
    assert (job.state, len(job.pictures)) == (JobState.COMPLETED, 1)
    assert said(job).charge is Charge.SPENT


async def test_a_flagged_picture_is_flagged_even_after_an_output_that_is_none(rig, api):
    outputs = [None, "https://files.test/a.png", "https://files.test/b.png"]
    api.course = [{"status": "completed", "outputs": outputs, "has_nsfw_contents": [False, True, False]}]
    job = await rig.picture()
    assert [picture.nsfw for picture in job.pictures] == [True, False]


@pytest.mark.parametrize("flags", [None, [], "yes", [True, True, True], [None]])
async def test_flags_of_the_wrong_shape_do_no_harm(rig, api, flags):
    api.course = [{"status": "completed", "has_nsfw_contents": flags}]
    job = await rig.picture()
    assert job.state is JobState.COMPLETED
    assert job.pictures[0].nsfw is (flags == [True, True, True])


@pytest.mark.parametrize(
    "output",
    [
        "http://files.test/plain.png",
        "https://user@files.test/x.png",
        "https://files.test:8443/x.png",
        "https://files.test:99999/x.png",
        "https://files.test:0/x.png",
        "https:///x.png",
        "https://files.test/\x01",
    ],
)
async def test_an_address_that_is_not_safe_is_not_opened(rig, api, output):
    api.files[output] = api.files[output.lower()] = lambda r: pytest.fail("it was opened")
    api.course = [{"status": "completed", "outputs": [output]}]
    job = await rig.picture()
    assert (job.state, said(job), job.links) == (JobState.FAILED, messages.UNSAFE_ADDRESS, ())


@pytest.mark.parametrize("output", ["file:///etc/passwd", "data:text/html,<script>", "javascript:alert(1)", ""])
async def test_an_output_that_is_neither_address_nor_picture_is_no_picture_and_no_link(rig, api, output):
    api.course = [{"status": "completed", "outputs": [output]}]
    job = await rig.picture()
    assert (job.state, said(job), job.links) == (JobState.FAILED, messages.NOT_A_PICTURE, ())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        *[(body, messages.NOT_A_PICTURE) for body in (b"<html></html>", b"<svg/>", b"{}", b"", picture_bytes("GIF"))],
        (picture_bytes()[:-40], messages.DAMAGED),
    ],
)
async def test_what_is_no_whole_picture_is_said_after_three_more_tries(rig, api, tmp_path, body, told):
    fetched = []
    api.files["https://files.test/task1.png"] = lambda r: fetched.append(r) or httpx.Response(200, content=body)
    job = await rig.picture()
    assert (job.state, said(job), len(fetched)) == (JobState.FAILED, told, 4)
    assert told.charge is Charge.SPENT
    assert job.links == ("https://files.test/task1.png",)
    assert not list((tmp_path / "incoming").iterdir())
    assert not list((tmp_path / "pictures").iterdir())


async def test_a_picture_that_fails_once_is_fetched_from_the_new_address(rig, api):
    first = {"status": "completed", "outputs": ["https://files.test/expired.png"]}
    api.course = [first, {"status": "completed"}]
    api.files["https://files.test/expired.png"] = lambda r: httpx.Response(403)
    assert (await rig.picture()).state is JobState.COMPLETED


async def test_a_paid_picture_that_could_not_be_fetched_is_fetched_on_request(rig, api):
    url = "https://files.test/task1.png"
    api.files[url] = lambda r: httpx.Response(503)
    job = await rig.picture()
    assert (job.state, said(job).charge) == (JobState.FAILED, Charge.SPENT)
    del api.files[url]
    await rig.jobs.look_again("somebody else", job.id)
    assert rig.on_disk(job.id).state is JobState.FAILED
    await rig.jobs.look_again(job.visitor, job.id)
    again = await rig.ended(job.id)
    assert (again.state, len(again.pictures), again.trouble) == (JobState.COMPLETED, 1, None)
    assert len(api.posts) == 1


async def test_a_failed_task_is_not_looked_at_again(rig, api):
    api.course = [{"status": "failed", "error": "no"}]
    job = await rig.picture()
    looks = len(api.looks)
    await rig.jobs.look_again(job.visitor, job.id)
    assert rig.on_disk(job.id) == job
    assert len(api.looks) == looks


# --- who may what ---


async def test_another_visitors_board_is_empty_and_their_job_out_of_reach(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.list_fails = True
    job = await rig.picture()
    api.list_fails = False
    assert (await rig.jobs.changes(BOB, "", 0, 0)).jobs == ()
    assert await rig.jobs.older(BOB, 1e12) == ([], False)
    await rig.jobs.look_again(BOB, job.id)
    await rig.jobs.look_again(BOB, "no such job")
    assert not rig.jobs._running
    assert (await rig.ended(job.id)).state is JobState.UNKNOWN


async def test_a_visitor_has_at_most_so_many_on_their_way(rig, api):
    api.gate = asyncio.Event()
    await rig.click("c1", 4)
    await rig.click("c2", 4)
    with pytest.raises(TooMany) as refused:
        await rig.click("c3")
    assert refused.value.sentence == messages.too_many_of_yours(8)
    assert len(await rig.click("c4", visitor=BOB)) == 1
    assert rig.store.job("c3-1") is None
    api.gate.set()
    for job in ("c1-1", "c2-4"):
        await rig.ended(job)
    assert (await rig.picture("c5")).state is JobState.COMPLETED


async def test_over_all_there_are_at_most_so_many(tmp_path, api, clock):
    api.gate = asyncio.Event()
    async with running(tmp_path, api.client(), clock, caps=Caps(8, 5)) as rig:
        await rig.click("c1", 4)
        with pytest.raises(TooMany) as refused:
            await rig.click("c2", 2, visitor=BOB)
        assert refused.value.sentence == messages.TOO_MANY_OF_ALL
        await rig.click("c3", 1, visitor=BOB)


async def test_two_clicks_at_once_do_not_pass_the_cap_together(tmp_path, api, clock):
    api.gate = asyncio.Event()
    async with running(tmp_path, api.client(), clock, caps=Caps(5, 200)) as rig:
        results = await asyncio.gather(rig.click("c1", 4), rig.click("c2", 4), return_exceptions=True)
        assert sorted(isinstance(result, TooMany) for result in results) == [False, True]


async def test_the_key_is_nowhere_in_the_data_folder_or_the_log(tmp_path, api, clock, caplog):
    caplog.set_level(logging.DEBUG)
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_submits = [refuses(401, f"bad key {KEY}")]
        await rig.picture("c1")
        await rig.picture("c2")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert KEY not in caplog.text


# --- faults of ours, and the disk ---


class FullDisk(Ledger):
    """Refuses to write from a call on, as SQLite does on a full disk."""

    def __init__(self, store, after):
        super().__init__(store)
        self.left = after

    async def call(self, work, *args, **kwargs):
        def full(*args, **kwargs):
            raise sqlite3.OperationalError("database or disk is full")

        self.left -= 1
        return await super().call(work if self.left >= 0 else full, *args, **kwargs)


async def test_on_a_full_disk_nothing_is_sent_and_that_is_an_error_of_ours(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, ledger_type=lambda store: FullDisk(store, 1)) as rig:
        with pytest.raises(StoreTrouble):
            await rig.click()
        assert not api.posts
        assert not rig.jobs._unfinished.total()


@pytest.mark.parametrize("calls", range(2, 8))
async def test_a_disk_that_fills_up_on_the_way_is_said_and_sends_nothing_twice(tmp_path, api, clock, caplog, calls):
    async with running(tmp_path, api.client(), clock, ledger_type=lambda store: FullDisk(store, calls)) as rig:
        rig.ledger._boards[ALICE] = board = await Ledger(rig.store).board(ALICE)
        (job,) = await rig.click()
        await until(lambda: not rig.jobs._running)
        (shown,) = (await board.changes("", 0, 0)).jobs
    assert len(api.posts) <= 1
    if shown.state is not JobState.COMPLETED:
        assert said(shown) == messages.OUR_FAULT
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume()
        assert (await rig.ended(job.id)).state in (JobState.COMPLETED, JobState.UNKNOWN)
    assert len(api.posts) <= 1 if calls > 2 else len(api.posts) == 1


@pytest.mark.parametrize("place", ["incoming", "pictures"])
async def test_a_picture_that_cannot_be_saved_is_shown_all_the_same_and_that_is_said(rig, tmp_path, place):
    (job,) = await rig.click()
    (tmp_path / place).rmdir()
    (tmp_path / place).write_text("a file where the folder should be")
    done = await rig.ended(job.id)
    assert (done.state, said(done)) == (JobState.COMPLETED, messages.NOT_SAVED)
    assert rig.store.picture(done.pictures[0].name) == picture_bytes()


@pytest.mark.parametrize("place", ["incoming", "pictures"])
async def test_a_folder_that_was_tidied_away_is_made_again(rig, tmp_path, place):
    (job,) = await rig.click()
    (tmp_path / place).rmdir()
    done = await rig.ended(job.id)
    assert (done.state, done.trouble) == (JobState.COMPLETED, None)
    assert rig.store.picture(done.pictures[0].name).read_bytes() == picture_bytes()


async def test_a_fault_of_ours_takes_no_other_job_down(rig, api, caplog):
    api.next_looks = [lambda r: 1 / 0]
    first, second = await rig.click(pictures=2)
    ended = [await rig.ended(first.id), await rig.ended(second.id)]
    (failed,) = [job for job in ended if job.state is not JobState.COMPLETED]
    assert said(failed) == messages.OUR_FAULT, "who waits for the job's end reads it too"
    assert not failed.ended
    assert "ZeroDivisionError" in caplog.text
    assert not rig.jobs._running


# --- restart ---


class Killed(Ledger):
    """Stands still for ever at its n-th call, as a killed process does: before or after its work."""

    def __init__(self, store, at, *, after):
        super().__init__(store)
        self.left, self.after, self.dead = at, after, asyncio.Event()

    async def call(self, work, *args, **kwargs):
        self.left -= 1
        if self.left > 0:
            return await super().call(work, *args, **kwargs)
        if self.left == 0 and self.after:
            await super().call(work, *args, **kwargs)
        self.dead.set()
        await asyncio.Event().wait()


async def killed_at(tmp_path, api, clock, step, *, after, pictures=1):
    """Click, and stop at a step. False: it came to its end before."""
    ledgers = []

    def ledger(store):
        ledgers.append(Killed(store, step, after=after))
        return ledgers[0]

    async with running(tmp_path, api.client(), clock, ledger_type=ledger) as rig:
        clicking = asyncio.create_task(rig.click(pictures=pictures))
        dying = asyncio.create_task(ledgers[0].dead.wait())
        await until(lambda: dying.done() or (clicking.done() and not rig.jobs._running))
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
        left = rig.store.page(ALICE, None, 9)
        await rig.jobs.resume()
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
        await rig.jobs.resume()
        jobs = rig.store.page(ALICE, None, 9)
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
        await rig.jobs.resume()
        assert said(rig.on_disk(job.id)) == messages.UNANSWERED_BEFORE_RESTART
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
        await rig.jobs.resume()
        assert said(rig.on_disk(job.id)) == messages.UNANSWERED_BEFORE_RESTART
        assert (await rig.ended(job.id)).state is JobState.UNKNOWN


async def test_a_stop_in_the_moment_of_acceptance_keeps_the_task_id(tmp_path, api, clock):
    """What waits for the disk's thread is written, though the job that waits is cancelled."""
    async with running(tmp_path, api.client(), clock) as rig:
        held = asyncio.Event()
        release = threading.Event()

        def accept(request):
            rig.ledger._disk.submit(release.wait, 5)
            held.set()
            return success(api.make())

        api.next_submits = [accept]
        (job,) = await rig.click()
        await held.wait()
        await until(lambda: rig.ledger._disk._work_queue.qsize())
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
        landing = rig.store.landing

        def slow_landing():
            opening.set()
            release.wait(5)
            return landing()

        rig.store.landing = slow_landing
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
        await rig.jobs.resume()
        job = await rig.ended("c1-1")
    assert (job.state, said(job)) == (JobState.STOPPED, messages.STALE)
    assert not api.posts


async def test_a_job_of_a_backend_that_is_gone_waits_for_it_and_says_so(tmp_path, api, clock):
    await killed_at(tmp_path, api, clock, 4, after=True)
    async with running(tmp_path, api.client(), clock, backend="demo") as rig:
        await rig.jobs.resume()
        (shown,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
        assert said(shown) == messages.BACKEND_AWAY
        assert not shown.ended
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume()
        assert (await rig.ended("c1-1")).state is JobState.COMPLETED


async def test_looking_again_through_a_backend_that_is_gone_says_so(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_submits = [api.loses(made=False)]
        job = await rig.picture()
    async with running(tmp_path, api.client(), clock, backend="demo") as rig:
        await rig.jobs.look_again(ALICE, job.id)
        told = rig.on_disk(job.id)
        assert not rig.jobs._running
    assert (told.state, said(told)) == (JobState.UNKNOWN, messages.BACKEND_AWAY)


async def test_an_unsent_job_of_a_backend_that_is_gone_is_stopped_uncharged(tmp_path, api, clock):
    await killed_at(tmp_path, api, clock, 2, after=True)
    async with running(tmp_path, api.client(), clock, backend="demo") as rig:
        await rig.jobs.resume()
        job = await rig.ended("c1-1")
    assert (job.state, said(job)) == (JobState.STOPPED, messages.STALE)


async def test_a_job_that_cannot_be_read_takes_no_other_down(tmp_path, api, clock, caplog):
    await killed_at(tmp_path, api, clock, 4, after=True, pictures=2)
    db = sqlite3.connect(tmp_path / "playground.sqlite3")
    with db:
        db.execute("""UPDATE jobs SET record = json_set(record, '$.from_the_future', 1) WHERE id = 'c1-1'""")
    db.close()
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume()
        assert (await rig.ended("c1-2")).ended
    assert "cannot be read" in caplog.text


async def test_what_was_learnt_of_lengths_is_learnt_again_after_a_restart(tmp_path, api, clock):
    api.course = [{"status": "completed", "timings": {"inference": 900}}]
    async with running(tmp_path, api.client(), clock) as rig:
        job = await rig.picture()
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume()
        assert rig.jobs._experience.length(job.kind)


# --- the event loop ---


async def test_nothing_blocks_the_event_loop_on_the_way_to_a_picture(tmp_path, hosted):
    async with real_client(hosted.base_url, HOSTED_KEY) as client, running(tmp_path, client, Clock()) as rig:
        with blockbuster_ctx():
            await rig.jobs.resume()
            wish = Wish(ALICE, "c1", (GenerationRequest("a cat", width=256, height=256, seed=1),))
            (job,) = await rig.jobs.start(wish)
            await rig.jobs.changes(ALICE, "", 0, 0)
            done = await rig.ended(job.id)
            await rig.jobs.older(ALICE, 1e12)
    assert (done.state, done.model, done.trouble) == (JobState.COMPLETED, MODEL, None)
