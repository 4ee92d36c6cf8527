"""What the host's next picture costs, and whether his account can bear it: asked seldom, believed for minutes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components import messages
from components.client import Client
from components.clock import Clock
from components.errors import KeyRefused, NotAllowed, NotTold
from components.fence import Admission, Limits
from components.generation import GenerationRequest
from components.money import Micros
from components.wire import Quote

QUOTE_SECONDS = 600.0
"""How long a price is believed."""
BALANCE_SECONDS = 120.0
"""How long a balance is believed. What is reserved or ends meanwhile is taken off it by the fence."""
ASSUMED = Quote(50_000, 50_000)
"""Counted for a picture by a host at home whose API has no price list at all: five cents."""
KINDS = 500
"""How many prices are remembered."""


@dataclass(frozen=True, slots=True)
class KnownQuote:
    """A price, and until when it is believed, by the monotonic clock."""

    quote: Quote
    until: float


class Till:
    """Asks the host's account. Fails closed: what is not told is not spent, but for a host at home."""

    def __init__(self, client: Client, limits: Limits, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self.limits = limits
        self._quotes: dict[tuple[object, ...], KnownQuote] = {}
        self._balance: Micros | None = None
        self._balance_until = self._balance_told = 0.0

    async def admission(self, model: str, person: str, request: GenerationRequest) -> tuple[Admission, Micros]:
        """Return what must be reserved for each picture of a click, and its likely price.

        Raises NotAllowed when the key is not good, NotTold, and NothingSent or UntrustedService when nobody could be
        asked.
        """
        try:
            quote = await self.quote(model, request)
            balance = await self.balance()
        except KeyRefused as error:
            raise NotAllowed(messages.HOST_KEY_REFUSED) from error
        return Admission(self.limits, person, quote.most, balance, self._balance_told), quote.price

    async def quote(self, model: str, request: GenerationRequest) -> Quote:
        """Return the price of one picture. Raises NotTold, KeyRefused, NothingSent, UntrustedService."""
        kind = _kind(model, request)
        known = self._quotes.get(kind)
        if known and self._clock.monotonic() < known.until:
            return known.quote
        try:
            quote = await self._client.price(model, replace(request, prompt="a picture", negative_prompt=""))
        except NotTold as error:
            if not self._may_be_ignored(error):
                raise
            quote = ASSUMED
        if len(self._quotes) >= KINDS:
            del self._quotes[next(iter(self._quotes))]
        self._quotes[kind] = KnownQuote(quote, self._clock.monotonic() + QUOTE_SECONDS)
        return quote

    async def balance(self) -> Micros | None:
        """Return what is left on the host's account; None where it need not be known.

        Raises NotTold, KeyRefused, NothingSent, UntrustedService.
        """
        if self._clock.monotonic() < self._balance_until:
            return self._balance
        asked = self._clock.now()
        try:
            self._balance = await self._client.balance()
        except NotTold as error:
            if not self._may_be_ignored(error):
                raise
            self._balance = None
        self._balance_told = asked  # what ends while the answer is under way may be missing from it
        self._balance_until = self._clock.monotonic() + BALANCE_SECONDS
        return self._balance

    def _may_be_ignored(self, error: NotTold) -> bool:
        """Tell whether the host presses himself, at home, before an API that has no such call."""
        return self.limits.is_home and not error.is_offered


def _kind(model: str, request: GenerationRequest) -> tuple[object, ...]:
    """Return all that a price may depend on."""
    ways = (request.image is not None, request.mask is not None)
    refiner = (request.refine, request.high_noise_frac, request.refine_steps)
    return (
        model,
        request.width,
        request.height,
        request.num_inference_steps,
        len(request.loras),
        *ways,
        *refiner,
        request.preset,
    )
