"""Price estimate: cost of a press, and which parts of the form it can use, before anything is spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from components import messages
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
}
"""Parts of the form that a model may not accept: the script's name and the API's field."""
UNUSED_WITH_FAST = {
    "sampling": messages.FAST_SAMPLING,
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


def unavailable_parts(family: ModelFamily, request: GenerationRequest) -> Mapping[str, Message]:
    """Return the reasons for parts that are off: no model accepts them, or they have no effect on this request."""
    reasons = {part: family.reason(name) for part, name in PARTS.items()}
    not_taken = {part: reason for part, reason in reasons.items() if reason}
    return (UNUSED_WITH_FAST if request.preset is Preset.FAST else {}) | not_taken


class Estimator:
    """Price estimates for the page, from the account that would pay."""

    def __init__(
        self, quotes: QuoteCache | None, keys: VisitorKeys, quotes_of_key: Callable[[str], QuoteCache]
    ) -> None:
        """`quotes`: the host's prices, None where it is free. `quotes_of_key` returns those of a visitor's key."""
        self._quotes, self._keys, self._quotes_of_key = quotes, keys, quotes_of_key
        self._visitor_quotes: dict[str, QuoteCache] = {}
        """By fingerprint of the key."""

    async def estimate(self, backend: Backend, token: str, request: GenerationRequest, *, may_spend: bool) -> Estimate:
        """Return the estimate of a request on a backend; its price is None when it cannot be found out.

        `token` is that of the tab's own key, empty when it has none; `may_spend`: the host's key pays for this person.
        """
        price, blocked_by = None, None
        try:
            model = backend.family.choose(request).id
            if quotes := self._payer(token, may_spend=may_spend):
                price = _quoted_price(await quotes.quote(model, request))
        except InvalidRequest as error:
            blocked_by = error.message
        # The button works without a price: the press itself fails when the price is needed and not known.
        except PlaygroundError:
            pass
        return Estimate(backend.free, price, blocked_by, unavailable_parts(backend.family, request))

    async def estimate_press(
        self, backend: Backend, token: str, requests: Sequence[GenerationRequest], *, may_spend: bool
    ) -> PressEstimate:
        """Return the estimate of a press of several images, with `token` and `may_spend` as in `estimate`."""
        try:
            # One model for the whole press, as `Page.generate` chooses it.
            model = backend.family.choose(max(requests, key=lambda request: len(request.required_fields))).id
        except InvalidRequest:
            return PressEstimate(backend.free)
        if not (quotes := self._payer(token, may_spend=may_spend)):
            return PressEstimate(backend.free)
        price = await _sum_of_prices(quotes, model, requests)
        try:
            quotes.check_size(model, requests)
        except BudgetDenied as error:
            return PressEstimate(backend.free, denied=error.message)
        return PressEstimate(backend.free, price)

    def drop_unused(self) -> None:
        """Drop the prices of keys that are not stored any more."""
        self._visitor_quotes = {key: quotes for key, quotes in self._visitor_quotes.items() if self._keys.has(key)}

    def _payer(self, token: str, *, may_spend: bool) -> QuoteCache | None:
        """Return the prices of the account that would pay, None when none would."""
        if key := self._keys.find(token) if token else None:
            if key.fingerprint not in self._visitor_quotes:
                self._visitor_quotes[key.fingerprint] = self._quotes_of_key(key.key)
            return self._visitor_quotes[key.fingerprint]
        # Not for a token whose key is gone: its press is refused, and never paid by the host.
        return self._quotes if may_spend and not token else None


async def _sum_of_prices(quotes: QuoteCache, model: str, requests: Sequence[GenerationRequest]) -> Micros | None:
    try:
        prices = [_quoted_price(quote) for quote in await quotes.quotes(model, requests)]
    except PlaygroundError:
        return None
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def _quoted_price(quote: Quote) -> Micros | None:
    """Return the price that the API quoted; None for ASSUMED_QUOTE, which only the budget counts."""
    return None if quote == ASSUMED_QUOTE else quote.price
