"""Stopping what is being made, and deleting what is finished."""

from __future__ import annotations

import httpx
import pytest

from components import messages
from components.budget.limits import BudgetLimits
from components.domain.job import JobState
from components.jobs.submission import DeletionResult
from tests.support.core import problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, BOB, refuses

# --- stopping what is made for nothing ---


def breaks(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset", request=request)


async def under_way(rig, api, **given):
    api.course = [{"status": "processing"}] * 10_000
    (job,) = await rig.click(**given)
    await until(lambda: api.polls and rig.store.job(job.id).state is JobState.PROCESSING)
    return job


async def test_what_is_being_made_is_stopped_at_the_service_and_here(rig, api):
    job = await under_way(rig, api)
    assert not await rig.jobs.stop(BOB, job.id)
    assert await rig.jobs.stop(ALICE, job.id)
    assert api.tasks == {}
    stopped = await rig.ended(job.id)
    assert (stopped.state, problem_of(stopped)) == (JobState.STOPPED, messages.STOPPED_BY_YOU)
    assert not await rig.jobs.stop(ALICE, job.id)
    assert (await deleted(rig, ALICE, job.id)).deleted == (job.id,)
    (other,) = await rig.click("c2")
    assert other.state is JobState.WAITING, "the next one has its place"


@pytest.mark.parametrize("answer", [refuses(500, "no"), breaks])
async def test_what_the_service_does_not_stop_goes_on(rig, api, answer):
    job = await under_way(rig, api)
    api.next_deletes = [answer]
    assert not await rig.jobs.stop(ALICE, job.id)
    api.course = [{"status": "completed"}]
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_what_is_paid_for_is_not_stopped_unless_its_charge_is_accepted(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits()) as rig:
        job = await under_way(rig, api)
        assert rig.jobs.is_stop_charged(job)
        assert not await rig.jobs.stop(ALICE, job.id, is_charge_accepted=False)
        assert len(api.tasks) == 1
        assert await rig.jobs.stop(ALICE, job.id)
        assert api.tasks == {}


# --- deleting for good, out of the bin ---


async def deleted(rig, visitor, *job_ids):
    await rig.jobs.bin.put(visitor, job_ids)
    return await rig.jobs.bin.delete(visitor, job_ids)


async def test_a_deleted_picture_is_gone_for_whoever_looks_on(rig, api):
    gone, kept = await rig.picture("c1"), await rig.picture("c2")
    known = await rig.jobs.changes(ALICE, "", 0, 0)
    assert await deleted(rig, ALICE, gone.id) == DeletionResult((gone.id,), is_everywhere=True)
    assert gone.task_id not in api.tasks
    assert kept.task_id in api.tasks
    seen = await rig.jobs.changes(ALICE, known.epoch, known.version, 0)
    assert not seen.is_whole
    assert seen.deleted == (gone.id,)
    assert [job.id for job in (await rig.jobs.changes(ALICE, "", 0, 0)).jobs] == [kept.id]
    assert rig.store.image_file(gone.images[0].name) is None
    assert await rig.click("c1") == ()
    assert len(api.posts) == 2, "its click starts nothing again"


@pytest.mark.parametrize("answer", [refuses(404, "no such call"), refuses(401, "no"), refuses(500, "no"), breaks])
async def test_a_service_that_does_not_delete_is_told_of_and_ours_is_gone_all_the_same(rig, api, answer):
    job = await rig.picture()
    api.next_deletes = [answer]
    assert await deleted(rig, ALICE, job.id) == DeletionResult((job.id,), is_everywhere=False)
    assert await rig.jobs.get_owned(ALICE, job.id) is None
    assert rig.store.image_file(job.images[0].name) is None


async def test_another_s_job_is_not_deleted(rig):
    job = await rig.picture()
    assert (await deleted(rig, BOB, job.id)).deleted == ()
    assert await rig.jobs.get_owned(BOB, job.id) is None
    assert await rig.jobs.get_owned(ALICE, job.id) == job


async def test_what_is_under_way_is_not_deleted(rig):
    (job,) = await rig.click()
    assert (await deleted(rig, ALICE, job.id)).deleted == ()
    assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_what_may_have_been_paid_for_and_was_not_found_is_not_deleted(rig, api):
    api.next_submits = [api.loses(made=True)]
    api.list_fails = True
    job = await rig.picture()
    assert job.state is JobState.UNKNOWN
    assert (await deleted(rig, ALICE, job.id)).deleted == ()


async def test_several_are_deleted_by_one_call_to_the_service_and_others_left_alone(rig, api):
    jobs = [await rig.picture(click) for click in ("c1", "c2", "c3")]
    theirs = await rig.picture("c4", visitor=BOB)
    api.requested.clear()
    done = await deleted(rig, ALICE, jobs[0].id, theirs.id, jobs[1].id, "nobody's", jobs[0].id)
    assert done == DeletionResult((jobs[0].id, jobs[1].id), is_everywhere=True)
    assert api.requested["predictions/delete"] == 1
    assert {jobs[2].task_id, theirs.task_id} == api.tasks.keys()


async def test_nothing_to_delete_asks_the_service_nothing(rig, api):
    assert await deleted(rig, ALICE, "nobody's") == DeletionResult((), is_everywhere=True)
    assert api.requested["predictions/delete"] == 0
