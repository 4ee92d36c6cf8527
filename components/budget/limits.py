"""Budget limits: who may spend the host's money, how much and how fast. Pure.

They are checked in the transaction that writes the reservation. What is not known counts as spent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from components import messages
from components.domain.job import Job, JobState
from components.domain.money import Micros
from components.domain.person import Person
from components.errors import BudgetDenied
from components.messages.message import Charge, Message

HOUR, DAY, MONTH = 3600.0, 86_400.0, 30 * 86_400.0
"""Seconds. All windows slide: no limit is reset at midnight."""


class Access(Enum):
    """For whom the host's key pays, by the values of PLAYGROUND_ACCESS."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"
    LISTED = "listed"
    OWN_KEY_ONLY = "own-key-only"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """Limits that the host sets; amounts in millionths of a US dollar."""

    access: Access = Access.EVERYONE
    users: frozenset[str] = frozenset()
    """User names at Hugging Face in lower case, for LISTED."""
    images_per_hour: int = 20
    """Of one payer."""
    per_person_day: Micros = 1_000_000
    per_day: Micros = 5_000_000
    per_month: Micros = 50_000_000
    min_balance: Micros = 1_000_000
    """The balance of the host's account is never spent below this."""
    is_stopped: bool = False
    """The setting that stops all spending; the host's switch is in `SpendingTotals`."""
    is_local: bool = True
    """True when the page is reachable from this computer only, so that every visitor is the host."""

    def check_access(self, person: Person) -> None:
        """Raise BudgetDenied unless the host's key may pay for this person at all."""
        if self.access is Access.OWN_KEY_ONLY:
            message = messages.OWN_KEY_ONLY_PROGRAM if person.is_program else messages.OWN_KEY_ONLY
            raise BudgetDenied(message)
        if self.access is not Access.EVERYONE and not person.user:
            raise BudgetDenied(messages.SIGN_IN)
        if self.access is Access.LISTED and person.user.lower() not in self.users:
            raise BudgetDenied(messages.NOT_LISTED)

    def check_size(self, images: int, cost: Micros) -> None:
        """Raise BudgetDenied when a press of several images exceeds a limit though nothing was spent before.

        `cost` is that of all its images; 0 while it is not known.
        """
        if images > self.images_per_hour:
            raise BudgetDenied(messages.press_above_hour(images, self.images_per_hour))
        largest = min(self.per_person_day, self.per_day, self.per_month)
        if images > 1 and cost > largest:
            raise BudgetDenied(messages.press_above_amount(images))


@dataclass(frozen=True, slots=True)
class SpendingTotals:
    """Totals of what was spent or is reserved, in millionths of a US dollar, as the store counts them."""

    images_this_hour: int = 0
    """Of this payer, in the last hour."""
    by_person_today: Micros = 0
    """Of this payer, in the last 24 hours."""
    today: Micros = 0
    """In the last 24 hours."""
    this_month: Micros = 0
    """In the last 30 days."""
    unsettled: Micros = 0
    """Of jobs under way, or ended after the balance was requested: the balance may not include it yet."""
    is_stopped: bool = False
    """State of the host's stop switch."""


class Window(Enum):
    """Sliding window of a limit: its length in seconds, and whether it counts one payer's spending alone."""

    PAYER_HOUR = (HOUR, True)
    PAYER_DAY = (DAY, True)
    ALL_DAY = (DAY, False)
    ALL_MONTH = (MONTH, False)

    def __init__(self, seconds: float, is_of_payer: bool) -> None:
        self.seconds, self.is_of_payer = seconds, is_of_payer

    @property
    def counts_images(self) -> bool:
        """Return whether its limit counts images; else millionths of a dollar."""
        return self is Window.PAYER_HOUR


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Limit that a press would exceed."""

    message: Message
    excess: int
    """Images or millionths of a dollar by which it is exceeded; 0 or less while it is not."""
    window: Window | None = None
    """None: the limit does not renew with time."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Reservation for the images of one press, and the checks that it must pass in the transaction that writes it."""

    limits: BudgetLimits
    payer_name: str
    """See `Person.payer_name`."""
    prices: tuple[Micros, ...]
    """Of each image, at most, in the order of the jobs."""
    balance: Micros | None
    """None when the API has no balance; only a local host may spend without one."""
    balance_time: float = 0.0
    """Unix seconds of the balance; jobs that ended later may not be deducted from it yet."""

    def check_not_stopped(self, spent: SpendingTotals) -> None:
        """Raise BudgetDenied when spending is stopped, or when the host's key does not pay for this person."""
        # Checked at the press already; the settings may have changed since, in a restart.
        self.limits.check_access(Person.of_payer_name(self.payer_name))
        if self.limits.is_stopped or spent.is_stopped:
            raise BudgetDenied(messages.STOPPED_BY_HOST)

    def check(self, spent: SpendingTotals, prices: Sequence[Micros]) -> None:
        """Raise BudgetDenied when images at these prices would exceed any limit. A limit may be reached exactly."""
        self.check_not_stopped(spent)
        self.limits.check_size(len(prices), sum(prices))
        if exceeded := self.exceeded(spent, prices):
            raise BudgetDenied(exceeded.message)

    def exceeded(self, spent: SpendingTotals, prices: Sequence[Micros]) -> Exceeded | None:
        """Return the first limit that images at these prices would exceed; None when they fit all of them."""
        limits, cost = self.limits, sum(prices)
        per_hour, per_day = limits.images_per_hour, limits.per_person_day
        of_hour, of_day = messages.picture_limit(per_hour), messages.PERSON_LIMIT
        found = (
            Exceeded(of_hour, spent.images_this_hour + len(prices) - per_hour, Window.PAYER_HOUR),
            Exceeded(of_day, spent.by_person_today + cost - per_day, Window.PAYER_DAY),
            Exceeded(messages.DAY_SPENT, spent.today + cost - limits.per_day, Window.ALL_DAY),
            Exceeded(messages.MONTH_SPENT, spent.this_month + cost - limits.per_month, Window.ALL_MONTH),
            Exceeded(messages.BALANCE_LOW, self._missing_balance(spent, cost)),
        )
        return next((one for one in found if one.excess > 0), None)

    def images_left(self, spent: SpendingTotals, price: Micros) -> int:
        """Return the number of further images at a price that fit all limits."""
        limits = self.limits
        amounts = [
            limits.per_person_day - spent.by_person_today,
            limits.per_day - spent.today,
            limits.per_month - spent.this_month,
            -self._missing_balance(spent, 0) if self.balance else limits.per_month,
        ]
        affordable = [amount // price for amount in amounts] if price else []
        return max(0, min([limits.images_per_hour - spent.images_this_hour, *affordable]))

    def _missing_balance(self, spent: SpendingTotals, cost: Micros) -> Micros:
        # A service that costs nothing has accounts without money.
        is_free = cost == 0 and self.balance == 0
        if self.balance is None or is_free:
            return 0
        return self.limits.min_balance - (self.balance - spent.unsettled - cost)


class Settlement(Enum):
    """What becomes of a reservation."""

    RESERVED = "reserved"
    """The job may still be charged, so the amount stays reserved."""
    PAID = "paid"
    REFUNDED = "refunded"
    """A task failed and costs nothing; it counts as an image of the hour."""
    VOID = "void"
    """No task was ever created: it counts neither as money nor as an image."""


def settlement_of(job: Job) -> Settlement:
    """Return what becomes of the money reserved for a job, by the job's state and the charge of its problem."""
    if not job.ended:
        return Settlement.RESERVED
    if job.state is JobState.COMPLETED:
        return Settlement.PAID
    # Not known counts as charged: the reservation stays.
    charge = job.problem.charge if job.problem else Charge.MAYBE
    by_charge = {Charge.NONE: Settlement.VOID, Charge.REFUNDED: Settlement.REFUNDED, Charge.SPENT: Settlement.PAID}
    return by_charge.get(charge, Settlement.RESERVED)


STOP_SWITCH = "stop"
"""Name of the switch in the database with which the host stops all spending."""


@dataclass(frozen=True, slots=True)
class DaySpending:
    """Spending of the host's money on one day: as expected by quoted prices, and as the service's bill has it."""

    day: int
    """Days since 1970-01-01, UTC."""
    images: int
    expected: Micros
    counted: Micros
    """As billed; where there is no bill, as expected."""
    unbilled: int
    """Images without a bill."""


@dataclass(frozen=True, slots=True)
class PersonSpending:
    """Spending of the host's money by one payer, reservations included."""

    payer_name: str
    images: int
    """In the last 30 days."""
    today: Micros
    """In the last 24 hours."""
    this_month: Micros
    """In the last 30 days."""
