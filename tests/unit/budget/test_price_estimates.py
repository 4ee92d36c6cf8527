"""Estimates ask the API for few prices, share what was told, and never take a price from a press."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from components.budget.limits import BudgetLimits
from components.budget.price_estimates import ACCOUNT_CALLS, CLIENT_CALLS, REST_SECONDS, PriceEstimates
from components.budget.quotes import CONCURRENT_CALLS, QuoteCache
from components.domain.money import Quote
from components.domain.request import GenerationRequest
from components.errors import NotProvided
from tests.support.addresses import ELSEWHERE, HERE
from tests.support.fake_clock import until
from tests.support.scripted_api import MODEL, refuses

CAT = GenerationRequest("a cat")
CENT = Quote(10_000, 10_000)


@pytest.fixture
def account(api, clock):
    return QuoteCache(api.client(), BudgetLimits(is_local=False), clock)


@pytest.fixture
def estimates(account):
    return PriceEstimates(account)


def of_widths(count: int, first: int = 0) -> list[GenerationRequest]:
    """Return requests of which each has a price of its own."""
    return [replace(CAT, width=256 + number) for number in range(first, first + count)]


async def prices(estimates: PriceEstimates, requests: list[GenerationRequest], client: str = HERE) -> int:
    """Return how many estimates of one image each had a price."""
    answers = await asyncio.gather(
        *(estimates.quotes(MODEL, [request], client) for request in requests), return_exceptions=True
    )
    assert all(answer == [CENT] or isinstance(answer, NotProvided) for answer in answers)
    return answers.count([CENT])


async def test_three_hundred_estimates_of_a_stranger_are_few_calls(estimates, api):
    """They were 600 once."""
    assert await prices(estimates, of_widths(300)) == CLIENT_CALLS.burst
    assert api.requested["model/price"] == CLIENT_CALLS.burst
    assert await prices(estimates, of_widths(20)) == 20, "what is known costs no call"


async def test_a_stranger_s_estimates_leave_another_person_theirs(estimates, api, clock):
    await prices(estimates, of_widths(300))
    assert await prices(estimates, of_widths(5, 500), ELSEWHERE) == 5
    clock.advance(10)
    assert await prices(estimates, of_widths(9, 600)) == 5


async def test_all_persons_together_have_a_limit_and_a_press_has_none(estimates, account, api):
    for number in range(9):
        await prices(estimates, of_widths(30, number * 30), f"8.8.{number}.8")
    assert api.requested["model/price"] == ACCOUNT_CALLS.burst
    assert await account.quotes(MODEL, of_widths(25, 1000)) == [CENT] * 25


async def test_many_with_the_same_form_are_one_call(estimates, api):
    assert await prices(estimates, [CAT] * 40) == 40
    assert api.requested["model/price"] == 1


@pytest.mark.parametrize("status", [429, 500])
async def test_after_a_failure_estimates_rest_and_a_press_asks_on(estimates, account, api, clock, status):
    api.next_prices = [refuses(status)]
    assert await prices(estimates, [CAT] * 40) == 0
    assert await prices(estimates, of_widths(40)) == 0
    assert api.requested["model/price"] == 1
    assert await account.quote(MODEL, CAT) == CENT
    assert await prices(estimates, [CAT]) == 1, "the press made it known"
    clock.advance(REST_SECONDS)
    assert await prices(estimates, of_widths(3)) == 3


class SlowPrices:
    """Price source that answers when `free` is set."""

    def __init__(self) -> None:
        self.running, self.free = 0, asyncio.Event()

    async def price(self, model: str, request: GenerationRequest) -> Quote:
        self.running += 1
        await self.free.wait()
        return CENT

    async def balance(self) -> int:
        return 1_000_000


async def test_a_grid_asks_some_prices_at_once(clock):
    source = SlowPrices()
    account = QuoteCache(source, BudgetLimits(is_local=False), clock)
    asking = asyncio.create_task(PriceEstimates(account).quotes(MODEL, of_widths(25), HERE))
    await until(lambda: source.running)
    assert source.running == CONCURRENT_CALLS
    source.free.set()
    assert await asking == [CENT] * 25


async def test_where_nothing_costs_anything_the_balance_is_no_way_to_make_calls(estimates, api, clock):
    api.price = {"price": 0, "discounted_price": 0, "currency": "USD"}
    api.next_balances = [refuses(500)] * 99
    for _ in range(20):
        assert await prices(estimates, [CAT]) == 0
    assert api.requested["balance"] == 1
