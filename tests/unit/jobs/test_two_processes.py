"""Two processes on one data folder, whose lock file is gone: one click is sent by one of them."""

from __future__ import annotations

import asyncio

from components import messages
from components.domain.job import Job, JobState
from tests.support.core import Rig, problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, refuses


async def shown(rig: Rig) -> Job:
    (job,) = (await rig.jobs.changes(ALICE, "", 0, 0)).jobs
    return job


async def test_a_click_that_both_have_in_line_is_sent_once(tmp_path, api, clock):
    api.next_submits = [refuses(429, retry_after="30")]
    async with running(tmp_path, api.client(), clock) as first:
        waiting, jump = asyncio.Event(), clock.sleep

        async def long_pause(seconds):
            if seconds >= 20:
                await waiting.wait()
            await jump(seconds)

        clock.sleep = long_pause
        (job,) = await first.click()
        await until(lambda: first.on_disk(job.id).problem == messages.BUSY)
        (tmp_path / "playground.lock").unlink()
        async with running(tmp_path, api.client(), clock) as second:
            await second.jobs.changes(ALICE, "", 0, 0)
            await first.jobs.changes(ALICE, "", 0, 0)
            await second.jobs.resume.all()
            done = await second.ended(job.id)
            waiting.set()
            await first.jobs._runner.wait(job.id)
            assert (await shown(second)).state is JobState.COMPLETED
            lost = await shown(first)
            assert problem_of(lost) == messages.SENT_ELSEWHERE
            assert lost.can_look_again
            await first.jobs.resume.recheck(ALICE, job.id)
            assert (await shown(first)).state is JobState.COMPLETED
    assert done.state is JobState.COMPLETED
    assert len(api.posts) == 2, "the one that was refused by 429, and one more"
    assert len(api.tasks) == 1
