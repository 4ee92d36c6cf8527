"""Price estimate: cost of a press, and which parts of the form it can use, before anything is spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from components import messages
from components.budget.price_estimates import PriceEstimates
from components.budget.quotes import ASSUMED_QUOTE, QuoteCache
from components.domain.model_family import ModelFamily
from components.domain.money import Micros, Quote
from components.domain.request import GenerationRequest, Preset
from components.errors import BudgetDenied, InvalidRequest, PlaygroundError
from components.jobs.visitor_keys import VisitorKeys
from components.messages.message import Message
from components.services.backend import Backend

PARTS = {
    "picture": "image",
    "mask": "mask_image",
    "loras": "loras",
    "refiner": "refine",
    "negative_prompt": "negative_prompt",
    "preset": "preset",
    "sampler": "sampler",
}
"""Parts of the form that a model may not accept: the script's name and the API's field."""
UNUSED_WITH_FAST = {
    "sampler": messages.FAST_SAMPLER,
    "refiner": messages.FAST_WITHOUT_REFINER,
    "negative_prompt": messages.FAST_WITHOUT_NEGATIVE,
}
"""Parts of the form without effect under the fast preset, and the reason that the page shows."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Price and restrictions that the page shows at its Generate button."""

    is_free: bool
    """True: nothing is ever charged, so the page mentions no money."""
    price: Micros | None
    """Of one image, in micro-dollars; None: not known."""
    blocked_by: Message | None
    """Why no one model accepts all that the form has set; None when one does."""
    unavailable: Mapping[str, Message]
    """Reasons by part for parts of the form that are off; all others are on."""


@dataclass(frozen=True, slots=True)
class PressEstimate:
    """Price that the page shows before a press of several images."""

    is_free: bool
    price: Micros | None = None
    """Of all images together, in micro-dollars; None: not known."""
    denied: Message | None = None
    """Why the host's key can never pay for such a press; None when it may."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who wants an estimate, and who would pay."""

    address: str
    """Of the client, by which price calls are limited."""
    token: str = ""
    """Of the tab's own key; empty when it has none."""
    is_host_paid: bool = True
    """Whether the host's key pays for this person."""


def unavailable_parts(family: ModelFamily, request: GenerationRequest) -> Mapping[str, Message]:
    """Return the reasons for parts that are off.

    No model accepts them, none does beside what the request has already, or they have no effect on it.
    """
    reasons = {part: family.reason(name) or family.conflict(request, name) for part, name in PARTS.items()}
    not_taken = {part: reason for part, reason in reasons.items() if reason}
    if request.preset is not Preset.FAST:
        return not_taken
    sampling = messages.fast_sampling(family.preferred.schema.fast_steps.most)
    return {"sampling": sampling, **UNUSED_WITH_FAST, **not_taken}


class Estimator:
    """Price estimates for the page, from the account that would pay."""

    def __init__(
        self, quotes: QuoteCache | None, keys: VisitorKeys, quotes_of_key: Callable[[str], QuoteCache]
    ) -> None:
        """`quotes`: the host's prices, None where it is free. `quotes_of_key` returns those of a visitor's key."""
        self._prices = PriceEstimates(quotes) if quotes else None
        self._keys, self._quotes_of_key = keys, quotes_of_key
        self._visitor_prices: dict[str, PriceEstimates] = {}
        """By fingerprint of the key."""

    async def estimate(self, backend: Backend, caller: Caller, request: GenerationRequest) -> Estimate:
        """Return the estimate of a request on a backend; its price is None when it cannot be found out."""
        price, blocked_by = None, None
        try:
            model = backend.family.choose(request).id
            if prices := self._payer(caller):
                (quote,) = await prices.quotes(model, [request], caller.address)
                price = _quoted_price(quote)
        except InvalidRequest as error:
            blocked_by = error.message
        # The button works without a price: the press itself fails when the price is needed and not known.
        except PlaygroundError:
            pass
        return Estimate(backend.free, price, blocked_by, unavailable_parts(backend.family, request))

    async def estimate_press(
        self, backend: Backend, caller: Caller, requests: Sequence[GenerationRequest]
    ) -> PressEstimate:
        """Return the estimate of a press of several images."""
        try:
            # One model for the whole press, as `Page.generate` chooses it.
            model = backend.family.choose(max(requests, key=lambda request: len(request.required_fields))).id
        except InvalidRequest:
            return PressEstimate(backend.free)
        if not (prices := self._payer(caller)):
            return PressEstimate(backend.free)
        price = await _sum_of_prices(prices, model, requests, caller.address)
        try:
            prices.account.check_size(model, requests)
        except BudgetDenied as error:
            return PressEstimate(backend.free, denied=error.message)
        return PressEstimate(backend.free, price)

    def drop_unused(self) -> None:
        """Drop the prices of keys that are not stored any more."""
        self._visitor_prices = {key: prices for key, prices in self._visitor_prices.items() if self._keys.has(key)}

    def _payer(self, caller: Caller) -> PriceEstimates | None:
        """Return the prices of the account that would pay, None when none would."""
        if key := self._keys.find(caller.token) if caller.token else None:
            if key.fingerprint not in self._visitor_prices:
                self._visitor_prices[key.fingerprint] = PriceEstimates(self._quotes_of_key(key.key))
            return self._visitor_prices[key.fingerprint]
        # Not for a token whose key is gone: its press is refused, and never paid by the host.
        return self._prices if caller.is_host_paid and not caller.token else None


async def _sum_of_prices(
    account: PriceEstimates, model: str, requests: Sequence[GenerationRequest], client: str
) -> Micros | None:
    try:
        prices = [_quoted_price(quote) for quote in await account.quotes(model, requests, client)]
    except PlaygroundError:
        return None
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def _quoted_price(quote: Quote) -> Micros | None:
    """Return the price that the API quoted; None for ASSUMED_QUOTE, which only the budget counts."""
    return None if quote == ASSUMED_QUOTE else quote.price
