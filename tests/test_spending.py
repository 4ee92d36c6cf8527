"""The host's money on the whole core: reserved before the POST, settled after it, never beyond a limit."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import messages
from components.errors import Charge, NotAllowed, Sentence
from components.fence import DAY, HOUR, MONTH, Access, Admission, Limits
from components.generation import GenerationRequest
from components.job import Job, JobState
from components.jobs import STALE_AFTER
from components.ledger import Ledger
from components.person import Person
from components.spendings import STOP
from components.store import Store
from components.till import ASSUMED, BALANCE_SECONDS, QUOTE_SECONDS
from tests.fakes import ALICE, BOB, MODEL, Rig, ScriptedApi, raises, refuses, running, said, success, until

CENT = 10_000
CAROL = "c" * 32
WIDE = Limits(
    pictures_per_hour=10**6, per_person_day=10**12, per_day=10**12, per_month=10**12, min_balance=0, is_home=False
)
NOWHERE = Path("/dev/null/nowhere")
"""No folder can be made here: a store on it lives in memory."""


def job(name: str, **given: object) -> Job:
    plain = Job(name, ALICE, name, 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), 0.0, person="browser x")
    return replace(plain, **given)


def priced(limits: Limits, price: int = CENT, *, who: str = "browser x", balance: int | None = None) -> Admission:
    return Admission(limits, who, price, balance)


@pytest.fixture
def store():
    store = Store(NOWHERE)
    yield store
    store.close()


def reserved(store: Store, ask: Admission, now: float, *names: str) -> bool:
    jobs = [job(name, created=now, person=ask.person) for name in names]
    assert store.intend(jobs)
    try:
        store.reserve(jobs, ask, now)
    except NotAllowed:
        return False
    return True


# --- in the store ---


def test_s03_pictures_of_a_click_are_reserved_all_or_none(store):
    ask = priced(replace(WIDE, per_day=3 * CENT))
    assert not reserved(store, ask, 1.0, "a", "b", "c", "d")
    assert store.spent("browser x", 1.0).today == 0
    assert reserved(store, ask, 1.0, "e", "f", "g")
    assert store.spent("browser x", 1.0).today == 3 * CENT


def test_s03_a_job_is_reserved_once(store):
    ask = priced(WIDE)
    assert reserved(store, ask, 1.0, "a")
    store.reserve([job("a")], ask, 2.0)
    assert store.spent("browser x", 2.0).today == CENT


def test_s03_windows_slide(store):
    ask = priced(replace(WIDE, pictures_per_hour=1, per_day=2 * CENT, per_month=3 * CENT))
    assert reserved(store, ask, 0.0, "a")
    assert not reserved(store, ask, HOUR - 1, "b")
    assert reserved(store, ask, HOUR, "c")
    assert not reserved(store, ask, DAY - 1, "d")
    assert reserved(store, ask, DAY + HOUR, "e")
    assert not reserved(store, ask, MONTH - 1, "f")
    assert reserved(store, ask, MONTH, "g")


def test_s03_limits_of_a_person_are_that_person_s(store):
    limits = replace(WIDE, pictures_per_hour=1, per_person_day=CENT)
    assert reserved(store, priced(limits, who="browser x"), 0.0, "a")
    assert reserved(store, priced(limits, who="user bob"), 0.0, "b")
    assert not reserved(store, priced(limits, who="browser x"), 0.0, "c")


ENDS = {
    "done": (JobState.COMPLETED, None),
    "not saved": (JobState.COMPLETED, Charge.NONE),
    "refused": (JobState.FAILED, Charge.NONE),
    "lost": (JobState.UNKNOWN, Charge.MAYBE),
    "failed": (JobState.FAILED, Charge.REFUNDED),
    "no picture": (JobState.FAILED, Charge.SPENT),
}
CHARGED = {"done", "not saved", "lost", "no picture"}
STEPS = st.lists(
    st.tuples(st.just("click"), st.sampled_from(["browser x", "user y"]), st.integers(1, 3), st.integers(1, 40))
    | st.tuples(st.just("end"), st.integers(0, 30), st.sampled_from(sorted(ENDS)), st.integers(0, 40))
    | st.tuples(st.just("wait"), st.sampled_from([1.0, 600.0, HOUR, 5 * HOUR, DAY, 6 * DAY])),
    max_size=40,
)
LIMITS = replace(WIDE, pictures_per_hour=6, per_person_day=100, per_day=150, per_month=400)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_s03_in_any_order_of_events_no_limit_is_passed_and_reservations_cover_the_charges(steps):
    store, now, made = Store(NOWHERE), 0.0, []
    for number, step in enumerate(steps):
        match step:
            case ("click", who, count, price):
                names = [f"{number}-{place}" for place in range(count)]
                if reserved(store, priced(LIMITS, price, who=who), now, *names):
                    made += [(name, who, now, price) for name in names]
            case ("end", place, how, rebate) if place < len(made):
                name, who, when, price = made[place]
                known = store.job(name)
                assert known
                if known.ended is None:
                    state, charge = ENDS[how]
                    told = None if charge is None else Sentence("It ended.", "", charge)
                    real = max(price - rebate, 1)
                    store.save(known.priced(real).ended_as(state, now, told))
                    made[place] = (name, who, when, real if how in CHARGED else 0)
            case ("wait", seconds):
                now += seconds
            case _:
                pass
        keeps_the_limits(made, now)
        for who in ("browser x", "user y"):
            spent = store.spent(who, now)
            assert spent.today >= sum(cost for _, _, when, cost in made if when > now - DAY)
            assert spent.this_month >= sum(cost for _, _, when, cost in made if when > now - MONTH)
    store.close()


def keeps_the_limits(made: list[tuple[str, str, float, int]], now: float) -> None:
    """What was charged, or may still be, in the last hour, day and month."""
    assert sum(cost for _, _, when, cost in made if when > now - DAY) <= LIMITS.per_day
    assert sum(cost for _, _, when, cost in made if when > now - MONTH) <= LIMITS.per_month
    for who in ("browser x", "user y"):
        theirs = [(when, cost) for _, name, when, cost in made if name == who]
        assert sum(cost for when, cost in theirs if when > now - DAY) <= LIMITS.per_person_day
        assert sum(cost > 0 for when, cost in theirs if when > now - HOUR) <= LIMITS.pictures_per_hour


async def test_s03_clicks_at_the_same_moment_share_one_budget(store):
    ledger = Ledger(store)
    ask = priced(replace(WIDE, per_day=10 * CENT))
    jobs = [job(f"j{number}") for number in range(40)]
    await ledger.intend(jobs)
    calls = [ledger.call(store.reserve, [one], ask, 1.0) for one in jobs]
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert [end for end in ends].count(None) == 10
    assert {end.sentence for end in ends if isinstance(end, NotAllowed)} == {messages.DAY_SPENT}
    assert store.spent("browser x", 1.0).today == 10 * CENT
    ledger.close()


def test_s03_what_ended_after_the_balance_was_told_is_taken_off_it(store):
    """The balance is believed for two minutes: pictures made and paid meanwhile are not in it."""
    ask = Admission(replace(WIDE, min_balance=CENT), "browser x", CENT, 3 * CENT, balance_told=10.0)
    assert reserved(store, ask, 11.0, "a")
    store.save(job("a", state=JobState.COMPLETED, ended=12.0, price=CENT))
    assert reserved(store, ask, 13.0, "b")
    store.save(job("b", state=JobState.COMPLETED, ended=14.0, price=CENT))
    assert not reserved(store, ask, 15.0, "c"), "two of three cents are spent, and one must stay"
    assert reserved(store, replace(ask, balance=2 * CENT, balance_told=15.0), 15.0, "d")


def test_s03_a_job_that_never_was_sent_gives_its_reservation_back_though_its_price_was_not_written_down(store):
    assert reserved(store, priced(WIDE), 1.0, "a")
    store.save(job("a").ended_as(JobState.STOPPED, 2.0, messages.STALE))
    assert store.spent("browser x", 2.0).today == 0


def test_s03_a_finished_job_without_a_price_keeps_what_was_reserved(store):
    assert reserved(store, priced(WIDE), 1.0, "a")
    store.save(job("a").ended_as(JobState.COMPLETED, 2.0))
    assert store.spent("browser x", 2.0).today == CENT


def test_s03_a_job_that_an_own_key_pays_settles_nothing(store):
    assert reserved(store, priced(WIDE), 1.0, "a")
    store.save(job("a", key="f" * 16, price=1).ended_as(JobState.FAILED, 2.0, messages.UNREACHABLE))
    assert store.spent("browser x", 2.0).today == CENT


def test_s03_the_switch_holds_for_what_was_reserved_before_it(store):
    ask = priced(WIDE)
    assert reserved(store, ask, 1.0, "a")
    store.switch(STOP, is_on=True)
    with pytest.raises(NotAllowed, match="stopped spending"):
        store.reserve([job("a")], ask, 2.0)
    store.switch(STOP, is_on=False)
    store.reserve([job("a")], ask, 3.0)


def test_s03_the_switch_outlives_a_restart(tmp_path):
    Store(tmp_path).close()
    first = Store(tmp_path)
    first.switch(STOP, is_on=True)
    first.close()
    second = Store(tmp_path)
    assert second.spent("browser x", 1.0).is_stopped
    second.close()


def test_s03_the_host_s_page_counts_by_person_the_most_first(store):
    assert reserved(store, priced(WIDE, who="user bob"), 0.0, "a", "b")
    assert reserved(store, priced(WIDE, who="browser x"), MONTH - DAY, "c")
    rows = [(one.person, one.pictures, one.today, one.this_month) for one in store.spendings(MONTH - 1)]
    assert rows == [("user bob", 2, 0, 2 * CENT), ("browser x", 1, CENT, CENT)]
    assert [one.person for one in store.spendings(MONTH)] == ["browser x"]


# --- on the whole core ---


def spent_on_disk(folder: Path) -> list[tuple[int, int]]:
    """Cost and whether it is settled, as another process would read it."""
    with sqlite3.connect(folder / "playground.sqlite3") as db:
        rows = db.execute("SELECT cost, is_settled FROM spendings ORDER BY job_id").fetchall()
    db.close()
    return rows


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
        assert (job.state, said(job)) == (JobState.FAILED, messages.PRICE_NOT_TOLD)
        assert rig.store.spendings(clock.now()) == []
    assert not api.posts


BALANCES = [{"balance": None}, {"balance": "much"}, {"balance": float("nan")}, {"balance": True}, {"money": 5}, {}]


@pytest.mark.parametrize("reply", [*NOT_TOLD, *map(told, BALANCES)])
async def test_s03_without_a_balance_nothing_is_sent(tmp_path, api, clock, reply):
    api.next_balances = [reply] * 10
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        job = await rig.picture()
        assert (job.state, said(job)) == (JobState.FAILED, messages.BALANCE_NOT_TOLD)
    assert not api.posts


async def test_s03_a_price_that_comes_at_the_third_asking_will_do(tmp_path, api, clock):
    api.next_prices = [refuses(503), raises(httpx.ConnectError)]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        assert (await rig.picture()).state is JobState.COMPLETED
    assert api.asked["model/price"] == 3


@pytest.mark.parametrize("status", [401, 403])
async def test_f05_a_host_s_key_that_is_refused_is_said_to_be_the_host_s(tmp_path, api, clock, status):
    api.next_prices = [refuses(status)]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        assert said(await rig.picture()) == messages.HOST_KEY_REFUSED
    assert not api.posts


async def test_s03_at_home_an_api_without_prices_costs_an_assumed_price(tmp_path, api, clock):
    api.price = api.balance = None
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, is_home=True)) as rig:
        assert (await rig.picture()).state is JobState.COMPLETED
        assert spent_on_disk(tmp_path) == [(ASSUMED.price, 1)]


async def test_s03_at_home_too_a_price_list_that_is_out_of_order_stops_the_click(tmp_path, api, clock):
    api.next_prices = [refuses(500)] * 3
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, is_home=True)) as rig:
        assert said(await rig.picture()) == messages.PRICE_NOT_TOLD
    assert not api.posts


REFUSALS = [
    ({"pictures_per_hour": 1}, messages.picture_limit(1)),
    ({"per_person_day": 2 * CENT - 1}, messages.person_limit("$0.02")),
    ({"per_day": 2 * CENT - 1}, messages.DAY_SPENT),
    ({"per_month": 2 * CENT - 1}, messages.MONTH_SPENT),
    ({"min_balance": 99_980_001}, messages.BALANCE_LOW),
    ({"is_stopped": True}, messages.STOPPED_BY_HOST),
    ({"access": Access.OWN_KEY_ONLY}, messages.OWN_KEY_ONLY),
    ({"access": Access.SIGNED_IN}, messages.SIGN_IN),
]


@pytest.mark.parametrize(("limit", "told"), REFUSALS)
async def test_s03_a_click_that_would_pass_a_limit_ends_whole_with_its_sentence(tmp_path, api, clock, limit, told):
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, **limit)) as rig:
        ends = [await rig.ended(job.id) for job in await rig.click(pictures=2)]
        assert [(end.state, said(end)) for end in ends] == [(JobState.FAILED, told)] * 2
        assert said(ends[0]).charge is Charge.NONE
        assert rig.store.spendings(clock.now()) == []
    assert not api.posts


async def test_s03_what_was_refused_or_refunded_may_be_tried_again_and_what_was_made_may_not(tmp_path, api, clock):
    limits = replace(WIDE, per_person_day=CENT)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        api.next_submits = [refuses(400, "prompt is bad")]
        assert (await rig.picture("c1")).state is JobState.FAILED
        api.course = [{"status": "failed", "error": "no"}]
        assert (await rig.picture("c2")).state is JobState.FAILED
        api.course = [{"status": "completed"}]
        assert (await rig.picture("c3")).state is JobState.COMPLETED
        assert said(await rig.picture("c4")) == messages.person_limit("$0.01")


async def test_s03_what_may_have_been_made_stays_reserved(tmp_path, api, clock):
    api.next_submits = [api.loses(made=False)]
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, per_day=CENT)) as rig:
        assert (await rig.picture("c1")).state is JobState.UNKNOWN
        assert said(await rig.picture("c2")) == messages.DAY_SPENT
    assert len(api.posts) == 1


async def test_s03_signed_in_people_are_counted_by_name_in_every_browser(tmp_path, api, clock):
    limits = replace(WIDE, access=Access.SIGNED_IN, pictures_per_hour=1)
    bob = Person.signed_in("bob")
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        done = await rig.picture("c1", visitor=bob.board, person=bob)
        again = await rig.picture("c2", visitor=bob.board, person=Person.signed_in("bob"))
        other = await rig.picture("c3", visitor=CAROL, person=Person.signed_in("carol"))
        assert [one.person for one in rig.store.spendings(clock.now())] == ["user bob", "user carol"]
    assert (done.state, other.state) == (JobState.COMPLETED, JobState.COMPLETED)
    assert said(again) == messages.picture_limit(1)


async def test_s03_all_programs_are_one_person(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=replace(WIDE, pictures_per_hour=1)) as rig:
        await rig.picture("c1", visitor=ALICE, person=Person(ALICE, is_program=True))
        again = await rig.picture("c2", visitor=BOB, person=Person(BOB, is_program=True))
    assert said(again) == messages.picture_limit(1)


async def test_s03_price_and_balance_are_asked_seldom(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        for number in range(5):
            await rig.picture(f"c{number}")
        assert (api.asked["model/price"], api.asked["balance"]) == (1, 1)
        clock.advance(BALANCE_SECONDS)
        await rig.picture("c6")
        assert (api.asked["model/price"], api.asked["balance"]) == (1, 2)
        clock.advance(QUOTE_SECONDS)
        await rig.picture("c7")
        assert (api.asked["model/price"], api.asked["balance"]) == (2, 3)


async def test_s03_the_balance_floor_holds_between_two_askings(tmp_path, api, clock):
    api.balance = 1.03
    limits = replace(WIDE, min_balance=1_000_000)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        ends = [await rig.picture(f"c{number}") for number in range(5)]
    assert api.asked["balance"] == 1
    assert [end.state for end in ends].count(JobState.COMPLETED) == 3
    assert said(ends[-1]) == messages.BALANCE_LOW
    assert len(api.posts) == 3


async def test_s03_an_own_key_never_meets_the_till(tmp_path, api, clock):
    api.keys.add("wsk-canary-of-carol")
    limits = replace(WIDE, access=Access.OWN_KEY_ONLY, is_stopped=True)
    async with running(tmp_path, api.client(), clock, limits=limits, own=api.client) as rig:
        grant = await rig.visitors.use_key(Person(CAROL), "wsk-canary-of-carol", 0.0)
        done = await rig.picture(visitor=CAROL, token=grant.token)
        assert (done.state, done.price) == (JobState.COMPLETED, None)
        assert rig.store.spendings(clock.now()) == []
    assert api.payers == ["wsk-canary-of-carol"]
    assert api.asked == {"balance": 1}, "the check of the key, with the key itself"


# --- across a restart ---


async def cut_off_before_the_post(folder: Path, api: ScriptedApi, clock, limits: Limits) -> None:
    """A process that dies between the reservation and the first byte of the POST."""
    async with running(folder, api.client(), clock, limits=limits) as rig:
        jobs = await start_unsent(rig)
        assert rig.till
        admission, _ = await rig.till.admission(MODEL, jobs[0].person, jobs[0].request)
        await rig.ledger.call(rig.store.reserve, jobs, admission, clock.now())
    assert len(spent_on_disk(folder)) == 2


async def start_unsent(rig: Rig) -> list[Job]:
    request = GenerationRequest("a cat", seed=1)
    jobs = [
        Job(f"c1-{n}", ALICE, "c1", n, "hosted", MODEL, request, rig.jobs._clock.now(), person=f"browser {ALICE}")
        for n in (1, 2)
    ]
    assert await rig.ledger.intend(jobs)
    return jobs


async def test_f30_a_reservation_of_before_the_restart_is_kept_and_used_once(tmp_path, api, clock):
    limits = replace(WIDE, pictures_per_hour=2, per_day=2 * CENT)
    await cut_off_before_the_post(tmp_path, api, clock, limits)
    async with running(tmp_path, api.client(), clock, limits=limits) as rig:
        await rig.jobs.resume()
        assert [(await rig.ended(name)).state for name in ("c1-1", "c1-2")] == [JobState.COMPLETED] * 2
    assert spent_on_disk(tmp_path) == [(CENT, 1), (CENT, 1)]
    assert len(api.posts) == 2


async def test_f30_a_click_too_old_to_be_sent_gives_its_money_back(tmp_path, api, clock):
    await cut_off_before_the_post(tmp_path, api, clock, WIDE)
    clock.advance(STALE_AFTER + 1)
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        await rig.jobs.resume()
        assert said(await rig.ended("c1-1")) == messages.STALE
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
        await rig.jobs.resume()
        assert said(await rig.ended("c1-1")) == told
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
        assert [said(end) for end in waited] == [messages.STOPPED_BY_HOST] * 2, "while the first is being sent"
        api.gate.set()
        ends = [await rig.ended(job.id) for job in jobs]
        assert [said(end) for end in ends] == [messages.STOPPED_BY_HOST] * 3
        assert len(api.posts) == 4
        assert rig.store.spendings(clock.now()) == []
        api.next_submits.clear()
        assert said(await rig.picture("c2")) == messages.STOPPED_BY_HOST
        await rig.jobs.stop_spending(is_on=False)
        assert (await rig.picture("c3")).state is JobState.COMPLETED


async def test_s03_the_switch_leaves_visitors_who_pay_themselves_alone(tmp_path, api, clock):
    api.keys.add("wsk-canary-of-carol")
    async with running(tmp_path, api.client(), clock, limits=WIDE, own=api.client) as rig:
        await rig.jobs.stop_spending(is_on=True)
        grant = await rig.visitors.use_key(Person(CAROL), "wsk-canary-of-carol", 0.0)
        assert (await rig.picture(visitor=CAROL, token=grant.token)).state is JobState.COMPLETED


async def test_s03_a_post_under_way_when_the_switch_is_turned_is_not_sent_again(tmp_path, api, clock):
    api.gate = asyncio.Event()
    api.next_submits = [refuses(429, retry_after="1")]
    async with running(tmp_path, api.client(), clock, limits=WIDE) as rig:
        (job,) = await rig.click()
        await until(lambda: api.posts)
        await rig.jobs.stop_spending(is_on=True)
        api.gate.set()
        assert said(await rig.ended(job.id)) == messages.STOPPED_BY_HOST
    assert len(api.posts) == 1
