"""Reservations and costs in the database: all or none, sliding windows, limits per person (S03)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import messages
from components.budget.limits import DAY, HOUR, MONTH, STOP_SWITCH, BudgetLimits, Reservation
from components.domain.job import Job, JobState
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied
from components.messages.message import Charge, literal
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from tests.support.budgets import CENT, NOWHERE, WIDE
from tests.support.full_run import examples
from tests.support.scripted_api import ALICE, MODEL


def job(name: str, **given: object) -> Job:
    plain = Job(name, ALICE, name, 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), 0.0, person="browser x")
    return replace(plain, **given)


def priced(limits: BudgetLimits, *prices: int, who: str = "browser x", balance: int | None = None) -> Reservation:
    return Reservation(limits, who, prices or (CENT,), balance)


@pytest.fixture
def store():
    store = Store(NOWHERE)
    yield store
    store.close()


def reserved(store: Store, ask: Reservation, now: float, *names: str) -> bool:
    jobs = [job(name, created=now, person=ask.payer_name) for name in names]
    if len(ask.prices) == 1:
        ask = replace(ask, prices=ask.prices * len(names))
    assert store.add_jobs(jobs)
    try:
        store.reserve(jobs, ask, now)
    except BudgetDenied:
        return False
    return True


def test_s03_pictures_of_a_click_are_reserved_all_or_none(store):
    ask = priced(replace(WIDE, per_day=3 * CENT))
    assert not reserved(store, ask, 1.0, "a", "b", "c", "d")
    assert store.spending_totals("browser x", 1.0).today == 0
    assert reserved(store, ask, 1.0, "e", "f", "g")
    assert store.spending_totals("browser x", 1.0).today == 3 * CENT


def test_s03_each_picture_of_a_click_is_reserved_at_its_own_price(store):
    prices = (CENT, 50 * CENT)
    assert not reserved(store, priced(replace(WIDE, per_day=51 * CENT - 1), *prices), 1.0, "a", "b")
    assert store.spending_totals("browser x", 1.0).today == 0
    assert reserved(store, priced(replace(WIDE, per_day=51 * CENT), *prices), 1.0, "c", "d")
    store.save_job(job("d").ended_as(JobState.STOPPED, 2.0, messages.STALE))
    assert store.spending_totals("browser x", 2.0).today == CENT


def test_s03_a_job_is_reserved_once(store):
    ask = priced(WIDE)
    assert reserved(store, ask, 1.0, "a")
    store.reserve([job("a")], ask, 2.0)
    assert store.spending_totals("browser x", 2.0).today == CENT


def test_s03_windows_slide(store):
    ask = priced(replace(WIDE, images_per_hour=1, per_day=2 * CENT, per_month=3 * CENT))
    assert reserved(store, ask, 0.0, "a")
    assert not reserved(store, ask, HOUR - 1, "b")
    assert reserved(store, ask, HOUR, "c")
    assert not reserved(store, ask, DAY - 1, "d")
    assert reserved(store, ask, DAY + HOUR, "e")
    assert not reserved(store, ask, MONTH - 1, "f")
    assert reserved(store, ask, MONTH, "g")


def test_what_was_spent_while_the_clock_was_ahead_counts_from_when_that_is_found(store):
    limits = replace(WIDE, images_per_hour=1, per_day=CENT, per_month=CENT)
    assert reserved(store, priced(limits), 365 * DAY, "a")
    assert not reserved(store, priced(limits), DAY, "b")
    assert not reserved(store, priced(limits), DAY + MONTH - 1, "c")
    assert reserved(store, priced(limits), DAY + MONTH, "d"), "and not for a year"


def test_what_lies_in_the_future_because_the_clock_is_behind_counts_at_its_own_time_later(store):
    limits = replace(WIDE, per_day=CENT)
    assert reserved(store, priced(limits), 100 * DAY, "a")
    assert not reserved(store, priced(limits), 0.0, "b"), "the clock begins at 1970, as without a battery"
    assert not reserved(store, priced(limits), 101 * DAY - 1, "c")
    assert reserved(store, priced(limits), 101 * DAY, "d")


def test_s03_limits_of_a_person_are_that_person_s(store):
    limits = replace(WIDE, images_per_hour=1, per_person_day=CENT)
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
LIMITS = replace(WIDE, images_per_hour=6, per_person_day=100, per_day=150, per_month=400)


@given(STEPS)
@settings(max_examples=examples(150), deadline=None)
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
                    told = None if charge is None else literal("It ended.", "", charge)
                    real = max(price - rebate, 1)
                    store.save_job(known.with_price(real).ended_as(state, now, told))
                    made[place] = (name, who, when, real if how in CHARGED else 0)
            case ("wait", seconds):
                now += seconds
            case _:
                pass
        keeps_the_limits(made, now)
        for who in ("browser x", "user y"):
            spent = store.spending_totals(who, now)
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
        assert sum(cost > 0 for when, cost in theirs if when > now - HOUR) <= LIMITS.images_per_hour


async def test_s03_clicks_at_the_same_moment_share_one_budget(store):
    calls = AsyncStore(store)
    ask = priced(replace(WIDE, per_day=10 * CENT))
    jobs = [job(f"j{number}") for number in range(40)]
    await calls.add_jobs(jobs)
    ends = await asyncio.gather(*(calls.reserve([one], ask, 1.0) for one in jobs), return_exceptions=True)
    assert [end for end in ends].count(None) == 10
    assert {end.message for end in ends if isinstance(end, BudgetDenied)} == {messages.DAY_SPENT}
    assert store.spending_totals("browser x", 1.0).today == 10 * CENT
    calls.close()


def test_s03_what_ended_after_the_balance_was_told_is_taken_off_it(store):
    """The balance is believed for two minutes: pictures made and paid meanwhile are not in it."""
    ask = Reservation(replace(WIDE, min_balance=CENT), "browser x", (CENT,), 3 * CENT, balance_time=10.0)
    assert reserved(store, ask, 11.0, "a")
    store.save_job(job("a", state=JobState.COMPLETED, ended=12.0, price=CENT))
    assert reserved(store, ask, 13.0, "b")
    store.save_job(job("b", state=JobState.COMPLETED, ended=14.0, price=CENT))
    assert not reserved(store, ask, 15.0, "c"), "two of three cents are spent, and one must stay"
    assert reserved(store, replace(ask, balance=2 * CENT, balance_time=15.0), 15.0, "d")


def test_s03_a_job_that_never_was_sent_gives_its_reservation_back_though_its_price_was_not_written_down(store):
    assert reserved(store, priced(WIDE), 1.0, "a")
    store.save_job(job("a").ended_as(JobState.STOPPED, 2.0, messages.STALE))
    assert store.spending_totals("browser x", 2.0).today == 0


def test_s03_a_finished_job_without_a_price_keeps_what_was_reserved(store):
    assert reserved(store, priced(WIDE), 1.0, "a")
    store.save_job(job("a").ended_as(JobState.COMPLETED, 2.0))
    assert store.spending_totals("browser x", 2.0).today == CENT


def test_s03_a_job_that_an_own_key_pays_settles_nothing(store):
    assert reserved(store, priced(WIDE), 1.0, "a")
    store.save_job(job("a", key="f" * 16, price=1).ended_as(JobState.FAILED, 2.0, messages.UNREACHABLE))
    assert store.spending_totals("browser x", 2.0).today == CENT


def test_s03_the_switch_holds_for_what_was_reserved_before_it(store):
    ask = priced(WIDE)
    assert reserved(store, ask, 1.0, "a")
    store.set_switch(STOP_SWITCH, is_on=True)
    with pytest.raises(BudgetDenied, match="The owner has paused"):
        store.reserve([job("a")], ask, 2.0)
    store.set_switch(STOP_SWITCH, is_on=False)
    store.reserve([job("a")], ask, 3.0)


def test_s03_the_switch_outlives_a_restart(tmp_path):
    Store(tmp_path).close()
    first = Store(tmp_path)
    first.set_switch(STOP_SWITCH, is_on=True)
    first.close()
    second = Store(tmp_path)
    assert second.spending_totals("browser x", 1.0).is_stopped
    second.close()


def test_s03_the_host_s_page_counts_by_person_the_most_first(store):
    assert reserved(store, priced(WIDE, who="user bob"), 0.0, "a", "b")
    assert reserved(store, priced(WIDE, who="browser x"), MONTH - DAY, "c")
    rows = [(one.payer_name, one.images, one.today, one.this_month) for one in store.spending_by_person(MONTH - 1)]
    assert rows == [("user bob", 2, 0, 2 * CENT), ("browser x", 1, CENT, CENT)]
    assert [one.payer_name for one in store.spending_by_person(MONTH)] == ["browser x"]
