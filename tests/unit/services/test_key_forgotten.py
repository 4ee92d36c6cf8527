"""A key that is forgotten: what waits is taken back, what was sent is followed to its end."""

from __future__ import annotations

import asyncio

import pytest

from components import messages
from components.domain.api_key import fingerprint_of
from components.domain.job import JobState
from components.errors import KeyForgotten
from components.jobs.visitor_keys import UNUSED_SECONDS
from tests.support.core import problem_of
from tests.support.fake_clock import until
from tests.support.own_keys import ALICE_KEY, BOB_KEY, finished, silent, token_of, unfinished
from tests.support.scripted_api import BOB, refuses


async def test_s02_on_forgetting_what_waits_is_taken_back(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(429, retry_after="100")] * 9
        waiting = await rig.click("c1", 3, token=token)
        await until(lambda: len(api.posts) == 3)
        gate, posts = silent(api), len(api.posts) + 1
        await until(lambda: len(api.posts) == posts)
        rig.accounts.forget_key(token)
        ends = [await rig.ended(job.id) for job in waiting[1:]]
        assert [(end.state, problem_of(end)) for end in ends] == [(JobState.STOPPED, messages.KEY_FORGOTTEN)] * 2
        gate.set()
        assert problem_of(await rig.ended(waiting[0].id)) == messages.KEY_FORGOTTEN
        assert len(api.posts) == posts


async def test_s02_on_forgetting_what_was_sent_is_followed_and_then_the_key_is_gone(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        unfinished(api)
        (sent,) = await rig.click(token=token)
        await until(lambda: api.polls)
        rig.accounts.forget_key(token)
        assert await rig.accounts.view_of(token) is None
        finished(api)
        assert (await rig.ended(sent.id)).state is JobState.COMPLETED
        assert list(rig.jobs._accounts._workers) == ["hosted"], "nobody holds the key any more"


async def test_s02_a_post_that_is_turned_away_after_the_forgetting_is_not_sent_again(open_to, api):
    gate = silent(api)
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(429, retry_after="1")]
        (job,) = await rig.click(token=token)
        await until(lambda: api.posts)
        rig.accounts.forget_key(token)
        gate.set()
        end = await rig.ended(job.id)
    assert (end.state, problem_of(end)) == (JobState.STOPPED, messages.KEY_FORGOTTEN)
    assert len(api.posts) == 1


@pytest.mark.parametrize("is_busy", [False, True])
async def test_s02_a_press_whose_key_is_forgotten_while_it_is_written_down_is_not_sent(open_to, api, is_busy):
    """`is_busy`: another job of the same key is still followed, so its client is still there."""
    async with open_to() as rig:
        token = await token_of(rig)
        if is_busy:
            unfinished(api)
            await rig.click("c0", token=token)
            await until(lambda: api.polls)
        posts = len(api.posts)
        start = asyncio.create_task(rig.click("c1", token=token))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rig.accounts.forget_key(token)
        (job,) = await start
        end = await rig.ended(job.id)
        finished(api)
    assert (end.state, problem_of(end)) == (JobState.STOPPED, messages.KEY_FORGOTTEN)
    assert len(api.posts) == posts


async def test_s02_a_key_nobody_uses_for_12_hours_is_forgotten_with_what_waits(open_to, api, clock):
    async with open_to() as rig:
        token = await token_of(rig)
        account = f"hosted {fingerprint_of(ALICE_KEY)}"
        clock.advance(UNUSED_SECONDS)
        with pytest.raises(KeyForgotten):
            rig.accounts.target_of(token)
        rig.accounts.drop_unused()
        assert account not in rig.jobs._accounts


async def test_s02_forgetting_a_key_that_is_past_its_time_lets_its_client_go_too(open_to, clock):
    async with open_to() as rig:
        token = await token_of(rig)
        clock.advance(UNUSED_SECONDS)
        rig.accounts.forget_key(token)
        assert list(rig.jobs._accounts._workers) == ["hosted"]


async def test_s02_a_key_that_made_room_for_others_lets_its_client_go_too(open_to, monkeypatch):
    monkeypatch.setattr("components.jobs.visitor_keys.MAX_KEYS", 1)
    async with open_to() as rig:
        await token_of(rig)
        token = await token_of(rig, BOB_KEY, BOB)
        assert rig.accounts.target_of(token)
        assert list(rig.jobs._accounts._workers) == ["hosted", f"hosted {fingerprint_of(BOB_KEY)}"]


async def test_s02_forgetting_in_one_tab_leaves_the_other_tab_at_work(open_to, api):
    async with open_to() as rig:
        first, second = await token_of(rig), await token_of(rig)
        rig.accounts.forget_key(first)
        assert (await rig.picture(token=second)).state is JobState.COMPLETED
