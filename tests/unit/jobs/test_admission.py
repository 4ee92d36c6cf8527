"""What a click needs before it is sent: a price, a balance, and room below every limit (S03)."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from components import messages
from components.budget.limits import Access
from components.budget.quotes import ASSUMED_QUOTE
from components.domain.job import JobState
from components.domain.person import Person
from components.messages.message import Charge
from tests.support.budgets import CAROL, CENT, WIDE, spent_on_disk
from tests.support.core import problem_of, running
from tests.support.scripted_api import ALICE, BOB, raises, refuses, success

NOT_TOLD = [
    refuses(500),
    refuses(429),
    refuses(404),
    refuses(402, "insufficient"),
    raises(httpx.ReadTimeout),
    raises(httpx.ReadError),
    lambda request: httpx.Response(200, content=b"<html>log in</html>"),
    lambda request: httpx.Response(200, content=b""),
    lambda request: httpx.Response(200, content=b'{"code": 200, "data": null}'),
    lambda request: httpx.Response(302, headers={"location": "https://elsewhere.test/"}),
    lambda request: success([]),
]
PRICES = [
    {"price": 0},
    {"price": -1},
    {"price": "free"},
    {"price": None},
    {"price": True},
    {"price": 1e300},
    {"price": "1e999999"},
    {"price": float("nan")},
    {"price": float("inf")},
    {"price": 0.01, "currency": "EUR"},
    {"price": 0.01, "currency": None},
    {"discounted_price": 0, "price": 0},
    {},
]


def told(data: object):
    return lambda request: success(data)


@pytest.mark.parametrize("reply", [*NOT_TOLD, *map(told, PRICES)])
async def test_s03_without_a_price_nothing_is_sent(tmp_path, api, clock, reply):
    api.next_prices = [reply] * 10
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        job = await rig.picture()
        assert (job.state, problem_of(job)) == (JobState.FAILED, messages.PRICE_UNAVAILABLE)
        assert rig.store.spending_by_person(clock.now()) == []
    assert not api.posts


BALANCES = [{"balance": None}, {"balance": "much"}, {"balance": float("nan")}, {"balance": True}, {"money": 5}, {}]


@pytest.mark.parametrize("reply", [*NOT_TOLD, *map(told, BALANCES)])
async def test_s03_without_a_balance_nothing_is_sent(tmp_path, api, clock, reply):
    api.next_balances = [reply] * 10
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        job = await rig.picture()
        assert (job.state, problem_of(job)) == (JobState.FAILED, messages.BALANCE_UNAVAILABLE)
    assert not api.posts


async def test_s03_a_rate_limit_on_prices_is_waited_for(tmp_path, api, clock):
    api.next_prices = [refuses(429)] * 4
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        begun = clock.monotonic()
        assert (await rig.picture()).state is JobState.COMPLETED
        assert clock.monotonic() - begun >= 30
    assert (api.requested["model/price"], len(api.posts)) == (5, 1)


async def test_s03_a_price_that_comes_at_the_third_asking_will_do(tmp_path, api, clock):
    api.next_prices = [refuses(503), raises(httpx.ConnectError)]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        assert (await rig.picture()).state is JobState.COMPLETED
    assert api.requested["model/price"] == 3


@pytest.mark.parametrize("status", [401, 403])
async def test_f05_a_host_s_key_that_is_refused_is_said_to_be_the_host_s(tmp_path, api, clock, status):
    api.next_prices = [refuses(status)]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        assert problem_of(await rig.picture()) == messages.HOST_KEY_REFUSED
    assert not api.posts


async def test_s03_at_home_an_api_without_prices_costs_an_assumed_price(tmp_path, api, clock):
    api.price = api.balance = None
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, is_local=True)) as rig:
        assert (await rig.picture()).state is JobState.COMPLETED
        assert spent_on_disk(tmp_path) == [(ASSUMED_QUOTE.price, 1)]


async def test_s03_at_home_too_a_price_list_that_is_out_of_order_stops_the_click(tmp_path, api, clock):
    api.next_prices = [refuses(500)] * 3
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, is_local=True)) as rig:
        assert problem_of(await rig.picture()) == messages.PRICE_UNAVAILABLE
    assert not api.posts


REFUSALS = [
    ({"images_per_hour": 1}, messages.press_above_hour(2, 1)),
    ({"per_person_day": CENT}, messages.press_above_amount(2)),
    ({"per_day": CENT}, messages.press_above_amount(2)),
    ({"per_month": CENT}, messages.press_above_amount(2)),
    ({"min_balance": 99_980_001}, messages.BALANCE_LOW),
    ({"is_stopped": True}, messages.STOPPED_BY_HOST),
    ({"access": Access.OWN_KEY_ONLY}, messages.OWN_KEY_ONLY),
    ({"access": Access.SIGNED_IN}, messages.SIGN_IN),
]


@pytest.mark.parametrize(("limit", "told"), REFUSALS)
async def test_s03_a_click_that_would_pass_a_limit_ends_whole_with_its_sentence(tmp_path, api, clock, limit, told):
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, **limit)) as rig:
        ends = [await rig.ended(job.id) for job in await rig.click(pictures=2)]
        assert [(end.state, problem_of(end)) for end in ends] == [(JobState.FAILED, told)] * 2
        assert problem_of(ends[0]).charge is Charge.NONE
        assert rig.store.spending_by_person(clock.now()) == []
    assert not api.posts


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"images_per_hour": 2}, messages.picture_limit(2)),
        ({"per_person_day": 2 * CENT}, messages.PERSON_LIMIT),
        ({"per_day": 2 * CENT}, messages.DAY_SPENT),
        ({"per_month": 2 * CENT}, messages.MONTH_SPENT),
        ({"min_balance": 99_980_000}, messages.BALANCE_LOW),
    ],
)
async def test_s03_what_was_made_before_counts_against_a_click(tmp_path, api, clock, limit, told):
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, **limit)) as rig:
        assert (await rig.picture("c1")).state is JobState.COMPLETED
        ends = [await rig.ended(job.id) for job in await rig.click("c2", pictures=2)]
        assert [(end.state, problem_of(end)) for end in ends] == [(JobState.FAILED, told)] * 2
    assert len(api.posts) == 1


async def test_s03_what_was_refused_or_refunded_may_be_tried_again_and_what_was_made_may_not(tmp_path, api, clock):
    limits = replace(WIDE, per_person_day=CENT)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        api.next_submits = [refuses(400, "prompt is bad")]
        assert (await rig.picture("c1")).state is JobState.FAILED
        api.course = [{"status": "failed", "error": "no"}]
        assert (await rig.picture("c2")).state is JobState.FAILED
        api.course = [{"status": "completed"}]
        assert (await rig.picture("c3")).state is JobState.COMPLETED
        assert problem_of(await rig.picture("c4")) == messages.PERSON_LIMIT


async def test_s03_signed_in_people_are_counted_by_name_in_every_browser(tmp_path, api, clock):
    limits = replace(WIDE, access=Access.SIGNED_IN, images_per_hour=1)
    bob = Person.signed_in("bob")
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        done = await rig.picture("c1", visitor=bob.visitor_id, person=bob)
        again = await rig.picture("c2", visitor=bob.visitor_id, person=Person.signed_in("bob"))
        other = await rig.picture("c3", visitor=CAROL, person=Person.signed_in("carol"))
        assert [one.payer_name for one in rig.store.spending_by_person(clock.now())] == ["user bob", "user carol"]
    assert (done.state, other.state) == (JobState.COMPLETED, JobState.COMPLETED)
    assert problem_of(again) == messages.picture_limit(1)


async def test_s03_all_programs_are_one_person(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, images_per_hour=1)) as rig:
        await rig.picture("c1", visitor=ALICE, person=Person(ALICE, is_program=True))
        again = await rig.picture("c2", visitor=BOB, person=Person(BOB, is_program=True))
    assert problem_of(again) == messages.picture_limit(1)
