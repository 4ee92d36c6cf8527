"""A press that its page gave up: should it still arrive, it is not sent; one that is here cannot be given up."""

from __future__ import annotations

import asyncio

import pytest

from components import messages
from components.domain.job import JobState
from components.errors import PressRevoked, TooManyJobs
from components.jobs import presses
from components.jobs.presses import Presses
from components.messages.message import Charge
from components.storage.async_store import AsyncStore
from tests.support.core import running
from tests.support.scripted_api import ALICE, BOB


async def test_a_late_press_is_refused_and_was_not_charged(rig, api):
    assert await rig.jobs.revoke(ALICE, "c1")
    with pytest.raises(PressRevoked) as late:
        await rig.click()
    assert late.value.message == messages.UNANSWERED
    assert messages.UNANSWERED.charge is Charge.NONE
    assert (api.posts, rig.store.job("c1-1")) == ([], None)
    assert (await rig.picture("c2")).state is JobState.COMPLETED


async def test_a_press_that_has_arrived_cannot_be_revoked(rig, api):
    (job,) = await rig.click()
    assert not await rig.jobs.revoke(ALICE, "c1")
    assert (await rig.ended(job.id)).state is JobState.COMPLETED
    assert not await rig.jobs.revoke(ALICE, "c1")


async def test_a_press_that_is_being_saved_cannot_be_revoked(tmp_path, api, clock):
    saving, go_on = asyncio.Event(), asyncio.Event()

    class SlowStore(AsyncStore):
        async def add_jobs(self, jobs):
            saving.set()
            await go_on.wait()
            return await super().add_jobs(jobs)

    async with running(tmp_path, api.client(), clock, store_type=SlowStore) as rig:
        click = asyncio.create_task(rig.click())
        await saving.wait()
        assert not await rig.jobs.revoke(ALICE, "c1")
        go_on.set()
        (job,) = await click
        assert (await rig.ended(job.id)).state is JobState.COMPLETED


async def test_a_press_that_was_refused_can_be_revoked(rig, api):
    with pytest.raises(TooManyJobs):
        await rig.click(pictures=9)
    assert await rig.jobs.revoke(ALICE, "c1")


async def test_only_the_visitor_s_own_press_is_revoked(rig):
    assert await rig.jobs.revoke(BOB, "c1")
    assert (await rig.picture("c1")).state is JobState.COMPLETED


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(presses, "MAX_REVOKED", 2)
    revoked = Presses()
    for click in ("first", "second", "third"):
        assert revoked.revoke(ALICE, click)
    revoked.check(ALICE, "first")
    for click in ("second", "third"):
        with pytest.raises(PressRevoked):
            revoked.check(ALICE, click)
