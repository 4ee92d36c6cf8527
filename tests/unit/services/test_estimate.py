"""The price that the page shows before a press of several images: what it reserves in all, or why it cannot."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import pytest

from components import messages
from components.api.endpoint import Endpoint
from components.budget.limits import BudgetLimits
from components.budget.quotes import QuoteCache
from components.domain.request import GenerationRequest
from components.jobs.visitor_keys import VisitorKeys
from components.services.backend import Backend
from components.services.estimate import Caller, Estimator, PressEstimate
from tests.support.addresses import HERE
from tests.support.budgets import CENT, WIDE
from tests.support.scripted_api import BASE, KEY, MODEL, refuses, success

BACKEND = Backend.hosted(Endpoint(BASE, KEY), (MODEL,))


def a_cent_a_step(request: httpx.Request) -> httpx.Response:
    steps = json.loads(request.content)["inputs"]["num_inference_steps"]
    return success({"price": steps / 100, "currency": "USD"})


def cells(*steps: int) -> list[GenerationRequest]:
    return [GenerationRequest("a picture", num_inference_steps=count) for count in steps]


@pytest.fixture
def estimated(api, clock):
    async def estimate(requests, limits: BudgetLimits = WIDE, *, may_spend: bool = True) -> PressEstimate:
        estimator = Estimator(QuoteCache(api.client(), limits, clock), VisitorKeys(clock), _no_key)
        return await estimator.estimate_press(BACKEND, Caller(HERE, "", may_spend), requests)

    return estimate


def _no_key(key: str) -> QuoteCache:
    raise AssertionError("no visitor has an own key in this test")


async def test_each_cell_counts_at_its_own_price(estimated, api):
    api.next_prices = [a_cent_a_step] * 3
    assert await estimated(cells(1, 2, 1, 50)) == PressEstimate(is_free=False, price=54 * CENT)
    assert api.requested["model/price"] == 3


async def test_a_press_above_the_hour_is_denied_though_no_price_is_known(estimated, api):
    api.next_prices = [refuses(500)]
    found = await estimated(cells(*[9] * 25), replace(WIDE, images_per_hour=20))
    assert found == PressEstimate(is_free=False, denied=messages.press_above_hour(25, 20))


async def test_a_press_that_costs_more_than_a_day_allows_is_denied(estimated, api):
    api.next_prices = [a_cent_a_step] * 2
    found = await estimated(cells(40, 41), replace(WIDE, per_person_day=80 * CENT))
    assert found.denied == messages.press_above_amount(2)


async def test_a_price_that_is_not_told_is_not_known_and_nothing_is_asked_of_a_host_who_does_not_pay(estimated, api):
    api.next_prices = [a_cent_a_step, refuses(500)]
    assert await estimated(cells(*range(1, 26))) == PressEstimate(is_free=False)
    assert api.requested["model/price"] == 2, "the first failure ends the questions"
    assert await estimated(cells(*[9] * 25), replace(WIDE, images_per_hour=20), may_spend=False) == PressEstimate(
        is_free=False
    )
    assert api.requested["model/price"] == 2
