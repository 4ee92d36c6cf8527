"""Prices for estimates: from the cache, else by few calls, so that the API still answers what presses ask."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from components import messages
from components.budget.quotes import QuoteCache, price_key
from components.domain.fair_limit import FairLimit
from components.domain.money import Quote
from components.domain.request import GenerationRequest
from components.domain.token_bucket import BucketSize
from components.errors import NotProvided, PlaygroundError

CLIENT_CALLS = BucketSize(burst=30, per_second=0.5)
"""Price calls for one client's estimates; one grid may need 25."""
ACCOUNT_CALLS = BucketSize(burst=60, per_second=1)
"""Price calls of an account for all estimates; presses are not counted."""
REST_SECONDS = 30.0
"""Time without price calls for estimates after one has failed: a rate limit then leaves the next to presses."""


class PriceEstimates:
    """Prices of one account for estimates, which are optional; none fails a press, and none delays one."""

    def __init__(self, quotes: QuoteCache) -> None:
        self.account = quotes
        self._limit = FairLimit(CLIENT_CALLS, ACCOUNT_CALLS, quotes.clock)
        self._resting_until = 0.0
        self._calls: dict[tuple[object, ...], asyncio.Lock] = {}
        """Locks of prices that are asked for now: of several visitors with the same form one asks."""

    async def quotes(self, model: str, requests: Sequence[GenerationRequest], client: str) -> list[Quote]:
        """Return the price of each image for a client's estimate. Raises NotProvided and whatever the call raises."""

        async def ask(model: str, request: GenerationRequest) -> Quote:
            return await self._shared(model, request, client)

        return await self.account.quotes(model, requests, ask)

    async def _shared(self, model: str, request: GenerationRequest, client: str) -> Quote:
        key = price_key(model, request)
        lock = self._calls.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                return self.account.known(model, request) or await self._called(model, request, client)
        finally:
            self._calls.pop(key, None)

    async def _called(self, model: str, request: GenerationRequest, client: str) -> Quote:
        clock = self.account.clock
        if clock.monotonic() < self._resting_until or not self._limit.take(client):
            raise NotProvided(messages.PRICE_UNAVAILABLE, is_offered=True)
        try:
            return await self.account.quote(model, request)
        except PlaygroundError:
            self._resting_until = clock.monotonic() + REST_SECONDS
            raise
