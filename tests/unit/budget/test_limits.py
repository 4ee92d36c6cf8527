"""Budget limits alone: for every order of events what is reserved covers what is spent, and no limit is passed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.budget.limits import Access, BudgetLimits, Reservation, Settlement, SpendingTotals, settlement_of
from components.domain.job import Job, JobState
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied
from components.messages.message import Charge, Message, literal
from tests.support.scripted_api import ALICE, MODEL

BROWSER, BOB = Person(ALICE), Person.signed_in("Bob")
PROGRAM = Person("p" * 32, is_program=True)
WIDE = BudgetLimits(images_per_hour=10**6, per_person_day=10**12, per_day=10**12, per_month=10**12, min_balance=0)


def admission(
    limits: BudgetLimits = WIDE, prices: tuple[int, ...] = (10,), balance: int | None = None, who: str = "browser x"
) -> Reservation:
    return Reservation(limits, who, prices, balance)


def refusal(ask: Reservation, spent: SpendingTotals) -> Message | None:
    try:
        ask.check(spent, ask.prices)
    except BudgetDenied as error:
        return error.message
    return None


# --- who ---


@pytest.mark.parametrize(
    ("access", "person", "told"),
    [
        (Access.EVERYONE, BROWSER, None),
        (Access.EVERYONE, PROGRAM, None),
        (Access.SIGNED_IN, BROWSER, messages.SIGN_IN),
        (Access.SIGNED_IN, PROGRAM, messages.SIGN_IN),
        (Access.SIGNED_IN, BOB, None),
        (Access.LISTED, BROWSER, messages.SIGN_IN),
        (Access.LISTED, BOB, messages.NOT_LISTED),
        (Access.LISTED, Person.signed_in("Carol"), None),
        (Access.LISTED, Person.signed_in("CAROL"), None),
        (Access.OWN_KEY_ONLY, BROWSER, messages.OWN_KEY_ONLY),
        (Access.OWN_KEY_ONLY, BOB, messages.OWN_KEY_ONLY),
        (Access.OWN_KEY_ONLY, PROGRAM, messages.OWN_KEY_ONLY_PROGRAM),
    ],
)
def test_s03_for_whom_the_host_s_key_pays(access, person, told):
    limits = BudgetLimits(access=access, users=frozenset({"carol"}))
    try:
        limits.check_access(person)
    except BudgetDenied as error:
        assert error.message == told
    else:
        assert told is None


@pytest.mark.parametrize("person", [BROWSER, BOB, PROGRAM, Person.signed_in("Carol"), Person("x", "browser y")])
@pytest.mark.parametrize("access", list(Access))
def test_s03_who_is_checked_again_where_the_money_is_reserved(access, person):
    """Settings may have changed between the press and the reservation: a restart lies between them at times."""
    limits = replace(WIDE, access=access, users=frozenset({"carol"}))
    try:
        limits.check_access(person)
    except BudgetDenied as error:
        assert refusal(admission(limits, who=person.payer_name), SpendingTotals()) == error.message
    else:
        assert refusal(admission(limits, who=person.payer_name), SpendingTotals()) is None


def test_a_browser_cannot_be_counted_as_a_user():
    assert BROWSER.payer_name != Person.signed_in(ALICE).payer_name
    assert Person.signed_in("API").payer_name != PROGRAM.payer_name
    assert len({Person.browser("0" * 32).visitor_id, Person.signed_in("0" * 32).visitor_id}) == 2


# --- how much: each limit may be reached and not passed ---

LIMITS = BudgetLimits(
    images_per_hour=10, per_person_day=1_000, per_day=5_000, per_month=50_000, min_balance=1_000, is_local=False
)


@pytest.mark.parametrize(
    ("spent", "balance", "told"),
    [
        (SpendingTotals(images_this_hour=8), 10**9, None),
        (SpendingTotals(images_this_hour=9), 10**9, messages.picture_limit(10)),
        (SpendingTotals(by_person_today=800), 10**9, None),
        (SpendingTotals(by_person_today=801), 10**9, messages.PERSON_LIMIT),
        (SpendingTotals(today=4_800), 10**9, None),
        (SpendingTotals(today=4_801), 10**9, messages.DAY_SPENT),
        (SpendingTotals(this_month=49_800), 10**9, None),
        (SpendingTotals(this_month=49_801), 10**9, messages.MONTH_SPENT),
        (SpendingTotals(), 1_200, None),
        (SpendingTotals(), 1_199, messages.BALANCE_LOW),
        (SpendingTotals(unsettled=500), 1_700, None),
        (SpendingTotals(unsettled=501), 1_700, messages.BALANCE_LOW),
        (SpendingTotals(), -5, messages.BALANCE_LOW),
        (SpendingTotals(is_stopped=True), 10**9, messages.STOPPED_BY_HOST),
    ],
)
def test_s03_each_limit_may_be_reached_and_not_passed(spent, balance, told):
    assert refusal(admission(LIMITS, (80, 120), balance), spent) == told


def test_s03_the_setting_stops_too():
    assert refusal(admission(replace(WIDE, is_stopped=True)), SpendingTotals()) == messages.STOPPED_BY_HOST


def test_s03_without_a_balance_the_other_limits_hold():
    assert refusal(admission(LIMITS, (100,), None), SpendingTotals(today=5_000)) == messages.DAY_SPENT


@given(
    st.builds(
        SpendingTotals,
        images_this_hour=st.integers(0, 40),
        by_person_today=st.integers(0, 2_000),
        today=st.integers(0, 6_000),
        this_month=st.integers(0, 60_000),
        unsettled=st.integers(0, 3_000),
        is_stopped=st.booleans(),
    ),
    st.lists(st.integers(1, 500), min_size=1, max_size=8).map(tuple),
    st.none() | st.integers(-1_000, 10_000),
)
def test_s03_what_is_admitted_keeps_every_limit(spent, prices, balance):
    if refusal(admission(LIMITS, prices, balance), spent):
        return
    cost, pictures = sum(prices), len(prices)
    assert not spent.is_stopped
    assert spent.images_this_hour + pictures <= LIMITS.images_per_hour
    assert spent.by_person_today + cost <= LIMITS.per_person_day
    assert spent.today + cost <= LIMITS.per_day
    assert spent.this_month + cost <= LIMITS.per_month
    assert balance is None or balance - spent.unsettled - cost >= LIMITS.min_balance


# --- presses that no wait makes possible ---


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        ((1,) * 10, None),
        ((1,) * 11, messages.press_above_hour(11, 10)),
        ((999, 1), None),
        ((999, 1001), messages.press_above_amount(2)),
    ],
)
def test_a_press_above_a_limit_says_what_fits_whatever_was_spent_before(prices, told):
    assert refusal(admission(LIMITS, prices), SpendingTotals()) == told
    if told:
        assert refusal(admission(LIMITS, prices), SpendingTotals(images_this_hour=9, by_person_today=900)) == told


# --- what becomes of a reservation ---


@dataclass(frozen=True)
class End:
    state: JobState
    charge: Charge | None


def ended(end: End) -> Job:
    job = Job("c-1", ALICE, "c", 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), 0.0)
    told = None if end.charge is None else literal("It ended.", "", end.charge)
    return job.ended_as(end.state, 1.0, told)


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.COMPLETED])
@pytest.mark.parametrize(
    ("charge", "way"),
    [
        (Charge.NONE, Settlement.VOID),
        (Charge.MAYBE, Settlement.RESERVED),
        (Charge.REFUNDED, Settlement.REFUNDED),
        (Charge.SPENT, Settlement.PAID),
        (None, Settlement.RESERVED),
    ],
)
def test_s03_a_reservation_follows_what_the_person_is_told_of_money(state, charge, way):
    assert settlement_of(ended(End(state, charge))) is way


@pytest.mark.parametrize("charge", [*Charge, None])
def test_s03_a_finished_picture_is_paid_whatever_is_said_beside_it(charge):
    assert settlement_of(ended(End(JobState.COMPLETED, charge))) is Settlement.PAID


@pytest.mark.parametrize("state", list(JobState))
@pytest.mark.parametrize("charge", list(Charge))
def test_s03_nothing_is_given_back_before_the_end(state, charge):
    job = replace(ended(End(state, charge)), ended=None)
    assert settlement_of(job) is Settlement.RESERVED
