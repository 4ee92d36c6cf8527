"""The host's money on the way of a job: reserved before the POST, settled after it, across restarts (S03)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from components import messages
from components.budget.limits import Access, BudgetLimits
from components.budget.quotes import BALANCE_SECONDS, QUOTE_SECONDS
from components.domain.job import Job, JobState
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.jobs.resume import STALE_SECONDS
from tests.support.addresses import HERE
from tests.support.budgets import CAROL, CENT, WIDE, spent_on_disk
from tests.support.core import Rig, problem_of, running
from tests.support.fake_clock import until
from tests.support.scripted_api import ALICE, MODEL, ScriptedApi, refuses, success


async def test_s03_money_is_reserved_on_disk_before_the_post_and_settled_after(tmp_path, api, clock):
    api.price = {"price": 0.03, "discounted_price": 0.02, "currency": "USD"}
    during: list[list[tuple[int, int]]] = []

    def look(request: httpx.Request) -> httpx.Response:
        during.append(spent_on_disk(tmp_path))
        return success(api.make())

    api.next_submits = [look]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        done = await rig.picture()
        assert (done.state, done.price) == (JobState.COMPLETED, 2 * CENT)
        assert during == [[(3 * CENT, 0)]], "the dearer of both while it is under way"
        assert spent_on_disk(tmp_path) == [(2 * CENT, 1)]


async def test_s03_the_tile_stands_before_the_price_is_known(tmp_path, api, clock):
    seen: list[Job | None] = []
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:

        def late(request: httpx.Request) -> httpx.Response:
            seen.append(rig.store.job("c1-1"))
            return success(api.price)

        api.next_prices = [late]
        await rig.picture()
    assert [(job.state, job.price) for job in seen if job] == [(JobState.WAITING, None)]


async def test_s03_what_may_have_been_made_stays_reserved(tmp_path, api, clock):
    api.next_submits = [api.loses(made=False)]
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, per_day=CENT)) as rig:
        assert (await rig.picture("c1")).state is JobState.UNKNOWN
        assert problem_of(await rig.picture("c2")) == messages.DAY_SPENT
    assert len(api.posts) == 1


async def test_s03_price_and_balance_are_asked_seldom(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        for number in range(5):
            await rig.picture(f"c{number}")
        assert (api.requested["model/price"], api.requested["balance"]) == (1, 1)
        clock.advance(BALANCE_SECONDS)
        await rig.picture("c6")
        assert (api.requested["model/price"], api.requested["balance"]) == (1, 2)
        clock.advance(QUOTE_SECONDS)
        await rig.picture("c7")
        assert (api.requested["model/price"], api.requested["balance"]) == (2, 3)


async def test_s03_the_balance_floor_holds_between_two_askings(tmp_path, api, clock):
    api.balance = 1.03
    limits = replace(WIDE, min_balance=1_000_000)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        ends = [await rig.picture(f"c{number}") for number in range(5)]
    assert api.requested["balance"] == 1
    assert [end.state for end in ends].count(JobState.COMPLETED) == 3
    assert problem_of(ends[-1]) == messages.BALANCE_LOW
    assert len(api.posts) == 3


async def test_s03_an_own_key_is_never_quoted(tmp_path, api, clock):
    api.keys.add("wsk-canary-of-carol")
    limits = replace(WIDE, access=Access.OWN_KEY_ONLY, is_stopped=True)
    async with running(tmp_path, api.client(), clock, limits=limits, own=api.client) as rig:
        grant = await rig.accounts.use_key(Person(CAROL), "wsk-canary-of-carol", HERE)
        done = await rig.picture(visitor=CAROL, token=grant.token)
        assert (done.state, done.price) == (JobState.COMPLETED, None)
        assert rig.store.spending_by_person(clock.now()) == []
    assert api.payers == ["wsk-canary-of-carol"]
    assert (api.requested["balance"], api.requested["model/price"]) == (1, 0), "the check of the key alone"


# --- across a restart ---


async def cut_off_before_the_post(folder: Path, api: ScriptedApi, clock, limits: BudgetLimits) -> None:
    """A process that dies between the reservation and the first byte of the POST."""
    async with running(folder, api.client(), clock, limits=limits) as rig:
        jobs = await start_unsent(rig)
        assert rig.quotes
        admission, _ = await rig.quotes.reservation_for(MODEL, jobs[0].person, [job.request for job in jobs])
        await rig.calls.reserve(jobs, admission, clock.now())
    assert len(spent_on_disk(folder)) == 2


async def start_unsent(rig: Rig) -> list[Job]:
    request = GenerationRequest("a cat", seed=1)
    jobs = [
        Job(f"c1-{n}", ALICE, "c1", n, "hosted", MODEL, request, rig.jobs._clock.now(), person=f"browser {ALICE}")
        for n in (1, 2)
    ]
    assert await rig.repository.add(jobs)
    return jobs


async def test_f30_a_reservation_of_before_the_restart_is_kept_and_used_once(tmp_path, api, clock):
    limits = replace(WIDE, images_per_hour=2, per_day=2 * CENT)
    await cut_off_before_the_post(tmp_path, api, clock, limits)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        await rig.jobs.resume.all()
        assert [(await rig.ended(name)).state for name in ("c1-1", "c1-2")] == [JobState.COMPLETED] * 2
    assert spent_on_disk(tmp_path) == [(CENT, 1), (CENT, 1)]
    assert len(api.posts) == 2


async def test_f30_a_click_too_old_to_be_sent_gives_its_money_back(tmp_path, api, clock):
    await cut_off_before_the_post(tmp_path, api, clock, WIDE)
    clock.advance(STALE_SECONDS + 1)
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        await rig.jobs.resume.all()
        assert problem_of(await rig.ended("c1-1")) == messages.STALE
    assert spent_on_disk(tmp_path) == []
    assert not api.posts


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (replace(WIDE, is_stopped=True), messages.STOPPED_BY_HOST),
        (replace(WIDE, access=Access.OWN_KEY_ONLY), messages.OWN_KEY_ONLY),
        (replace(WIDE, access=Access.SIGNED_IN), messages.SIGN_IN),
    ],
)
async def test_f30_a_host_who_closed_his_purse_at_the_restart_pays_for_nothing_of_before(
    tmp_path, api, clock, limits, told
):
    await cut_off_before_the_post(tmp_path, api, clock, WIDE)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        await rig.jobs.resume.all()
        assert problem_of(await rig.ended("c1-1")) == told
    assert not api.posts
    assert spent_on_disk(tmp_path) == []


# --- the switch ---


async def test_s03_the_switch_takes_back_what_waits_in_line(tmp_path, api, clock):
    api.next_submits = [refuses(429, retry_after="60")] * 50
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        jobs = await rig.click(pictures=3)
        await until(lambda: len(api.posts) == 3)
        api.gate = asyncio.Event()
        await until(lambda: len(api.posts) == 4)
        await rig.jobs.stop_spending(is_on=True)
        waited = [await rig.ended(job.id) for job in jobs[1:]]
        assert [problem_of(end) for end in waited] == [messages.STOPPED_BY_HOST] * 2, "while the first is being sent"
        api.gate.set()
        ends = [await rig.ended(job.id) for job in jobs]
        assert [problem_of(end) for end in ends] == [messages.STOPPED_BY_HOST] * 3
        assert len(api.posts) == 4
        assert rig.store.spending_by_person(clock.now()) == []
        api.next_submits.clear()
        assert problem_of(await rig.picture("c2")) == messages.STOPPED_BY_HOST
        await rig.jobs.stop_spending(is_on=False)
        assert (await rig.picture("c3")).state is JobState.COMPLETED


async def test_s03_the_switch_leaves_visitors_who_pay_themselves_alone(tmp_path, api, clock):
    api.keys.add("wsk-canary-of-carol")
    async with running(tmp_path, api.client(), clock, limits=WIDE, own=api.client) as rig:
        await rig.jobs.stop_spending(is_on=True)
        grant = await rig.accounts.use_key(Person(CAROL), "wsk-canary-of-carol", HERE)
        assert (await rig.picture(visitor=CAROL, token=grant.token)).state is JobState.COMPLETED


async def test_s03_a_post_under_way_when_the_switch_is_turned_is_not_sent_again(tmp_path, api, clock):
    api.gate = asyncio.Event()
    api.next_submits = [refuses(429, retry_after="1")]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        (job,) = await rig.click()
        await until(lambda: api.posts)
        await rig.jobs.stop_spending(is_on=True)
        api.gate.set()
        assert problem_of(await rig.ended(job.id)) == messages.STOPPED_BY_HOST
    assert len(api.posts) == 1
