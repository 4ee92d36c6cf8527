"""What the host's account is asked, how long the answer is believed, and what is done without one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from components import messages
from components.budget.limits import BudgetLimits
from components.budget.quotes import ASSUMED_QUOTE, BALANCE_SECONDS, MAX_QUOTES, QUOTE_SECONDS, QuoteCache
from components.domain.money import Quote
from components.domain.request import GenerationRequest, LoraWeight
from components.errors import BudgetDenied, ConnectionFailed, NotProvided
from tests.support.scripted_api import KEY, MODEL, raises, refuses, success

AWAY, HOME = BudgetLimits(is_local=False), BudgetLimits(is_local=True)
CAT = GenerationRequest("a cat", "a dog", seed=7)


@pytest.fixture
def till(api, clock):
    return QuoteCache(api.client(), AWAY, clock)


@pytest.mark.parametrize(
    ("told", "quote"),
    [
        ({"price": 0.01}, Quote(10_000, 10_000)),
        ({"price": 0.03, "discounted_price": 0.02}, Quote(20_000, 30_000)),
        ({"price": 0.02, "discounted_price": 0.03}, Quote(30_000, 30_000)),
        ({"price": "0.0055"}, Quote(5_500, 5_500)),
        ({"price": 0.01, "discounted_price": 0}, Quote(10_000, 10_000)),
        ({"price": 0.01, "discounted_price": -1}, Quote(10_000, 10_000)),
        ({"price": 0.01, "discounted_price": "nothing"}, Quote(10_000, 10_000)),
        ({"price": 0.0000001}, Quote(1, 1)),
    ],
)
async def test_s03_reserved_is_the_dearer_price_and_counted_the_one_that_is_charged(till, api, told, quote):
    api.price = told | {"currency": "USD"}
    assert await till.quote(MODEL, CAT) == quote
    admission, price = await till.reservation_for(MODEL, "browser x", (CAT, CAT))
    assert (admission.prices, price) == ((quote.maximum,) * 2, (quote.price,) * 2)


async def test_s03_the_price_of_the_very_request_is_asked_but_for_its_words(api, clock):
    bodies: list[dict[str, object]] = []

    def reply(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        assert request.headers["authorization"] == f"Bearer {KEY}"
        return success(api.price)

    api.next_prices = [reply]
    asked = replace(CAT, width=512, height=768, num_inference_steps=9, loras=(LoraWeight("a/b"),))
    await QuoteCache(api.client(), AWAY, clock).quote(MODEL, asked)
    (body,) = bodies
    inputs = body["inputs"]
    assert isinstance(inputs, dict)
    assert body["model_id"] == MODEL
    assert (inputs["size"], inputs["num_inference_steps"], len(inputs["loras"])) == ("512*768", 9, 1)
    assert "cat" not in json.dumps(body), "nobody's prompt is sent before it is paid for"
    assert "dog" not in json.dumps(body)


async def test_s03_a_price_is_believed_for_ten_minutes_and_for_its_kind_alone(till, api, clock):
    for _ in range(3):
        await till.quote(MODEL, replace(CAT, prompt="another", seed=8, guidance_scale=9.0))
    assert api.requested["model/price"] == 1
    for other in (
        replace(CAT, width=512),
        replace(CAT, height=512),
        replace(CAT, num_inference_steps=50),
        replace(CAT, loras=(LoraWeight("a/b"),)),
    ):
        await till.quote(MODEL, other)
    await till.quote("another/model", CAT)
    assert api.requested["model/price"] == 6
    clock.advance(QUOTE_SECONDS - 1)
    await till.quote(MODEL, CAT)
    assert api.requested["model/price"] == 6
    clock.advance(1)
    api.price = {"price": 0.5}
    assert (await till.quote(MODEL, CAT)).price == 500_000


async def test_s03_a_believed_price_does_not_outlive_its_time_when_no_new_one_is_told(till, api, clock):
    await till.quote(MODEL, CAT)
    clock.advance(QUOTE_SECONDS)
    api.next_prices = [refuses(503)]
    with pytest.raises(NotProvided):
        await till.quote(MODEL, CAT)


async def test_s03_of_prices_some_hundreds_are_remembered(till):
    for width in range(256, 256 + MAX_QUOTES + 50):
        await till.quote(MODEL, replace(CAT, width=width))
    assert len(till._quotes) == MAX_QUOTES


async def test_s03_a_balance_is_believed_for_two_minutes_and_no_longer(till, api, clock):
    assert await till.balance() == 100_000_000
    api.balance = 1
    clock.advance(BALANCE_SECONDS - 1)
    assert await till.balance() == 100_000_000
    clock.advance(1)
    assert await till.balance() == 1_000_000
    clock.advance(BALANCE_SECONDS)
    api.next_balances = [refuses(500)] * 2
    for _ in range(2):
        with pytest.raises(NotProvided):
            await till.balance()


async def test_s03_limits_see_when_the_balance_was_fetched(till, api, clock):
    begun = clock.now()

    def slow(request: httpx.Request) -> httpx.Response:
        clock.advance(9)
        return success({"balance": 5})

    api.next_balances = [slow]
    admission, _ = await till.reservation_for(MODEL, "browser x", (CAT,))
    assert (admission.balance, admission.balance_time) == (5_000_000, begun)
    clock.advance(60)
    again, _ = await till.reservation_for(MODEL, "browser x", (CAT,))
    assert again.balance_time == begun


@pytest.mark.parametrize("limits", [AWAY, HOME])
@pytest.mark.parametrize("status", [400, 402, 405, 429, 500, 503])
async def test_s03_a_service_that_has_a_price_list_must_tell_the_price_at_home_too(api, clock, limits, status):
    till = QuoteCache(api.client(), limits, clock)
    api.next_prices = [refuses(status)]
    if limits is HOME and status == 405:
        assert await till.quote(MODEL, CAT) == ASSUMED_QUOTE, "no such call"
        return
    with pytest.raises(NotProvided) as refused:
        await till.quote(MODEL, CAT)
    assert refused.value.message == messages.PRICE_UNAVAILABLE


async def test_s03_away_from_home_a_service_without_prices_is_not_paid(till, api):
    api.price = None
    with pytest.raises(NotProvided):
        await till.quote(MODEL, CAT)
    api.balance = None
    with pytest.raises(NotProvided) as refused:
        await till.balance()
    assert refused.value.message == messages.BALANCE_UNAVAILABLE


async def test_s03_at_home_a_service_without_prices_is_paid_an_assumed_one(api, clock):
    till = QuoteCache(api.client(), HOME, clock)
    api.price = api.balance = None
    admission, price = await till.reservation_for(MODEL, "browser x", (CAT,))
    assert (admission.prices, price, admission.balance) == ((ASSUMED_QUOTE.maximum,), (ASSUMED_QUOTE.price,), None)


async def test_s03_a_service_that_cannot_be_reached_is_no_service_without_prices(api, clock):
    till = QuoteCache(api.client(), HOME, clock)
    api.next_prices = [raises(httpx.ConnectError)]
    with pytest.raises(ConnectionFailed):
        await till.quote(MODEL, CAT)
    api.next_balances = [raises(httpx.ReadTimeout)]
    with pytest.raises(NotProvided):
        await till.balance()


@pytest.mark.parametrize("which", ["next_prices", "next_balances"])
async def test_f05_the_host_s_refused_key_is_not_allowed_to_pay(till, api, which):
    setattr(api, which, [refuses(401)])
    with pytest.raises(BudgetDenied) as refused:
        await till.reservation_for(MODEL, "browser x", (CAT,))
    assert refused.value.message == messages.HOST_KEY_REFUSED


async def test_s03_many_at_once_get_one_price(till, api):
    quotes = await asyncio.gather(*(till.quote(MODEL, CAT) for _ in range(20)))
    assert set(quotes) == {Quote(10_000, 10_000)}
