"""What the host's account pays for now: told before a press, logged for the host, and forgotten when it is mended."""

from __future__ import annotations

import logging

import httpx
import pytest

from components import messages
from components.budget.limits import HOUR, Access, BudgetLimits
from components.budget.quotes import QuoteCache
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.services.host_account import CHECK_SECONDS, HostAccount, HostPayment
from components.storage.async_store import AsyncStore
from components.storage.store import Store
from tests.support.budgets import CENT
from tests.support.core import problem_of, running
from tests.support.own_keys import OWN_ONLY
from tests.support.scripted_api import ALICE, BASE, BOB, KEY, MODEL, raises, refuses

CAT = GenerationRequest("a cat")
LIMITS = BudgetLimits(is_local=False, images_per_hour=3)


@pytest.fixture
def account_with(tmp_path, api, clock):
    stores: list[Store] = []

    def make(limits: BudgetLimits = LIMITS) -> HostAccount:
        stores.append(Store(tmp_path / str(len(stores))))
        return HostAccount(QuoteCache(api.client(), limits, clock), AsyncStore(stores[-1]), BASE)

    yield make
    for store in stores:
        store.close()


async def paid(account: HostAccount, person: str = ALICE) -> HostPayment:
    return await account.host_payment(Person(person), MODEL, CAT)


@pytest.mark.parametrize(
    ("breaks", "trouble", "logged"),
    [
        (lambda api: api.keys.clear(), messages.HOST_KEY_REFUSED, "WAVESPEED_API_KEY was rejected"),
        (lambda api: api.next_balances.append(refuses(403)), messages.HOST_KEY_REFUSED, "was rejected"),
        (lambda api: api.next_balances.append(raises(httpx.ConnectError)), messages.SERVICE_AWAY, "does not answer"),
        (lambda api: setattr(api, "balance", None), messages.HOST_BALANCE_UNKNOWN, "did not give the balance"),
    ],
)
async def test_a_trouble_of_the_account_is_told_and_logged_once_and_gone_when_it_is_mended(
    account_with, api, clock, caplog, breaks, trouble, logged
):
    account = account_with()
    breaks(api)
    assert [await paid(account) for _ in range(3)] == [HostPayment(trouble)] * 3
    assert account.trouble == trouble
    assert [logged in record.getMessage() for record in caplog.records] == [True]
    assert api.requested["balance"] == 1, "however many pages ask"
    api.keys.add(KEY)
    api.balance = 100.0
    clock.advance(CHECK_SECONDS)
    assert (await paid(account)).problem is None
    assert "works again" in caplog.records[-1].getMessage()
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


async def test_a_key_refused_on_a_submit_is_known_at_the_next_look(tmp_path, api, clock):
    async with running(tmp_path, api.client(), clock, limits=LIMITS) as rig:
        assert rig.quotes
        account = HostAccount(rig.quotes, AsyncStore(rig.store), BASE)
        assert (await paid(account)).problem is None
        assert (await rig.picture("c1")).problem is None
        api.keys.clear()
        assert problem_of(await rig.picture("c2")) == messages.HOST_KEY_REFUSED
        clock.advance(CHECK_SECONDS)
        assert (await paid(account)).problem == messages.HOST_KEY_REFUSED


async def test_at_home_the_host_reads_which_setting_was_refused(account_with, api):
    api.keys.clear()
    assert await paid(account_with(BudgetLimits())) == HostPayment(messages.YOUR_SETTING_REFUSED)


async def test_a_low_balance_is_logged_and_a_top_up_is_seen_at_the_next_look(account_with, api, clock, caplog):
    account = account_with()
    api.balance = 0.5
    await account.log_low_balance()
    assert "The balance of WAVESPEED_API_KEY is $0.50" in caplog.text
    assert await paid(account) == HostPayment(messages.BALANCE_LOW, 0)
    api.balance = 20.0
    clock.advance(CHECK_SECONDS)
    await paid(account)
    clock.advance(CHECK_SECONDS)
    assert (await paid(account)).problem is None


async def test_a_key_that_is_never_used_is_not_checked(account_with, api):
    account = account_with(OWN_ONLY)
    assert await paid(account) == HostPayment(messages.OWN_KEY_ONLY)
    assert await account.check() is None
    assert await account.balance() is None
    assert not api.requested


async def test_who_may_not_spend_learns_why(account_with):
    listed = BudgetLimits(access=Access.LISTED, is_local=False)
    assert await paid(account_with(listed)) == HostPayment(messages.SIGN_IN)
    stopped = BudgetLimits(is_stopped=True, is_local=False)
    assert await paid(account_with(stopped)) == HostPayment(messages.STOPPED_BY_HOST)


@pytest.fixture
def spent(tmp_path, api, clock):
    """The payment for a person after others have made images one hour apart."""

    async def after(limits: BudgetLimits, images: int, person: str = ALICE) -> HostPayment:
        async with running(tmp_path, api.client(), clock, limits=limits) as rig:
            quotes = QuoteCache(api.client(), limits, clock)
            await quotes.quote(MODEL, CAT)
            account = HostAccount(quotes, rig.calls, BASE)
            for number in range(images):
                await rig.picture(f"c{number}")
                clock.advance(60.0)
            return await account.host_payment(Person(person), MODEL, CAT)

    return after


async def test_the_rest_of_the_hour_is_counted_for_each_person(spent):
    assert await spent(LIMITS, 2) == HostPayment(None, 1, is_hourly=True)


async def test_of_another_person_nothing_is_counted(spent):
    assert await spent(LIMITS, 2, BOB) == HostPayment(None, 3, is_hourly=True)


async def test_money_may_end_before_the_hour_does(spent):
    limits = BudgetLimits(is_local=False, images_per_hour=20, per_person_day=5 * CENT)
    assert await spent(limits, 2) == HostPayment(None, 3, is_hourly=False)


async def test_a_used_up_hour_says_when_the_first_image_leaves_it(spent, clock):
    begun = clock.now()
    payment = await spent(LIMITS, 3)
    assert payment.problem
    assert payment.problem.code == "picture_limit_until"
    assert payment.problem.params["time"] == pytest.approx(begun + HOUR, abs=30)


@pytest.mark.parametrize(
    ("changes", "days", "limit"),
    [
        ({"per_person_day": 2 * CENT}, 1, messages.PERSON_LIMIT),
        ({"per_day": 2 * CENT}, 1, messages.DAY_SPENT),
        ({"per_month": 2 * CENT}, 30, messages.MONTH_SPENT),
    ],
)
async def test_a_used_up_budget_says_when_it_has_room_again(spent, clock, changes, days, limit):
    begun = clock.now()
    problem = (await spent(BudgetLimits(is_local=False, **changes), 2)).problem
    assert problem
    assert problem == messages.renewed_at(limit, problem.params["time"])
    assert problem.params["time"] == pytest.approx(begun + days * 86_400, abs=30)


async def test_two_that_do_not_fit_are_refused_before_the_press_and_one_is_not():
    payment = HostPayment(None, 2)
    assert payment.blocked_by(2) is None
    assert payment.blocked_by(4) == messages.press_above_left(4, 2)
