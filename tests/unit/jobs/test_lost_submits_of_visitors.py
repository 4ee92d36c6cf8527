"""Submits of several visitors that are lost at once: equal requests share their tasks, different ones take none."""

from __future__ import annotations

import asyncio

from components import messages
from components.domain.job import JobState
from components.domain.request import GenerationRequest
from tests.support.scripted_api import ALICE, BOB
from tests.support.scripted_bill import ScriptedBill


async def test_of_two_visitors_with_different_lost_posts_neither_takes_the_only_task(rig, api):
    """Whose picture it is cannot be told; the one whose search ends last must not have it by outlasting."""
    api.next_submits = [api.loses(made=True), api.loses(made=False)]
    other = GenerationRequest("a dog")
    (first,), (second,) = await asyncio.gather(rig.click("c1"), rig.click("c2", visitor=BOB, request=other))
    ended = [await rig.ended(first.id), await rig.ended(second.id)]
    assert [job.state for job in ended] == [JobState.UNKNOWN] * 2
    await rig.jobs.resume.recheck(ALICE, first.id)
    assert (await rig.ended(first.id)).state is JobState.UNKNOWN
    assert len(api.posts) == 2


async def test_of_two_visitors_with_equal_lost_posts_one_takes_the_only_task_and_the_other_was_not_charged(rig, api):
    """Any picture of the very same request is as good as the other, and both are paid by the same key."""
    api.bill = ScriptedBill(api.clock)
    api.next_submits = [api.loses(made=True), api.loses(made=False)]
    (first,), (second,) = await asyncio.gather(rig.click("c1"), rig.click("c2", visitor=BOB))
    found, free = await rig.ended(first.id), await rig.ended(second.id)
    assert (found.state, found.task_id, found.notes) == (JobState.COMPLETED, "task1", ())
    assert (free.state, free.problem, len(api.posts)) == (JobState.FAILED, messages.NEVER_ARRIVED, 2)


async def test_of_equal_lost_posts_of_many_visitors_each_has_one_task_and_none_is_left_unsure(rig, api):
    api.bill = ScriptedBill(api.clock)
    api.next_submits = [api.loses(made=number % 3 > 0) for number in range(9)]
    clicks = await asyncio.gather(*(rig.click(f"c{number}", visitor=f"{number:032x}") for number in range(9)))
    ended = [await rig.ended(job.id) for (job,) in clicks]
    assert sorted(job.task_id for job in ended if job.task_id) == sorted(api.tasks)
    assert {job.problem for job in ended if not job.task_id} == {messages.NEVER_ARRIVED}
    assert (len(api.tasks), len(api.posts)) == (6, 9)
