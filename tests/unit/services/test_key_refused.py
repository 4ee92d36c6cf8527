"""A key that is refused, or gone after a restart: its tasks wait for it, and no other key pays for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from components import messages
from components.budget.limits import BudgetLimits
from components.domain.job import JobState
from components.errors import KeyForgotten
from tests.support.core import problem_of, running
from tests.support.fake_clock import until
from tests.support.own_keys import ALICE_KEY, BOB_KEY, finished, silent, token_of, unfinished
from tests.support.scripted_api import ALICE, BOB, KEY, ScriptedApi, refuses

# --- it is refused ---


async def test_f05_a_key_refused_on_a_submit_is_forgotten_and_said_at_its_field(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.keys.discard(ALICE_KEY)
        end = await rig.picture(token=token)
        assert (end.state, problem_of(end), end.refused_field) == (JobState.FAILED, messages.KEY_REFUSED, "key")
        with pytest.raises(KeyForgotten):
            rig.accounts.target_of(token)


async def test_f05_what_waits_behind_a_refused_key_is_not_sent_with_it(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(429, retry_after="100")] * 4
        jobs = await rig.click("c1", 4, token=token)
        await until(lambda: len(api.posts) == 4)
        gate = silent(api)
        await until(lambda: len(api.posts) == 5)
        api.keys.discard(ALICE_KEY)
        gate.set()
        ends = [await rig.ended(job.id) for job in jobs]
        assert {problem_of(end) for end in ends} == {messages.KEY_REFUSED}
        assert len(api.posts) == 5, "not one POST more for each"


async def test_f07_a_model_the_key_may_not_use_does_not_cost_the_key(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(403)]
        end = await rig.picture("c1", token=token)
        assert (problem_of(end), end.refused_field) == (messages.MODEL_FORBIDDEN, "key")
        assert (await rig.picture("c2", token=token)).state is JobState.COMPLETED


async def test_f06_an_empty_account_is_the_visitor_s_to_top_up(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(402)]
        end = await rig.picture(token=token)
        assert (problem_of(end), end.refused_field) == (messages.NO_CREDIT, "key")
        assert rig.accounts.target_of(token), "the key itself is good"


async def test_f06_an_empty_account_of_the_host_s_advises_an_own_key(tmp_path, api, clock):
    api.next_submits = [refuses(402)]
    async with running(tmp_path, api.client(), clock) as rig:
        end = await rig.picture()
    assert (problem_of(end), end.refused_field) == (messages.HOST_NO_CREDIT, "")


# --- a task whose key went away ---


async def test_f18_a_key_refused_while_looking_pauses_the_task_and_a_good_one_goes_on(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        unfinished(api)
        (job,) = await rig.click(token=token)
        await until(lambda: api.polls)
        api.keys.discard(ALICE_KEY)
        paused = await rig.ended(job.id)
        assert (paused.is_paused, problem_of(paused), paused.ended) == (True, messages.LOOK_REFUSED, None)
        assert paused.task_id
        assert await rig.accounts.view_of(token) is None
        api.keys.add(ALICE_KEY)
        finished(api)
        await token_of(rig)
        done = await rig.ended(job.id)
    assert (done.state, done.is_paused, done.problem) == (JobState.COMPLETED, False, None)
    assert len(api.posts) == 1


async def test_f18_one_refused_look_alone_does_not_pause(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_polls = [refuses(401)]
        assert (await rig.picture(token=token)).state is JobState.COMPLETED
        assert rig.accounts.target_of(token)


async def test_f18_the_host_s_key_refused_while_looking_keeps_the_task(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_polls = [refuses(401)] * 2
        paused = await rig.picture()
        assert (paused.is_paused, problem_of(paused)) == (True, messages.HOST_LOOK_REFUSED)
        await rig.jobs.resume.recheck(ALICE, paused.id)
        assert (await rig.ended(paused.id)).state is JobState.COMPLETED


async def left_under_way(open_to, api: ScriptedApi) -> str:
    """A process that ends while a visitor's task is under way."""
    unfinished(api)
    async with open_to() as rig:
        (job,) = await rig.click(token=await token_of(rig))
        await until(lambda: api.polls)
    finished(api)
    return job.id


async def test_f30_after_a_restart_a_task_waits_for_its_key_and_is_followed_by_it_alone(open_to, api):
    name = await left_under_way(open_to, api)
    looks = sum(api.polls.values())
    async with open_to(BudgetLimits(is_local=False)) as rig:
        await rig.jobs.resume.all()
        waiting = await rig.ended(name)
        assert (waiting.is_paused, problem_of(waiting), waiting.ended) == (True, messages.KEY_NEEDED, None)
        await rig.jobs.resume.recheck(ALICE, name)
        assert problem_of(rig.on_disk(name)) == messages.KEY_NEEDED, "not with the host's key"
        await token_of(rig, BOB_KEY, ALICE)
        assert rig.on_disk(name).is_paused, "not with another key of the same visitor"
        await token_of(rig, ALICE_KEY, BOB)
        assert rig.on_disk(name).is_paused, "not because another visitor brought the key"
        assert sum(api.polls.values()) == looks
        await token_of(rig)
        assert (await rig.ended(name)).state is JobState.COMPLETED
    assert api.payers == [ALICE_KEY]


def pictures_in(folder: Path) -> int:
    return len(list((folder / "pictures").iterdir()))


async def test_f30_a_task_is_followed_once_however_often_its_key_is_brought_back(open_to, api, tmp_path):
    name = await left_under_way(open_to, api)
    async with open_to() as rig:
        await rig.jobs.resume.all()
        await asyncio.gather(
            *(token_of(rig) for _ in range(5)), *(rig.jobs.resume.recheck(ALICE, name) for _ in range(5))
        )
        done = await rig.ended(name)
        assert (done.state, len(done.images)) == (JobState.COMPLETED, 1)
        assert pictures_in(tmp_path) == 1, "fetched once"
        await until(lambda: not rig.jobs._runner._tasks)
        assert not rig.jobs._runner._unfinished, "its place under the cap is given back once, too"


async def test_f30_a_press_that_was_not_sent_before_the_restart_is_not_sent_without_its_key(open_to, api):
    gate = silent(api)
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(429, retry_after="100")]
        gate.set()
        (job,) = await rig.click(token=token)
        await until(lambda: api.posts)
        gate.clear()
        await until(lambda: rig.on_disk(job.id).sent is None)
    posts = len(api.posts)
    async with open_to(BudgetLimits(is_local=False)) as rig:
        await rig.jobs.resume.all()
        assert problem_of(await rig.ended(job.id)) in (messages.STALE, messages.KEY_NEEDED)
        assert len(api.posts) == posts
        assert KEY not in api.payers
