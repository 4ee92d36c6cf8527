"""Visitors' own keys: checked, shown by their end, paying for their visitor alone, written nowhere."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest

from components import messages
from components.budget.limits import BudgetLimits
from components.domain.api_key import fingerprint_of
from components.domain.job import JobState
from components.domain.person import Person
from components.errors import BudgetDenied, InvalidRequest, KeyForgotten, Unauthorized
from components.services.accounts import VisitorKeyView
from tests.support.addresses import ELSEWHERE, HERE
from tests.support.core import Rig, problem_of, running
from tests.support.fake_clock import until
from tests.support.own_keys import ALICE_KEY, BOB_KEY, finished, token_of, unfinished
from tests.support.scripted_api import ALICE, BOB, KEY, raises, refuses, success

# --- a key is taken ---


async def test_s02_a_key_is_checked_by_a_call_that_costs_nothing_and_shown_by_its_end(open_to, api):
    async with open_to() as rig:
        grant = await rig.accounts.use_key(Person(ALICE), f" Bearer {ALICE_KEY}\n", HERE)
        assert grant.view == VisitorKeyView("...1a2b", 100)
        assert await rig.accounts.view_of(grant.token) == grant.view
        assert ALICE_KEY not in repr(grant) + repr(rig.accounts.target_of(grant.token))
        assert await rig.accounts.view_of("f" * 64) is None
    assert not api.posts
    assert api.requested == {"balance": 2}


async def test_f05_a_key_that_is_not_accepted_is_not_kept(open_to, api):
    async with open_to() as rig:
        with pytest.raises(Unauthorized) as refused:
            await token_of(rig, "wsk-canary-wrong")
        assert refused.value.message == messages.KEY_REFUSED
        assert not rig.keys.has(fingerprint_of("wsk-canary-wrong"))


@pytest.mark.parametrize("text", ["", "  ", "two words", None, 5, "kéy", "a" * 500])
async def test_f13_what_is_no_key_is_refused_here_and_asked_about_nowhere(open_to, api, text):
    async with open_to() as rig:
        with pytest.raises(InvalidRequest) as refused:
            await rig.accounts.use_key(Person(ALICE), text, HERE)
        assert refused.value.message == messages.KEY_UNLIKE_ANY
    assert not api.requested


@pytest.mark.parametrize(
    "reply",
    [
        refuses(500),
        refuses(429),
        raises(httpx.ReadTimeout),
        raises(httpx.ConnectError),
        lambda request: httpx.Response(200, content=b"<html>"),
        lambda request: success({"balance": "lots"}),
    ],
)
async def test_s02_a_key_that_could_not_be_checked_is_not_kept(open_to, api, reply):
    api.next_balances = [reply]
    async with open_to() as rig:
        with pytest.raises(BudgetDenied) as refused:
            await token_of(rig)
        assert refused.value.message == messages.KEY_NOT_CHECKED
        assert not rig.keys.has(fingerprint_of(ALICE_KEY))
        assert ALICE_KEY not in repr(refused.value)


async def test_s02_where_nobody_tells_a_balance_the_key_is_taken_unchecked(open_to, api):
    api.balance = None
    async with open_to() as rig:
        grant = await rig.accounts.use_key(Person(ALICE), ALICE_KEY, HERE)
        assert grant.view == VisitorKeyView("...1a2b", None)


async def tries(rig: Rig, count: int, address: str, visitors: list[str]) -> list[object]:
    """Try wrong keys; return what is said to each."""
    said: list[object] = []
    for number in range(count):
        with pytest.raises((Unauthorized, BudgetDenied)) as refused:
            await rig.accounts.use_key(Person(visitors[number % len(visitors)]), f"wsk-guess-{number}", address)
        said.append(refused.value.message)
    return said


async def test_s02_keys_cannot_be_tried_out_here(open_to, api, clock):
    async with open_to() as rig:
        said = await tries(rig, 120, HERE, [f"{number:032x}" for number in range(120)])
        assert said == [messages.KEY_REFUSED] * 30 + [messages.KEY_TRIES] * 90
        assert api.requested["balance"] == 30
        clock.advance(60)
        assert await rig.accounts.use_key(Person(ALICE), ALICE_KEY, HERE)


async def test_s02_one_who_tries_keys_keeps_no_newcomer_out(open_to, api):
    async with open_to() as rig:
        said = await tries(rig, 120, HERE, [BOB])
        assert said == [messages.KEY_REFUSED] * 10 + [messages.KEY_TRIES] * 110
        assert await rig.accounts.use_key(Person(ALICE), ALICE_KEY, HERE), "in the same class room"
        await tries(rig, 120, HERE, [f"{number:032x}" for number in range(120)])
        assert await rig.accounts.use_key(Person(ALICE), ALICE_KEY, ELSEWHERE)


async def test_s02_all_together_cannot_try_keys_without_end(open_to, api):
    async with open_to() as rig:
        said: list[object] = []
        for number in range(25):
            said = await tries(rig, 30, f"8.8.{number}.8", [f"{number:016x}{visitor:016x}" for visitor in range(30)])
        assert said == [messages.KEY_TRIES] * 30
    assert api.requested["balance"] == 600


# --- and pays for its visitor alone ---


async def test_s02_two_visitors_keys_and_the_host_s_never_mix(open_to, api):
    async with open_to(BudgetLimits(is_local=False)) as rig:
        alice, bob = await token_of(rig), await token_of(rig, BOB_KEY, BOB)
        jobs = [
            *await rig.click("c1", 2, ALICE, token=alice),
            *await rig.click("c2", 2, BOB, token=bob),
            *await rig.click("c3", 2, "c" * 32),
        ]
        ends = [await rig.ended(job.id) for job in jobs]
    assert {end.state for end in ends} == {JobState.COMPLETED}
    assert sorted(api.payers) == sorted([ALICE_KEY, BOB_KEY, KEY] * 2)
    owners = [api.owners[end.task_id] for end in ends if end.task_id]
    assert owners == [ALICE_KEY] * 2 + [BOB_KEY] * 2 + [KEY] * 2


async def test_s02_without_its_key_a_tab_s_press_starts_nothing_and_the_host_does_not_pay(open_to, api):
    async with open_to(BudgetLimits(is_local=False)) as rig:
        token = await token_of(rig)
        rig.accounts.forget_key(token)
        with pytest.raises(KeyForgotten) as refused:
            await rig.click(token=token)
        assert refused.value.message == messages.KEY_AWAY
        with pytest.raises(KeyForgotten):
            await rig.click(token="f" * 64)
    assert not api.posts


async def test_c04_a_lost_post_is_looked_for_in_its_own_account_alone(open_to, api):
    """The host's account has a fitting task of the same moment: it is not the visitor's."""
    async with open_to(BudgetLimits(is_local=False)) as rig:
        token = await token_of(rig)
        api.make()
        api.next_submits = [api.loses(made=False)]
        job = await rig.picture(token=token)
    assert (job.state, problem_of(job)) == (JobState.UNKNOWN, messages.NOT_FOUND)


# --- and stands nowhere ---


async def test_s01_own_keys_stand_in_no_file_and_no_log(open_to, api, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    token = ""
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [api.loses(made=False), refuses(500), refuses(401)]
        for number in range(3):
            await rig.picture(f"c{number}", token=token)
    for path in tmp_path.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in (ALICE_KEY, KEY, token):
            assert secret.encode() not in content, path.name
    assert ALICE_KEY not in caplog.text
    assert token not in caplog.text


async def test_s02_of_an_own_key_its_mark_alone_is_written_down(open_to, api):
    async with open_to() as rig:
        done = await rig.picture(token=await token_of(rig))
        (row,) = rig.store._db.read("SELECT record FROM jobs")
    assert json.loads(row[0])["key"] == fingerprint_of(ALICE_KEY) == done.key


# --- signing in ---


async def test_s04_pictures_of_a_browser_are_taken_along_by_whoever_signs_in_there(open_to, api):
    browser, bob = Person.browser("d" * 32), Person.signed_in("bob")
    async with open_to() as rig:
        token = await token_of(rig, ALICE_KEY, browser.visitor_id)
        done = await rig.picture("c1", visitor=browser.visitor_id, token=token)
        unfinished(api)
        (running_one,) = await rig.click("c2", visitor=browser.visitor_id, token=token)
        assert await rig.accounts.count_transferable(browser, bob) == 2
        assert await rig.accounts.count_transferable(browser, browser) == 0
        assert await rig.accounts.transfer_jobs(browser, bob) == 2
        finished(api)
        await rig.ended(running_one.id)
        theirs = {job.id: job for job in rig.store.page_of(bob.visitor_id, None, 9)}
        assert set(theirs) == {done.id, running_one.id}
        assert {job.visitor for job in theirs.values()} == {bob.visitor_id}
        assert {job.state for job in theirs.values()} == {JobState.COMPLETED}
        assert rig.store.page_of(browser.visitor_id, None, 9) == []
        assert await rig.accounts.transfer_jobs(browser, bob) == 0
        with pytest.raises(BudgetDenied) as refused:
            await rig.accounts.transfer_jobs(bob, browser)
        assert refused.value.message == messages.NOT_SIGNED_IN


async def test_s04_a_change_that_was_being_written_during_the_handing_over_stays_the_new_owner_s(open_to, api):
    browser, bob = Person.browser("d" * 32), Person.signed_in("bob")
    async with open_to() as rig:
        (job,) = await rig.click(
            "c1", visitor=browser.visitor_id, token=await token_of(rig, ALICE_KEY, browser.visitor_id)
        )
        end = await rig.ended(job.id)
        before = (await rig.jobs.changes(browser.visitor_id, "", 0, 0)).jobs
        await asyncio.gather(rig.repository.transfer(browser.visitor_id, bob.visitor_id), rig.repository.save(end))
        kept = rig.on_disk(job.id)
        assert (before, kept.visitor) == ((end,), bob.visitor_id)
        assert (await rig.jobs.changes(browser.visitor_id, "", 0, 0)).jobs == ()
        assert not await rig.jobs.cancel_unsent(browser.visitor_id, job.id)


# --- taking back ---


async def test_c03_a_picture_can_be_taken_back_while_its_price_is_asked(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=BudgetLimits(is_local=False)) as rig:
        taken: list[asyncio.Task[bool]] = []

        def slow(request: httpx.Request) -> httpx.Response:
            taken.append(asyncio.create_task(rig.jobs.cancel_unsent(ALICE, "c1-1")))
            return refuses(503)(request)

        api.next_prices = [slow]
        (job,) = await rig.click()
        end = await rig.ended(job.id)
        assert await taken[0]
        assert (end.state, problem_of(end)) == (JobState.STOPPED, messages.TAKEN_BACK)
        assert rig.store.spending_by_person(clock.now()) == []
    assert not api.posts


async def test_s04_nobody_takes_back_what_is_another_s(open_to, api):
    async with open_to() as rig:
        api.next_submits = [refuses(429, retry_after="100")] * 9
        (job,) = await rig.click(token=await token_of(rig))
        await until(lambda: api.posts)
        assert not await rig.jobs.cancel_unsent(BOB, job.id)
        assert not await rig.jobs.cancel_unsent(ALICE, "no-such-job")
        api.next_submits.clear()
        assert (await rig.ended(job.id)).state is JobState.COMPLETED
