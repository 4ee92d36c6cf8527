"""Visitors with keys of their own, on the whole core: taken, used, forgotten, refused, brought back."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import httpx
import pytest

from components import messages
from components.errors import InvalidRequest, KeyAway, KeyRefused, NotAllowed
from components.fence import Access, Limits
from components.job import JobState
from components.keyring import UNUSED_SECONDS
from components.keys import mark
from components.person import Person
from components.standing import OwnKeyShown
from components.visitors import TRIES, TRIES_SECONDS
from tests.fakes import ALICE, BOB, KEY, Rig, ScriptedApi, raises, refuses, running, said, success, until

ALICE_KEY, BOB_KEY = "wsk-canary-of-alice-1a2b", "wsk-canary-of-bob-3c4d"
OWN_ONLY = Limits(access=Access.OWN_KEY_ONLY, is_home=False)


@pytest.fixture
def open_to(tmp_path, api, clock):
    """The core on one folder; opening it a second time is a restart."""
    api.keys |= {ALICE_KEY, BOB_KEY}

    def make(limits: Limits = OWN_ONLY):
        return running(tmp_path, api.client(), clock, limits=limits, own=api.client)

    return make


async def token_of(rig: Rig, key: str = ALICE_KEY, visitor: str = ALICE) -> str:
    return (await rig.visitors.use_key(Person(visitor), key, rig.jobs._clock.monotonic())).token


def silent(api: ScriptedApi) -> asyncio.Event:
    """Let submits stand unanswered until this is set."""
    api.gate = asyncio.Event()
    return api.gate


def unfinished(api: ScriptedApi) -> None:
    api.course = [{"status": "processing"}]


def finished(api: ScriptedApi) -> None:
    api.course = [{"status": "completed"}]


# --- a key is taken ---


async def test_s02_a_key_is_checked_by_a_call_that_costs_nothing_and_shown_by_its_end(open_to, api):
    async with open_to() as rig:
        grant = await rig.visitors.use_key(Person(ALICE), f" Bearer {ALICE_KEY}\n", 0.0)
        assert grant.shown == OwnKeyShown("...1a2b", "$100.00")
        assert await rig.visitors.own_key(grant.token) == grant.shown
        assert ALICE_KEY not in repr(grant) + repr(rig.visitors.line(grant.token))
        assert await rig.visitors.own_key("f" * 64) is None
    assert not api.posts
    assert api.asked == {"balance": 2}


async def test_f05_a_key_that_is_not_accepted_is_not_kept(open_to, api):
    async with open_to() as rig:
        with pytest.raises(KeyRefused) as refused:
            await token_of(rig, "wsk-canary-wrong")
        assert refused.value.sentence == messages.KEY_REFUSED
        assert not rig.keys.holds(mark("wsk-canary-wrong"))


@pytest.mark.parametrize("text", ["", "  ", "two words", None, 5, "kéy", "a" * 500])
async def test_f13_what_is_no_key_is_refused_here_and_asked_about_nowhere(open_to, api, text):
    async with open_to() as rig:
        with pytest.raises(InvalidRequest) as refused:
            await rig.visitors.use_key(Person(ALICE), text, 0.0)
        assert refused.value.sentence == messages.KEY_UNLIKE_ANY
    assert not api.asked


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
        with pytest.raises(NotAllowed) as refused:
            await token_of(rig)
        assert refused.value.sentence == messages.KEY_NOT_CHECKED
        assert not rig.keys.holds(mark(ALICE_KEY))
        assert ALICE_KEY not in repr(refused.value)


async def test_s02_where_nobody_tells_a_balance_the_key_is_taken_unchecked(open_to, api):
    api.balance = None
    async with open_to() as rig:
        grant = await rig.visitors.use_key(Person(ALICE), ALICE_KEY, 0.0)
        assert grant.shown == OwnKeyShown("...1a2b", "")


async def test_s02_keys_cannot_be_tried_out_here(open_to, api):
    async with open_to() as rig:
        for number in range(TRIES):
            with pytest.raises(KeyRefused):
                await rig.visitors.use_key(Person(ALICE), f"wsk-guess-{number}", 10.0)
        with pytest.raises(NotAllowed) as refused:
            await rig.visitors.use_key(Person(ALICE), ALICE_KEY, 10.0 + TRIES_SECONDS - 1)
        assert refused.value.sentence == messages.KEY_TRIES
        assert await rig.visitors.use_key(Person(ALICE), ALICE_KEY, 10.0 + TRIES_SECONDS)
    assert api.asked["balance"] == TRIES + 1


# --- and pays for its visitor alone ---


async def test_s02_two_visitors_keys_and_the_host_s_never_mix(open_to, api):
    async with open_to(Limits(is_home=False)) as rig:
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
    async with open_to(Limits(is_home=False)) as rig:
        token = await token_of(rig)
        rig.visitors.forget_key(token)
        with pytest.raises(KeyAway) as refused:
            await rig.click(token=token)
        assert refused.value.sentence == messages.KEY_AWAY
        with pytest.raises(KeyAway):
            await rig.click(token="f" * 64)
    assert not api.posts


async def test_c04_a_lost_post_is_looked_for_in_its_own_account_alone(open_to, api):
    """The host's account has a fitting task of the same moment: it is not the visitor's."""
    async with open_to(Limits(is_home=False)) as rig:
        token = await token_of(rig)
        api.make()
        api.next_submits = [api.loses(made=False)]
        job = await rig.picture(token=token)
    assert (job.state, said(job)) == (JobState.UNKNOWN, messages.NOT_FOUND)


# --- it is forgotten ---


async def test_s02_on_forgetting_what_waits_is_taken_back(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(429, retry_after="100")] * 9
        waiting = await rig.click("c1", 3, token=token)
        await until(lambda: len(api.posts) == 3)
        gate, posts = silent(api), len(api.posts) + 1
        await until(lambda: len(api.posts) == posts)
        rig.visitors.forget_key(token)
        ends = [await rig.ended(job.id) for job in waiting[1:]]
        assert [(end.state, said(end)) for end in ends] == [(JobState.STOPPED, messages.KEY_FORGOTTEN)] * 2
        gate.set()
        assert said(await rig.ended(waiting[0].id)) == messages.KEY_FORGOTTEN
        assert len(api.posts) == posts


async def test_s02_on_forgetting_what_was_sent_is_followed_and_then_the_key_is_gone(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        unfinished(api)
        (sent,) = await rig.click(token=token)
        await until(lambda: api.looks)
        rig.visitors.forget_key(token)
        assert await rig.visitors.own_key(token) is None
        finished(api)
        assert (await rig.ended(sent.id)).state is JobState.COMPLETED
        assert list(rig.jobs._accounts) == ["hosted"], "nobody holds the key any more"


async def test_s02_a_post_that_is_turned_away_after_the_forgetting_is_not_sent_again(open_to, api):
    gate = silent(api)
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(429, retry_after="1")]
        (job,) = await rig.click(token=token)
        await until(lambda: api.posts)
        rig.visitors.forget_key(token)
        gate.set()
        end = await rig.ended(job.id)
    assert (end.state, said(end)) == (JobState.STOPPED, messages.KEY_FORGOTTEN)
    assert len(api.posts) == 1


@pytest.mark.parametrize("is_busy", [False, True])
async def test_s02_a_press_whose_key_is_forgotten_while_it_is_written_down_is_not_sent(open_to, api, is_busy):
    """`is_busy`: another job of the same key is still followed, so its client is still there."""
    async with open_to() as rig:
        token = await token_of(rig)
        if is_busy:
            unfinished(api)
            await rig.click("c0", token=token)
            await until(lambda: api.looks)
        posts = len(api.posts)
        start = asyncio.create_task(rig.click("c1", token=token))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rig.visitors.forget_key(token)
        (job,) = await start
        end = await rig.ended(job.id)
        finished(api)
    assert (end.state, said(end)) == (JobState.STOPPED, messages.KEY_FORGOTTEN)
    assert len(api.posts) == posts


async def test_s02_a_key_nobody_uses_for_12_hours_is_forgotten_with_what_waits(open_to, api, clock):
    async with open_to() as rig:
        token = await token_of(rig)
        account = f"hosted {mark(ALICE_KEY)}"
        clock.advance(UNUSED_SECONDS)
        with pytest.raises(KeyAway):
            rig.visitors.line(token)
        rig.visitors.forget_unused()
        assert account not in rig.jobs._accounts


async def test_s02_forgetting_a_key_that_is_past_its_time_lets_its_client_go_too(open_to, clock):
    async with open_to() as rig:
        token = await token_of(rig)
        clock.advance(UNUSED_SECONDS)
        rig.visitors.forget_key(token)
        assert list(rig.jobs._accounts) == ["hosted"]


async def test_s02_a_key_that_made_room_for_others_lets_its_client_go_too(open_to, monkeypatch):
    monkeypatch.setattr("components.keyring.MOST_KEYS", 1)
    async with open_to() as rig:
        await token_of(rig)
        token = await token_of(rig, BOB_KEY, BOB)
        assert rig.visitors.line(token)
        assert list(rig.jobs._accounts) == ["hosted", f"hosted {mark(BOB_KEY)}"]


async def test_s02_forgetting_in_one_tab_leaves_the_other_tab_at_work(open_to, api):
    async with open_to() as rig:
        first, second = await token_of(rig), await token_of(rig)
        rig.visitors.forget_key(first)
        assert (await rig.picture(token=second)).state is JobState.COMPLETED


# --- it is refused ---


async def test_f05_a_key_refused_on_a_submit_is_forgotten_and_said_at_its_field(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.keys.discard(ALICE_KEY)
        end = await rig.picture(token=token)
        assert (end.state, said(end), end.refused_field) == (JobState.FAILED, messages.KEY_REFUSED, "key")
        with pytest.raises(KeyAway):
            rig.visitors.line(token)


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
        assert {said(end) for end in ends} == {messages.KEY_REFUSED}
        assert len(api.posts) == 5, "not one POST more for each"


async def test_f07_a_model_the_key_may_not_use_does_not_cost_the_key(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(403)]
        end = await rig.picture("c1", token=token)
        assert (said(end), end.refused_field) == (messages.MODEL_FORBIDDEN, "key")
        assert (await rig.picture("c2", token=token)).state is JobState.COMPLETED


async def test_f06_an_empty_account_is_the_visitor_s_to_top_up(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_submits = [refuses(402)]
        end = await rig.picture(token=token)
        assert (said(end), end.refused_field) == (messages.NO_CREDIT, "key")
        assert rig.visitors.line(token), "the key itself is good"


async def test_f06_an_empty_account_of_the_host_s_advises_an_own_key(tmp_path, api, clock):
    api.next_submits = [refuses(402)]
    async with running(tmp_path, api.client(), clock) as rig:
        end = await rig.picture()
    assert (said(end), end.refused_field) == (messages.HOST_NO_CREDIT, "")


# --- a task whose key went away ---


async def test_f18_a_key_refused_while_looking_pauses_the_task_and_a_good_one_goes_on(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        unfinished(api)
        (job,) = await rig.click(token=token)
        await until(lambda: api.looks)
        api.keys.discard(ALICE_KEY)
        paused = await rig.ended(job.id)
        assert (paused.is_set_aside, said(paused), paused.ended) == (True, messages.LOOK_REFUSED, None)
        assert paused.task_id
        assert await rig.visitors.own_key(token) is None
        api.keys.add(ALICE_KEY)
        finished(api)
        await token_of(rig)
        done = await rig.ended(job.id)
    assert (done.state, done.is_set_aside, done.trouble) == (JobState.COMPLETED, False, None)
    assert len(api.posts) == 1


async def test_f18_one_refused_look_alone_does_not_pause(open_to, api):
    async with open_to() as rig:
        token = await token_of(rig)
        api.next_looks = [refuses(401)]
        assert (await rig.picture(token=token)).state is JobState.COMPLETED
        assert rig.visitors.line(token)


async def test_f18_the_host_s_key_refused_while_looking_keeps_the_task(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock) as rig:
        api.next_looks = [refuses(401)] * 2
        paused = await rig.picture()
        assert (paused.is_set_aside, said(paused)) == (True, messages.HOST_LOOK_REFUSED)
        await rig.jobs.look_again(ALICE, paused.id)
        assert (await rig.ended(paused.id)).state is JobState.COMPLETED


async def left_under_way(open_to, api: ScriptedApi) -> str:
    """A process that ends while a visitor's task is under way."""
    unfinished(api)
    async with open_to() as rig:
        (job,) = await rig.click(token=await token_of(rig))
        await until(lambda: api.looks)
    finished(api)
    return job.id


async def test_f30_after_a_restart_a_task_waits_for_its_key_and_is_followed_by_it_alone(open_to, api):
    name = await left_under_way(open_to, api)
    looks = sum(api.looks.values())
    async with open_to(Limits(is_home=False)) as rig:
        await rig.jobs.resume()
        waiting = await rig.ended(name)
        assert (waiting.is_set_aside, said(waiting), waiting.ended) == (True, messages.KEY_NEEDED, None)
        await rig.jobs.look_again(ALICE, name)
        assert said(rig.on_disk(name)) == messages.KEY_NEEDED, "not with the host's key"
        await token_of(rig, BOB_KEY, ALICE)
        assert rig.on_disk(name).is_set_aside, "not with another key of the same visitor"
        await token_of(rig, ALICE_KEY, BOB)
        assert rig.on_disk(name).is_set_aside, "not because another visitor brought the key"
        assert sum(api.looks.values()) == looks
        await token_of(rig)
        assert (await rig.ended(name)).state is JobState.COMPLETED
    assert api.payers == [ALICE_KEY]


def pictures_in(folder: Path) -> int:
    return len(list((folder / "pictures").iterdir()))


async def test_f30_a_task_is_followed_once_however_often_its_key_is_brought_back(open_to, api, tmp_path):
    name = await left_under_way(open_to, api)
    async with open_to() as rig:
        await rig.jobs.resume()
        await asyncio.gather(*(token_of(rig) for _ in range(5)), *(rig.jobs.look_again(ALICE, name) for _ in range(5)))
        done = await rig.ended(name)
        assert (done.state, len(done.pictures)) == (JobState.COMPLETED, 1)
        assert pictures_in(tmp_path) == 1, "fetched once"
        await until(lambda: not rig.jobs._running)
        assert not rig.jobs._unfinished, "its place under the cap is given back once, too"


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
    async with open_to(Limits(is_home=False)) as rig:
        await rig.jobs.resume()
        assert said(await rig.ended(job.id)) in (messages.STALE, messages.KEY_NEEDED)
        assert len(api.posts) == posts
        assert KEY not in api.payers


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
    assert json.loads(row[0])["key"] == mark(ALICE_KEY) == done.key


# --- signing in ---


async def test_s04_pictures_of_a_browser_are_taken_along_by_whoever_signs_in_there(open_to, api):
    browser, bob = Person.browser("d" * 32), Person.signed_in("bob")
    async with open_to() as rig:
        token = await token_of(rig, ALICE_KEY, browser.board)
        done = await rig.picture("c1", visitor=browser.board, token=token)
        unfinished(api)
        (running_one,) = await rig.click("c2", visitor=browser.board, token=token)
        assert await rig.visitors.to_bring(browser, bob) == 2
        assert await rig.visitors.to_bring(browser, browser) == 0
        assert await rig.visitors.take_along(browser, bob) == 2
        finished(api)
        await rig.ended(running_one.id)
        theirs = {job.id: job for job in rig.store.page(bob.board, None, 9)}
        assert set(theirs) == {done.id, running_one.id}
        assert {job.visitor for job in theirs.values()} == {bob.board}
        assert {job.state for job in theirs.values()} == {JobState.COMPLETED}
        assert rig.store.page(browser.board, None, 9) == []
        assert await rig.visitors.take_along(browser, bob) == 0
        with pytest.raises(NotAllowed) as refused:
            await rig.visitors.take_along(bob, browser)
        assert refused.value.sentence == messages.NOT_SIGNED_IN


async def test_s04_a_change_that_was_being_written_during_the_handing_over_stays_the_new_owner_s(open_to, api):
    browser, bob = Person.browser("d" * 32), Person.signed_in("bob")
    async with open_to() as rig:
        (job,) = await rig.click("c1", visitor=browser.board, token=await token_of(rig, ALICE_KEY, browser.board))
        end = await rig.ended(job.id)
        before = (await rig.jobs.changes(browser.board, "", 0, 0)).jobs
        await asyncio.gather(rig.ledger.move(browser.board, bob.board), rig.ledger.record(end))
        kept = rig.on_disk(job.id)
        assert (before, kept.visitor) == ((end,), bob.board)
        assert (await rig.jobs.changes(browser.board, "", 0, 0)).jobs == ()
        assert not await rig.jobs.take_back(browser.board, job.id)


# --- taking back ---


async def test_c03_a_picture_can_be_taken_back_while_its_price_is_asked(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=Limits(is_home=False)) as rig:
        taken: list[asyncio.Task[bool]] = []

        def slow(request: httpx.Request) -> httpx.Response:
            taken.append(asyncio.create_task(rig.jobs.take_back(ALICE, "c1-1")))
            return refuses(503)(request)

        api.next_prices = [slow]
        (job,) = await rig.click()
        end = await rig.ended(job.id)
        assert await taken[0]
        assert (end.state, said(end)) == (JobState.STOPPED, messages.TAKEN_BACK)
        assert rig.store.spendings(clock.now()) == []
    assert not api.posts


async def test_s04_nobody_takes_back_what_is_another_s(open_to, api):
    async with open_to() as rig:
        api.next_submits = [refuses(429, retry_after="100")] * 9
        (job,) = await rig.click(token=await token_of(rig))
        await until(lambda: api.posts)
        assert not await rig.jobs.take_back(BOB, job.id)
        assert not await rig.jobs.take_back(ALICE, "no-such-job")
        api.next_submits.clear()
        assert (await rig.ended(job.id)).state is JobState.COMPLETED
