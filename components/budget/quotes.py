"""Quote cache: prices of images and the balance of the account that pays, requested at most every few minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from components import messages
from components.budget.limits import BudgetLimits, Reservation
from components.clock import Clock
from components.domain.fields import FIELDS
from components.domain.money import Micros, Quote
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, NotProvided, Unauthorized

QUOTE_SECONDS = 600.0
"""How long a price is cached."""
BALANCE_SECONDS = 120.0
"""How long a balance is cached. What is reserved or ends meanwhile is deducted by `Reservation.check`."""
ASSUMED_QUOTE = Quote(50_000, 50_000)
"""Price that is assumed where a local host's API has no price call: five cents an image."""
CONCURRENT_CALLS = 5
"""Price calls at once for the images of one press."""
MAX_QUOTES = 500
"""Prices in the cache, at most."""


class PriceSource(Protocol):
    """The API's calls about money. Both raise NotProvided, Unauthorized, ConnectionFailed, CertificateError."""

    async def price(self, model: str, request: GenerationRequest) -> Quote:
        """Return the price of one image."""
        ...

    async def balance(self) -> Micros:
        """Return the balance of the account."""
        ...


@dataclass(frozen=True, slots=True)
class CachedQuote:
    """Cached price and the end of its validity on the monotonic clock, in seconds."""

    quote: Quote
    until: float


class QuoteCache:
    """Cache of prices and of the balance. Fails closed: without a price or a balance nothing is spent.

    Only a local host, before an API that has no such call at all, spends without them.
    """

    def __init__(self, source: PriceSource, limits: BudgetLimits, clock: Clock) -> None:
        self._source, self.clock = source, clock
        self.limits = limits
        self._quotes: dict[tuple[object, ...], CachedQuote] = {}
        self._balance: Micros | None = None
        self._balance_until = self._balance_time = 0.0

    async def reservation_for(
        self, model: str, payer_name: str, requests: Sequence[GenerationRequest]
    ) -> tuple[Reservation, tuple[Micros, ...]]:
        """Return the reservation for the images of one press, and the likely price of each.

        Raises BudgetDenied when the host's key is rejected, NotProvided, ConnectionFailed or CertificateError.
        """
        try:
            quotes = await self.quotes(model, requests)
            balance = await self.balance()
        except Unauthorized as error:
            raise BudgetDenied(messages.HOST_KEY_REFUSED) from error
        # Reserved is the list price, shown is the discounted one: a discount may have ended when the task is charged.
        maxima, prices = tuple(quote.maximum for quote in quotes), tuple(quote.price for quote in quotes)
        return Reservation(self.limits, payer_name, maxima, balance, self._balance_time), prices

    def check_size(self, model: str, requests: Sequence[GenerationRequest]) -> None:
        """Raise BudgetDenied when a press of these images can never fit the limits, as far as the cache tells."""
        cached = [self._cached(price_key(model, request)) for request in requests]
        known = [quote.maximum for quote in cached if quote]
        self.limits.check_size(len(requests), sum(known) if len(known) == len(requests) else 0)

    async def quotes(self, model: str, requests: Sequence[GenerationRequest], ask: Ask | None = None) -> list[Quote]:
        """Return the price of each image, with one call of `ask`, by default `quote`, for all that cost the same.

        Raises as `ask` does; then no further calls are made.
        """
        kinds, ask = {price_key(model, request): request for request in requests}, ask or self.quote
        keys, found = list(kinds), dict[tuple[object, ...], Quote]()
        for start in range(0, len(keys), CONCURRENT_CALLS):
            some = keys[start : start + CONCURRENT_CALLS]
            answers = await asyncio.gather(*(ask(model, kinds[key]) for key in some), return_exceptions=True)
            for key, answer in zip(some, answers, strict=True):
                if isinstance(answer, BaseException):
                    raise answer
                found[key] = answer
        return [found[price_key(model, request)] for request in requests]

    def known(self, model: str, request: GenerationRequest) -> Quote | None:
        """Return the price of one image where `quote` would make no call for it, else None."""
        quote = self._cached(price_key(model, request))
        is_balance_known = self.clock.monotonic() < self._balance_until
        return quote if quote and (quote.maximum or (is_balance_known and self._balance == 0)) else None

    async def quote(self, model: str, request: GenerationRequest) -> Quote:
        """Return the price of one image. Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError."""
        quote = await self._cached_quote(model, request)
        # At $0 every limit in dollars is passed, so that a mistake of a service that charges would cost the whole
        # account. Where there is no money, as at our own server, there is none to lose.
        if not quote.maximum and await self.balance() != 0:
            raise NotProvided(messages.PRICE_UNAVAILABLE, is_offered=True)
        return quote

    async def _cached_quote(self, model: str, request: GenerationRequest) -> Quote:
        key = price_key(model, request)
        # Two presses at once may both request a price: the call is free of charge, and the later answer stays.
        if cached := self._cached(key):
            return cached
        try:
            # Without the visitor's prompt: no price depends on it, and it is not part of the key.
            quote = await self._source.price(model, replace(request, prompt="a picture", negative_prompt=""))
        except NotProvided as error:
            if not self._may_be_unknown(error):
                raise
            quote = ASSUMED_QUOTE
        if len(self._quotes) >= MAX_QUOTES:
            del self._quotes[next(iter(self._quotes))]  # the oldest: a dict iterates in order of insertion
        self._quotes[key] = CachedQuote(quote, self.clock.monotonic() + QUOTE_SECONDS)
        return quote

    async def balance(self) -> Micros | None:
        """Return the balance of the account; None where a local host's API has no such call.

        Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError.
        """
        if self.clock.monotonic() < self._balance_until:
            return self._balance
        requested_at = self.clock.now()
        try:
            self._balance = await self._source.balance()
        except NotProvided as error:
            if not self._may_be_unknown(error):
                raise
            self._balance = None
        self._balance_time = requested_at  # not when the answer came: a job that ends meanwhile may not be in it
        self._balance_until = self.clock.monotonic() + BALANCE_SECONDS
        return self._balance

    def expire_balance(self, age: float) -> None:
        """Forget a balance of this age in seconds, or older."""
        if self._balance_until - BALANCE_SECONDS <= self.clock.monotonic() - age:
            self._balance_until = 0.0

    def _cached(self, key: tuple[object, ...]) -> Quote | None:
        cached = self._quotes.get(key)
        return cached.quote if cached and self.clock.monotonic() < cached.until else None

    def _may_be_unknown(self, error: NotProvided) -> bool:
        """Return whether a missing price or balance may be ignored: a local host, and an API without the call."""
        return self.limits.is_local and not error.is_offered


Ask = Callable[[str, GenerationRequest], Awaitable[Quote]]
"""Returns the price of one image of a model."""


def price_key(model: str, request: GenerationRequest) -> tuple[object, ...]:
    """Return the settings that a price may depend on."""
    return (model, *(request.extent(field.name) for field in FIELDS if field.affects_price))
