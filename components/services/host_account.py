"""Host's account at the service: whether its key works, and for how many further images of a person it pays."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from components import messages
from components.budget.limits import Access, BudgetLimits, Exceeded, Reservation
from components.budget.quotes import QuoteCache
from components.domain.money import Micros, dollars
from components.domain.person import Person
from components.domain.request import GenerationRequest
from components.errors import BudgetDenied, CertificateError, ConnectionFailed, NotProvided, Unauthorized
from components.messages.message import Message
from components.storage.async_store import AsyncStore

CHECK_SECONDS = 10.0
"""Pause between two checks of an account, however many pages ask."""
ANSWER_SECONDS = 8.0
"""Time after which a service that does not answer a check counts as away."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HostPayment:
    """What the host pays for now, for one person."""

    problem: Message | None = None
    """Why the host pays for no further image; None when the host does."""
    left: int | None = None
    """Further images that the host pays for; None when that is not counted."""
    is_hourly: bool = False
    """True: the limit of an hour is what bounds `left`."""

    def blocked_by(self, images: int) -> Message | None:
        """Return why a press of this many images would be refused; None when it would not."""
        if self.problem or self.left is None or images <= self.left:
            return self.problem
        return messages.press_above_left(images, self.left)


UNLIMITED = HostPayment()


class HostAccount:
    """The account behind WAVESPEED_API_KEY. It is asked for its balance, which is free of charge."""

    def __init__(self, quotes: QuoteCache, store: AsyncStore, address: str) -> None:
        """`address`: the service's base URL, for the log."""
        self._quotes, self._store, self._address = quotes, store, address
        self._lock = asyncio.Lock()
        self._next_check = float("-inf")
        self._balance: Micros | None = None
        self.trouble: Message | None = None
        """Result of the latest check: why the account can make no image at all; None when it can."""

    @property
    def limits(self) -> BudgetLimits:
        """Return the host's limits."""
        return self._quotes.limits

    @property
    def is_unused(self) -> bool:
        """Return whether the host's key is never used, because each visitor brings one."""
        return self.limits.access is Access.OWN_KEY_ONLY

    async def check(self) -> Message | None:
        """Return `trouble`, checked again where the latest check is older than CHECK_SECONDS; changes are logged."""
        if self.is_unused:
            return None
        async with self._lock:
            clock = self._quotes.clock
            if clock.monotonic() >= self._next_check:
                before, self.trouble = self.trouble, await self._found_trouble()
                self._next_check = clock.monotonic() + CHECK_SECONDS
                self._log_change(before)
        return self.trouble

    async def balance(self) -> Micros | None:
        """Return the balance; None when the service gives none."""
        return None if self.is_unused or await self.check() else self._balance

    async def host_payment(self, person: Person, model: str, request: GenerationRequest) -> HostPayment:
        """Return what the host pays for now: for further images of a person like this request. Raises StorageError."""
        try:
            self.limits.check_access(person)
        except BudgetDenied as error:
            return HostPayment(error.message)
        if trouble := await self.check():
            return HostPayment(self._for_visitors(trouble))
        price = quote.maximum if (quote := self._quotes.known(model, request)) else 0
        now = self._quotes.clock.now()
        spent = await self._store.spending_totals(person.payer_name, now, is_stopped=self.is_spending_unknown)
        reservation = Reservation(self.limits, person.payer_name, (price,), self._balance)
        try:
            reservation.check_not_stopped(spent)
        except BudgetDenied as error:
            return HostPayment(error.message)
        if exceeded := reservation.exceeded(spent, (price,)):
            return HostPayment(await self._renewed(exceeded, person, now), 0)
        left = reservation.images_left(spent, price)
        return HostPayment(None, left, left == self.limits.images_per_hour - spent.images_this_hour)

    @property
    def is_spending_unknown(self) -> bool:
        """Return whether what the host's key has spent is in a file that cannot be read for now."""
        return self._store.is_unread and not self.limits.is_local

    async def _renewed(self, exceeded: Exceeded, person: Person, now: float) -> Message:
        """Return the message of a limit, with the time at which it has room again where it renews."""
        if not exceeded.window:
            # It is believed for minutes, and the host may have topped up the account meanwhile.
            self._quotes.expire_balance(CHECK_SECONDS)
            return exceeded.message
        moment = await self._store.freed_at(person.payer_name, exceeded.window, exceeded.excess, now)
        return exceeded.message if moment is None else messages.renewed_at(exceeded.message, moment)

    def _for_visitors(self, trouble: Message) -> Message:
        """Return what a visitor is told of a trouble: on a page that only the host can reach, the host's own words."""
        is_key = trouble == messages.HOST_KEY_REFUSED
        return messages.YOUR_SETTING_REFUSED if is_key and self.limits.is_local else trouble

    async def _found_trouble(self) -> Message | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._balance = await self._quotes.balance()
        except Unauthorized:
            return messages.HOST_KEY_REFUSED
        except (ConnectionFailed, CertificateError, TimeoutError):
            return messages.SERVICE_AWAY
        except NotProvided:
            return messages.HOST_BALANCE_UNKNOWN
        return None

    def _log_change(self, before: Message | None) -> None:
        if self.trouble == before:
            return
        if self.trouble is None:
            _log.warning("WAVESPEED_API_KEY works again: %s gave its balance.", self._address)
        elif self.trouble == messages.HOST_KEY_REFUSED:
            _log.warning("WAVESPEED_API_KEY was rejected by %s. No picture can be made with it.", self._address)
        elif self.trouble == messages.SERVICE_AWAY:
            _log.warning("%s does not answer. No picture can be made until it does.", self._address)
        else:
            _log.warning("%s did not give the balance of WAVESPEED_API_KEY. Nothing is spent.", self._address)

    async def log_low_balance(self) -> None:
        """Log a balance of which nothing may be spent."""
        balance, floor = await self.balance(), self.limits.min_balance
        if balance is not None and balance <= floor:
            _log.warning(
                "The balance of WAVESPEED_API_KEY is $%.2f. Nothing is spent below PLAYGROUND_MIN_BALANCE, $%.2f.",
                dollars(balance),
                dollars(floor),
            )
