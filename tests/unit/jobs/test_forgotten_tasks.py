"""Tasks that a folder has forgotten: what the host's key paid is counted once, whoever asked for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from components import messages
from components.domain.forgotten_task import PAYER_NAME
from components.domain.job import JobState
from components.errors import PollFailed
from components.jobs.forgotten_tasks import SETTLED_SECONDS
from components.sqlite.mount import LOCAL, Mount
from components.storage import data_folder, folder_lease
from components.storage.store import Store
from tests.support import stored_jobs
from tests.support.budgets import CENT, WIDE
from tests.support.core import running
from tests.support.fake_clock import until
from tests.support.scripted_bill import ScriptedBill

WEEK = 7 * 86_400.0


@pytest.fixture(params=[Mount(keeps_synced=False)], ids=["bucket"])
def mount(request, monkeypatch):
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: request.param)
    monkeypatch.setattr(folder_lease, "WATCH_SECONDS", 0.0)


@pytest.fixture
def folder(tmp_path, clock, mount):
    """A folder that an earlier process left a minute ago."""
    store = Store(tmp_path)
    stored_jobs.save(store, stored_jobs.done("before", at=clock.now()))
    store.close()
    clock.advance(60)
    return tmp_path


@pytest.fixture
def bill(api, clock):
    api.bill = ScriptedBill(clock)
    return api.bill


def made(api, clock, *, ago: float = 10.0, **fields):
    """Let the service have a completed task that no job knows."""
    clock.advance(-ago)
    link = "https://files.test/forgotten.png"
    task = api.make(**{"status": "completed", "outputs": [link], **fields})
    clock.advance(ago)
    return task["id"]


def started(folder, api, clock):
    return running(folder, api.client(), clock, limits=WIDE)


async def searched(rig, clock) -> list[tuple[str, int]]:
    """Search as after a start; return what is counted then, as ids of tasks and costs."""
    await rig.jobs.forgotten.note_start()
    await rig.jobs.forgotten.search()
    return await counted(rig, clock)


# In the store's thread, which the app's own calls use meanwhile.
async def counted(rig, clock) -> list[tuple[str, int]]:
    return [(task.task_id, task.cost) for task in await rig.calls.forgotten_tasks(clock.now() - WEEK)]


async def spent(rig, clock) -> int:
    return (await rig.calls.spending_totals("", clock.now())).today


async def eventually_spent(rig, clock, amount):
    async with asyncio.timeout(5):
        while await spent(rig, clock) != amount:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)


async def test_a_task_that_no_job_knows_is_counted_once(folder, api, clock):
    name = made(api, clock)
    for _ in range(2):
        async with started(folder, api, clock) as rig:
            assert await searched(rig, clock) == [(name, CENT)]
            assert await searched(rig, clock) == [(name, CENT)]
            assert await spent(rig, clock) == CENT
            assert [one.payer_name for one in await rig.calls.spending_by_person(clock.now())] == [PAYER_NAME]
            assert (await rig.calls.forgotten_tasks(0.0))[0].link == "https://files.test/forgotten.png"
        clock.advance(5)


@pytest.mark.parametrize("mount", [LOCAL], indirect=True)
async def test_on_a_disk_nothing_is_looked_for(folder, api, clock):
    made(api, clock)
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == []
        assert not api.requested["predictions"]


async def test_where_nothing_is_paid_nothing_is_looked_for(folder, api, clock):
    made(api, clock)
    async with running(folder, api.client(), clock) as rig:
        assert await searched(rig, clock) == []


async def test_what_a_job_has_and_what_was_made_before_the_latest_record_is_not_counted(folder, api, clock):
    made(api, clock, ago=120)
    made(api, clock, id="before")
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == []


async def test_a_lost_submit_with_a_reservation_owns_one_of_the_tasks(folder, api, clock):
    left(folder, lost_submit(clock))
    _, second = made(api, clock), made(api, clock, ago=5)
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == [(second, CENT)]
        assert await spent(rig, clock) == 2 * CENT


async def test_a_record_that_a_page_gives_back_is_counted_in_place_of_its_task(folder, api, clock):
    name = made(api, clock)
    async with started(folder, api, clock) as rig:
        await searched(rig, clock)
        job = stored_jobs.done("c1-1", at=clock.now() - 10, price=CENT, person="browser x")
        await rig.jobs.resume.restore(job.visitor, [rig.store.seal(replace(job, task_id=name))])
        assert (await rig.ended("c1-1")).state is JobState.COMPLETED
        assert await counted(rig, clock) == []
        assert await spent(rig, clock) == CENT
        assert await searched(rig, clock) == []


async def test_a_submit_that_a_page_gives_back_is_counted_in_place_of_a_task(folder, api, clock):
    made(api, clock)
    async with started(folder, api, clock) as rig:
        await searched(rig, clock)
        clock.advance(SETTLED_SECONDS)
        assert not await rig.jobs.forgotten.search()
        job = lost_submit(clock, ago=SETTLED_SECONDS + 20)
        await rig.jobs.resume.restore(job.visitor, [rig.store.seal(job)])
        await rig.jobs.forgotten.search()
        assert await counted(rig, clock) == []
        assert await spent(rig, clock) == CENT


async def test_a_search_that_fails_is_repeated_until_it_is_answered(folder, api, clock):
    name = made(api, clock)
    api.list_fails = True
    async with started(folder, api, clock) as rig:
        await rig.jobs.forgotten.note_start()
        rig.jobs.forgotten.start()
        await until(lambda: api.requested["predictions"] > 20)
        api.list_fails = False
        await eventually_spent(rig, clock, CENT)
        assert await counted(rig, clock) == [(name, CENT)]


async def test_a_time_that_was_not_searched_through_is_searched_after_the_next_start(folder, api, clock):
    api.list_fails, name = True, made(api, clock)
    async with started(folder, api, clock) as rig:
        with pytest.raises(PollFailed):
            await searched(rig, clock)
    clock.advance(86_400)
    api.list_fails = False
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == [(name, CENT)]


async def test_a_task_that_is_listed_late_is_found_and_then_the_search_ends(folder, api, clock):
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == []
        name = made(api, clock, ago=9)
        clock.advance(SETTLED_SECONDS)
        assert not await rig.jobs.forgotten.search()
        assert await counted(rig, clock) == [(name, CENT)]
        asked = api.requested["predictions"]
        assert not await rig.jobs.forgotten.search()
        assert api.requested["predictions"] == asked


async def test_a_task_under_way_is_looked_at_again_and_a_failed_one_costs_nothing(folder, api, clock):
    name = made(api, clock, status="processing", outputs=[])
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == [(name, CENT)]
        clock.advance(SETTLED_SECONDS)
        assert await rig.jobs.forgotten.search()
        api.tasks[name]["status"] = "failed"
        assert not await rig.jobs.forgotten.search()
        assert await counted(rig, clock) == [(name, 0)]


async def test_the_bill_says_what_it_cost(folder, api, clock, bill):
    name = made(api, clock)
    bill.add(name, 0.03, ago=10)
    async with started(folder, api, clock) as rig:
        await searched(rig, clock)
        await eventually_spent(rig, clock, 3 * CENT)
        assert (await rig.calls.spending_by_day(0.0))[0].unbilled == 0


async def test_a_task_that_only_the_bill_has_is_counted(folder, api, clock, bill):
    bill.add("gone", 0.01, ago=10)
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == [("gone", CENT)]


async def test_while_the_bill_does_not_answer_the_search_goes_on(folder, api, clock, bill):
    bill.next_replies = [httpx.Response(503, html="<p>busy</p>") for _ in range(3)]
    bill.add("gone", 0.01, ago=10)
    clock.advance(1)
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == []
        clock.advance(SETTLED_SECONDS)
        assert not await rig.jobs.forgotten.search()
        assert await counted(rig, clock) == [("gone", CENT)]


@pytest.mark.parametrize("is_own_known", [True, False])
async def test_what_another_key_of_the_account_paid_is_not_ours_where_the_bill_tells_it(
    folder, api, clock, bill, is_own_known
):
    name, other = made(api, clock), made(api, clock)
    for task, key in [(name, "ours"), (other, "another")]:
        bill.add(task, 0.01, ago=10)
        bill.entries[-1]["access_key_name"] = key
    if is_own_known:
        bill.add("before", 0.01, ago=3600)
        bill.entries[-1]["access_key_name"] = "ours"
    async with started(folder, api, clock) as rig:
        expected = {name} if is_own_known else {name, other}
        assert {task for task, _ in await searched(rig, clock)} == expected


async def test_a_task_of_a_model_that_this_app_does_not_use_is_not_ours(folder, api, clock, bill):
    name = made(api, clock, model="another/model")
    bill.add(name, 0.01, ago=10)
    async with started(folder, api, clock) as rig:
        assert await searched(rig, clock) == []


def left(folder, job):
    """Store a job as an earlier process left it, with its reservation."""
    store = Store(folder)
    store.restore_job(job)
    store.close()


def lost_submit(clock, ago=30.0):
    sent = clock.now() - ago
    job = stored_jobs.job("c1-1", created=sent, sent=sent, price=CENT, person="browser x")
    return job.as_unknown(messages.NO_ANSWER, sent + 25)
