"""The computer's clock is set back while a POST has no answer (F33)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from components.budget.limits import DAY
from components.domain.job import JobState
from tests.support.budgets import CENT, WIDE
from tests.support.core import running
from tests.support.fake_clock import JumpingClock, ServiceClock, until
from tests.support.scripted_api import ScriptedApi


@pytest.mark.parametrize("jump", [0.0, -3600.0])
async def test_a_lost_task_is_found_though_the_clock_was_set_back_over_a_restart(tmp_path, jump):
    clock = JumpingClock()
    api = ScriptedApi(ServiceClock(clock))
    api.gate = asyncio.Event()
    async with running(tmp_path, api.client(), clock) as rig:
        (job,) = await rig.click()
        await until(lambda: api.posts)
        api.make()
    api.gate = None
    clock.jump(jump)
    async with running(tmp_path, api.client(), clock) as rig:
        await rig.jobs.resume.all()
        assert (await rig.ended(job.id)).state is JobState.COMPLETED


@pytest.mark.parametrize("jump", [0.0, -3600.0])
async def test_a_clock_set_back_gives_nobody_another_s_picture(tmp_path, jump):
    clock = JumpingClock()
    api = ScriptedApi(ServiceClock(clock))

    def lose_and_jump(request):
        clock.jump(jump)
        return api.loses(made=True)(request)

    async with running(tmp_path, api.client(), clock) as rig:
        api.list_fails = True
        api.next_submits = [lose_and_jump]
        (a,) = await rig.click("a")
        await until(lambda: len(api.tasks))
        for _ in range(30):
            await asyncio.sleep(0)
        clock.jump(-jump)
        api.list_fails = False
        api.next_submits = [api.loses(made=False)]
        (b,) = await rig.click("b")
        b = await rig.ended(b.id)
        a = await rig.ended(a.id)
        assert b.task_id is None


@pytest.mark.parametrize(("is_local", "ends"), [(False, JobState.FAILED), (True, JobState.COMPLETED)])
async def test_a_clock_that_is_set_ahead_renews_no_public_host_s_limits(tmp_path, is_local, ends):
    clock = JumpingClock()
    api = ScriptedApi(ServiceClock(clock))
    limits = replace(WIDE, per_day=CENT, is_local=is_local)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        assert (await rig.picture("c1")).state is JobState.COMPLETED
        clock.jump(DAY + 1)
        assert (await rig.picture("c2")).state is ends
        clock.advance(DAY)
        clock.jump(-DAY - 1)
        assert (await rig.picture("c3")).state is (JobState.FAILED if is_local else JobState.COMPLETED)
