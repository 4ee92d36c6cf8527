"""A submit without an answer is never repeated: its task is searched for, and adopted where exactly one fits."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from components import messages
from components.domain.job import JobState
from components.jobs import task_records
from components.messages.message import Charge
from tests.support.core import problem_of, problems_seen, real_client, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, BASE, BOB, raises, refuses, success
from tests.support.scripted_bill import ScriptedBill
from tests.support.v3_service import KEY as HOSTED_KEY

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
    await rig.repository.feed_of(ALICE)
    api.next_submits = [reply]
    (job,) = await rig.click()
    assert told in await problems_seen(rig)
    job = await rig.ended(job.id)
    assert (job.state, problem_of(job), problem_of(job).charge) == (JobState.UNKNOWN, messages.NOT_FOUND, Charge.MAYBE)
    assert job.ended
    assert (len(api.posts), api.requested["predictions"]) == (1, 2)
    assert 60 <= clock.monotonic() < 61


async def test_what_an_unclear_answer_said_is_still_told_when_nothing_was_found(rig, api):
    api.next_submits = [refuses(500, "worker lost")]
    job = await rig.ended((await rig.click())[0].id)
    assert problem_of(job) == messages.NOT_FOUND
    assert job.notes == (messages.first_answer(messages.unclear("worker lost")),)


async def test_the_one_task_that_fits_is_adopted(rig, api):
    api.next_submits = [api.loses(made=True)]
    job = await rig.picture()
    assert (job.state, job.task_id, len(api.posts)) == (JobState.COMPLETED, "task1", 1)
    assert job.problem is None


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


async def test_of_two_lost_posts_of_one_visitor_the_first_takes_the_only_task_and_says_so(rig, api):
    """The picture is that visitor's, and paid for; which of the two it was cannot be told."""
    api.bill = ScriptedBill(api.clock)
    api.next_submits = [api.loses(made=True), api.loses(made=False)]
    first, second = await rig.click(pictures=2)
    found, free = await rig.ended(first.id), await rig.ended(second.id)
    assert (found.state, found.notes) == (JobState.COMPLETED, (messages.MAY_BE_ANOTHER,))
    assert (free.state, free.problem, len(api.posts)) == (JobState.FAILED, messages.NEVER_ARRIVED, 2)


async def test_what_neither_list_nor_bill_has_was_not_charged_and_is_known_within_five_minutes(rig, api, clock):
    api.bill = ScriptedBill(clock)
    api.next_submits = [api.loses(made=False)]
    job = await rig.picture()
    assert (job.state, job.problem, problem_of(job).charge) == (JobState.FAILED, messages.NEVER_ARRIVED, Charge.NONE)
    assert clock.monotonic() <= 300


async def test_while_the_bill_does_not_answer_nothing_is_said_to_be_free(rig, api, clock):
    api.bill = ScriptedBill(clock)
    api.bill.next_replies = [httpx.Response(503, html="<p>busy</p>") for _ in range(3)]
    api.next_submits = [api.loses(made=False)]
    await rig.click()
    bill = api.bill
    await until(lambda: len(bill.searches) == 3)
    (job,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
    assert (job.state, problem_of(job).charge) == (JobState.UNKNOWN, Charge.MAYBE)
    assert (await rig.ended(job.id)).problem == messages.NEVER_ARRIVED


async def test_a_deciding_search_that_failed_is_repeated_within_the_five_minutes(rig, api, clock):
    api.bill = ScriptedBill(clock)
    api.bill.next_replies = [httpx.Response(503, html="<p>busy</p>") for _ in range(5)]
    api.next_submits = [api.loses(made=False)]
    assert (await rig.picture()).problem == messages.NEVER_ARRIVED
    assert clock.monotonic() <= 300


async def test_a_search_goes_on_although_each_of_its_calls_fails_twice(rig, api, clock):
    """With a fault in every fifth answer, none of the searches of a busy hour had all of its calls answered."""
    api.bill = ScriptedBill(clock)
    api.next_lists = [refuses(503)] * 2
    api.bill.next_replies = [httpx.Response(503, html="<p>busy</p>") for _ in range(2)]
    api.next_submits = [api.loses(made=True)]
    assert (await rig.picture()).state is JobState.COMPLETED
    assert clock.monotonic() < 60


async def test_of_a_bill_with_more_entries_than_are_read_nothing_is_said_to_be_free(rig, api, clock, monkeypatch):
    # As if so few were read: to make and to read 5,000 takes half a minute.
    monkeypatch.setattr(task_records, "MAX_BILLINGS", most := 50)
    api.bill = ScriptedBill(clock)
    api.next_submits = [api.loses(made=False)]
    (job,) = await rig.click()
    await until(lambda: api.posts)
    for number in range(most):
        api.bill.add(f"other{number}", 0.01)
        api.make(id=f"other{number}", model="another/model")
    ended = await rig.ended(job.id)
    assert (ended.state, problem_of(ended).charge) == (JobState.UNKNOWN, Charge.MAYBE)


async def test_after_a_lost_answer_submits_go_one_by_one(rig, api):
    """So of two visitors no two submits are under way at once, and whose a task is can be told."""
    api.gate = asyncio.Event()
    api.next_submits = [api.loses(made=True)]
    first = await rig.click("c1")
    await until(lambda: len(api.posts) == 1)
    rest = [await rig.click(f"c{number}", visitor=BOB) for number in range(2, 6)]
    await until(lambda: len(api.posts) == 5)
    api.gate.set()
    for (job,) in [first, *rest]:
        await rig.ended(job.id)
    api.gate = asyncio.Event()
    api.next_submits = [api.loses(made=False)]
    await rig.click("c6")
    await until(lambda: len(api.posts) == 6)
    api.gate.set()
    await until(lambda: not api.next_submits)
    api.gate.clear()
    for number in range(7, 10):
        await rig.click(f"c{number}", visitor=BOB)
    await until(lambda: len(api.posts) == 7)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(api.posts) == 7
    api.gate.set()


async def test_a_task_that_only_the_bill_has_is_adopted(rig, api, clock):
    api.bill = ScriptedBill(clock)
    api.next_submits = [api.loses(made=True)]
    api.next_lists = [lambda request: success({"page": 1, "items": []})] * 9
    (job,) = await rig.click()
    await until(lambda: api.tasks)
    api.bill.add("task1", 0.01)
    done = await rig.ended(job.id)
    assert (done.state, done.task_id, len(api.posts)) == (JobState.COMPLETED, "task1", 1)


async def test_a_charge_for_a_task_that_is_gone_is_said(rig, api, clock):
    api.bill = ScriptedBill(clock)
    api.next_submits = [api.loses(made=False)]
    (job,) = await rig.click()
    await until(lambda: api.posts)
    api.bill.add("gone", 0.01)
    ended = await rig.ended(job.id)
    assert (ended.problem, problem_of(ended).charge) == (messages.CHARGED_NOT_FOUND, Charge.SPENT)


@pytest.mark.parametrize("minutes", [-7, 3, 40])
async def test_a_lost_answer_is_found_where_the_services_clock_is_minutes_away(rig, api, minutes):
    api.clock_offset = minutes * 60
    api.next_submits = [api.loses(made=True)]
    assert (await rig.picture()).state is JobState.COMPLETED


async def test_an_older_task_is_not_adopted_where_the_services_clock_is_minutes_away(rig, api, clock):
    api.clock_offset = 600
    api.make()
    clock.advance(300)
    api.next_submits = [api.loses(made=False)]
    assert (await rig.picture()).state is JobState.UNKNOWN


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
    await rig.jobs.resume.recheck(ALICE, job.id)
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert len(api.posts) == 1


async def test_d04_an_id_that_another_job_has_is_an_unclear_answer_and_said_so(rig, api):
    await rig.picture("c1")
    await rig.repository.feed_of(ALICE)
    api.next_submits = [lambda r: success(api.tasks["task1"])]
    (job,) = await rig.click("c2")
    assert messages.TASK_OF_ANOTHER in await problems_seen(rig)
    end = await rig.ended(job.id)
    assert (end.state, problem_of(end), end.task_id) == (JobState.UNKNOWN, messages.NOT_FOUND, None)
    assert "answer" in problem_of(end).happened
    assert "didn't answer" not in str(problem_of(end))
    assert len(api.posts) == 2


async def test_d04_its_own_task_is_found_in_the_list(rig, api):
    await rig.picture("c1")

    def mixed_up(request):
        api.make()
        return success(api.tasks["task1"])

    api.next_submits = [mixed_up]
    end = await rig.picture("c2")
    assert (end.state, end.task_id, len(api.posts)) == (JobState.COMPLETED, "task2", 2)
