"""A service that costs nothing: its price of 0 is believed only beside an account without money."""

from __future__ import annotations

import pytest

from components import messages
from components.budget.limits import BudgetLimits, SpendingTotals
from components.budget.quotes import QuoteCache
from components.domain.job import JobState
from components.domain.money import Quote
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, NotProvided
from tests.support.core import problem_of, running
from tests.support.scripted_api import MODEL

LIMITS = BudgetLimits(is_local=False, images_per_hour=2)
CAT = GenerationRequest("a cat")
FREE = {"price": 0.0, "discounted_price": 0.0, "discount_rate": 0.0, "currency": "USD"}


@pytest.fixture
def quotes(api, clock):
    api.price, api.balance = FREE, 0.0
    return QuoteCache(api.client(), LIMITS, clock)


async def test_a_price_of_nothing_is_a_price(quotes):
    assert await quotes.quote(MODEL, CAT) == Quote(0, 0)
    reservation, prices = await quotes.reservation_for(MODEL, "browser x", [CAT])
    assert (reservation.prices, prices, reservation.balance) == ((0,), (0,), 0)


async def test_its_images_are_made_and_counted(tmp_path, api, clock, quotes):
    async with running(tmp_path, api.client(), clock, quotes=quotes) as rig:
        ends = [await rig.picture(f"c{number}") for number in range(3)]
    assert [(end.state, end.price) for end in ends[:2]] == [(JobState.COMPLETED, 0)] * 2
    assert problem_of(ends[2]) == messages.picture_limit(2)
    assert len(api.posts) == 2


@pytest.mark.parametrize("balance", [0.5, 100.0, -1.0, None])
async def test_where_there_is_money_to_lose_a_price_of_nothing_is_a_mistake(quotes, api, balance):
    api.balance = balance
    with pytest.raises(NotProvided) as refused:
        await quotes.quote(MODEL, CAT)
    assert refused.value.message in (messages.PRICE_UNAVAILABLE, messages.BALANCE_UNAVAILABLE)
    with pytest.raises(NotProvided):
        await quotes.reservation_for(MODEL, "browser x", [CAT])


async def test_a_local_host_does_not_assume_a_price_in_its_place(api, clock):
    api.price, api.balance = FREE, None
    with pytest.raises(NotProvided):
        await QuoteCache(api.client(), BudgetLimits(is_local=True), clock).quote(MODEL, CAT)


async def test_money_that_comes_later_ends_the_belief(quotes, api, clock):
    await quotes.quote(MODEL, CAT)
    api.balance = 20.0
    clock.advance(130)
    with pytest.raises(NotProvided):
        await quotes.reservation_for(MODEL, "browser x", [CAT])


@pytest.mark.parametrize(
    "told",
    [
        {"price": 0},
        {"discounted_price": 0},
        {"price": "0", "discounted_price": "0"},
        {"price": False, "discounted_price": False},
        {"price": 0, "discounted_price": None},
        {"price": 0, "discounted_price": -1},
        {"price": 0, "discounted_price": 0, "currency": "EUR"},
        {"price": 0, "discounted_price": 0, "currency": None},
    ],
)
async def test_only_two_zeros_in_dollars_are_a_price_of_nothing(quotes, api, told):
    api.price = {"currency": "USD"} | told
    with pytest.raises(NotProvided):
        await quotes.quote(MODEL, CAT)


async def test_the_floor_of_the_balance_holds_for_every_price_above_nothing(quotes, api):
    api.price = {"price": 0.01, "currency": "USD"}
    reservation, _ = await quotes.reservation_for(MODEL, "browser x", [CAT])
    with pytest.raises(BudgetDenied):
        reservation.check(SpendingTotals(), reservation.prices)
