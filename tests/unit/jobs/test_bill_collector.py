"""Bills: what ended tasks cost in truth is read from the service, kept, counted, and read again until it is final."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from components import messages
from components.budget.limits import BudgetLimits
from components.domain.bill import LOOK_SECONDS, BillOutcome
from components.domain.job import JobState
from components.errors import StorageError
from components.jobs.bill_collector import NOT_OFFERED_SECONDS
from components.messages.message import Charge
from tests.support.core import problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, raises
from tests.support.scripted_bill import ScriptedBill

FAILED = [{"status": "failed", "error": "no"}]


@pytest.fixture
def bill(api, clock):
    api.bill = ScriptedBill(clock)
    return api.bill


@pytest.fixture
async def paid(tmp_path, api, clock):
    """The core with the host's money, a cent an image."""
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits()) as rig:
        yield rig


async def billed(rig, job):
    """Return a job once its bill is known."""
    await until(lambda: rig.store.job(job.id).bill)
    return rig.on_disk(job.id)


async def final(rig, job):
    await until(lambda: (found := rig.store.job(job.id).bill) and found.is_final)
    return rig.on_disk(job.id)


async def spent(rig, clock):
    return (await rig.calls.spending_totals("", clock.now())).this_month


async def test_a_picture_ends_with_what_it_cost_and_that_is_counted(paid, bill, clock):
    bill.add("task1", 0.008)
    done = await final(paid, await paid.picture())
    assert (done.bill.outcome, done.bill.cost, done.price) == (BillOutcome.CHARGED, 8_000, 10_000)
    assert await spent(paid, clock) == 8_000
    (day,) = paid.store.spending_by_day(0)
    assert (day.expected, day.counted, day.unbilled) == (10_000, 8_000, 0)
    assert len(bill.searches) == 1


async def test_an_amount_in_millionths_is_understood_by_the_quoted_price(paid, bill):
    bill.add("task1", 8_000)
    assert (await final(paid, await paid.picture())).bill.cost == 8_000


async def test_an_amount_that_fits_no_unit_is_not_known_and_the_quote_stays_counted(paid, bill, clock):
    bill.add("task1", 77)
    done = await billed(paid, await paid.picture())
    assert done.bill.outcome is BillOutcome.NOT_KNOWN
    assert await spent(paid, clock) == 10_000


async def test_a_refund_hours_later_is_found_and_counted(paid, api, bill, clock):
    api.course = FAILED
    bill.add("task1", 0.01)
    job = await billed(paid, await paid.picture())
    assert (job.bill.outcome, job.shown_problem.charge, await spent(paid, clock)) == (
        BillOutcome.CHARGED,
        Charge.SPENT,
        10_000,
    )
    bill.add("task1", 0.01, "refund")
    job = await final(paid, job)
    assert (job.bill.outcome, job.shown_problem.charge, await spent(paid, clock)) == (
        BillOutcome.REFUNDED,
        Charge.REFUNDED,
        0,
    )


async def test_a_failed_task_without_an_entry_was_not_charged(paid, api, bill, clock):
    api.course = FAILED
    job = await billed(paid, await paid.picture())
    assert (job.bill.outcome, job.shown_problem.charge, await spent(paid, clock)) == (
        BillOutcome.NOT_CHARGED,
        Charge.NONE,
        0,
    )


async def test_an_open_entry_is_read_again(paid, bill):
    bill.add("task1", 0.01, is_open=True)
    job = await billed(paid, await paid.picture())
    assert not job.bill.is_final
    bill.entries.clear()
    bill.add("task1", 0.006)
    assert (await final(paid, job)).bill.cost == 6_000


async def test_where_there_is_no_bill_everything_is_as_quoted_and_it_is_called_once_an_hour(paid, api, clock):
    job = await paid.picture()
    await until(lambda: api.requested["billings/search"])
    await paid.picture("c2")
    await clock.sleep(2 * LOOK_SECONDS[0])
    assert (paid.on_disk(job.id).bill, await spent(paid, clock)) == (None, 20_000)
    assert api.requested["billings/search"] <= 1 + clock.monotonic() / NOT_OFFERED_SECONDS


async def test_a_bill_that_was_missing_for_a_while_is_read_with_the_next_one(paid, bill, clock):
    bill.next_replies = [httpx.Response(404, json={"code": 404, "message": "not found"})]
    bill.add("task1", 0.01)
    bill.add("task2", 0.01)
    first = await paid.picture()
    await until(lambda: bill.searches)
    clock.advance(NOT_OFFERED_SECONDS)
    await final(paid, await paid.picture("c2"))
    assert (await final(paid, first)).bill.cost == 10_000


@pytest.mark.parametrize(
    "answer", [httpx.Response(503, json={"code": 503}), httpx.Response(200, html="<p>hello</p>")], ids=["503", "page"]
)
async def test_a_bill_that_is_not_answered_is_read_later(paid, bill, answer):
    bill.next_replies = [answer]
    bill.add("task1", 0.01)
    assert (await final(paid, await paid.picture())).bill.cost == 10_000


async def test_a_bill_that_could_not_be_stored_is_read_again(paid, bill, monkeypatch):
    set_bill, failures = paid.repository.set_bill, [StorageError("the disk is full")]

    async def fails_once(*given):
        if failures:
            raise failures.pop()
        await set_bill(*given)

    monkeypatch.setattr(paid.repository, "set_bill", fails_once)
    bill.add("task1", 0.01)
    assert (await final(paid, await paid.picture())).bill.cost == 10_000


async def test_after_a_restart_the_missing_bills_are_read_in_one_call(tmp_path, api, bill, clock):
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits()) as rig:
        jobs = [await rig.ended(job.id) for job in await rig.click(pictures=4)]
    for number in range(1, 5):
        bill.add(f"task{number}", 0.01)
    bill.searches.clear()
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits()) as rig:
        await rig.jobs.bills.resume(jobs[0].account)
        assert [(await final(rig, job)).bill.cost for job in jobs] == [10_000] * 4
    assert len(bill.searches) == 1


@pytest.mark.parametrize("is_for_good", [False, True])
async def test_the_bill_of_a_deleted_picture_is_counted_too(paid, bill, clock, is_for_good):
    job = await paid.picture()
    await paid.jobs.bin.put(ALICE, [job.id])
    if is_for_good:
        await paid.jobs.bin.empty(ALICE)
    bill.add("task1", 0.004)
    while await spent(paid, clock) != 4_000:
        await clock.sleep(1)
    assert (await paid.jobs.changes(ALICE, "", 0, 0)).jobs == (), "its bill does not bring it back"


async def test_a_picture_that_is_marked_or_fetched_again_keeps_its_bill(paid, bill):
    bill.add("task1", 0.01)
    job = await final(paid, await paid.picture())
    await paid.repository.set_favourite(ALICE, job.id, is_favourite=True)
    await paid.repository.save(job.reopened())
    assert paid.on_disk(job.id).bill == job.bill


async def test_a_lost_connection_to_the_bill_is_no_end_of_it(paid, api, bill, monkeypatch):
    broken = [raises(httpx.ConnectError)]
    search = bill.__class__.__call__
    monkeypatch.setattr(
        bill.__class__, "__call__", lambda self, request: (broken.pop() if broken else search.__get__(self))(request)
    )
    bill.add("task1", 0.01)
    assert (await final(paid, await paid.picture())).bill.cost == 10_000


async def test_a_stop_is_asked_for_and_the_bill_says_what_it_cost(paid, api, bill, clock):
    api.course = [{"status": "processing"}]
    (job,) = await paid.click()
    await until(lambda: paid.on_disk(job.id).state is JobState.PROCESSING)
    assert await paid.jobs.stop(ALICE, job.id)
    ended = await paid.ended(job.id)
    assert (ended.state, ended.problem, len(api.posts)) == (JobState.STOPPED, messages.STOPPED_AT_SERVICE, 1)
    assert problem_of(ended).charge is Charge.MAYBE
    bill.add("task1", 0.01)
    bill.add("task1", 0.006, "refund")
    stopped = await billed(paid, ended)
    assert (stopped.bill.cost, stopped.shown_problem.charge) == (4_000, Charge.SPENT)
    assert await spent(paid, clock) == 4_000


async def test_a_task_that_goes_on_after_a_stop_gives_its_picture(paid, api):
    api.course = [{"status": "processing"}]
    (job,) = await paid.click()
    await until(lambda: paid.on_disk(job.id).state is JobState.PROCESSING)
    api.keeps_deleted = True
    assert await paid.jobs.stop(ALICE, job.id)
    await until(lambda: paid.on_disk(job.id).stop_requested)
    assert not await paid.jobs.stop(ALICE, job.id)
    api.course = [{"status": "completed"}]
    done = await paid.ended(job.id)
    assert (done.state, len(done.images)) == (JobState.COMPLETED, 1)


async def test_a_stop_that_the_service_does_not_answer_changes_nothing(paid, api):
    api.course = [{"status": "processing"}]
    api.next_deletes = [raises(httpx.ReadTimeout)]
    (job,) = await paid.click()
    await until(lambda: paid.on_disk(job.id).state is JobState.PROCESSING)
    assert not await paid.jobs.stop(ALICE, job.id)
    api.course = [{"status": "completed"}]
    done = await paid.ended(job.id)
    assert (done.state, done.stop_requested) == (JobState.COMPLETED, None)


async def test_a_task_that_has_just_completed_is_not_deleted_by_a_stop(paid, api):
    api.course = [{"status": "processing"}]
    (job,) = await paid.click()
    await until(lambda: paid.on_disk(job.id).state is JobState.PROCESSING)
    api.course = [{"status": "completed"}]
    assert not await paid.jobs.stop(ALICE, job.id)
    assert (await paid.ended(job.id)).state is JobState.COMPLETED
    assert api.requested["predictions/delete"] == 0


async def test_after_the_close_no_bill_is_read(tmp_path, api, clock, bill):
    """Jobs that the close cancels end too, and their ends must not start the collector again."""
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits()) as rig:
        api.course = [{"status": "processing"}]
        await rig.click()
        await until(lambda: api.polls)
    collecting = rig.jobs.bills._loop
    assert collecting
    await asyncio.wait([collecting])
    assert collecting.cancelled()
