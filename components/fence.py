"""The fence around the host's money: who may spend it, how much, how fast. Pure; it is checked where the
reservation is written, in one transaction. Whatever cannot be told counts against spending.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from components import messages
from components.errors import Charge, NotAllowed
from components.job import Job, JobState
from components.money import Micros, dollars
from components.person import Person

HOUR, DAY, MONTH = 3600.0, 86_400.0, 30 * 86_400.0
"""Seconds. All windows slide: nothing starts anew at midnight."""


class Access(Enum):
    """For whom the host's key pays; the values of PLAYGROUND_ACCESS."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed-in"
    LISTED = "listed"
    OWN_KEY_ONLY = "own-key-only"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the host allows."""

    access: Access = Access.EVERYONE
    users: frozenset[str] = frozenset()
    """Names at Hugging Face, in small letters, for LISTED."""
    pictures_per_hour: int = 20
    """Of one person."""
    per_person_day: Micros = 1_000_000
    per_day: Micros = 5_000_000
    per_month: Micros = 50_000_000
    min_balance: Micros = 1_000_000
    is_stopped: bool = False
    is_home: bool = True
    """The page is open on this computer alone: whoever presses is the host."""

    def admit(self, person: Person) -> None:
        """Raise NotAllowed unless the host's key may pay for this person at all."""
        if self.access is Access.OWN_KEY_ONLY:
            told = messages.OWN_KEY_ONLY_PROGRAM if person.is_program else messages.OWN_KEY_ONLY
            raise NotAllowed(told)
        if self.access is not Access.EVERYONE and not person.user:
            raise NotAllowed(messages.SIGN_IN)
        if self.access is Access.LISTED and person.user.lower() not in self.users:
            raise NotAllowed(messages.NOT_LISTED)


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent or is reserved, as the store counts it."""

    pictures_this_hour: int = 0
    """Of this person."""
    by_person_today: Micros = 0
    today: Micros = 0
    this_month: Micros = 0
    unsettled: Micros = 0
    """Of jobs under way, or ended after the balance was told: it may not be gone from that yet."""
    is_stopped: bool = False
    """The host's switch."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What is reserved for one click, and the check it must pass inside the transaction that writes it."""

    limits: Limits
    person: str
    """As whom the payer is counted."""
    price: Micros
    """Of one picture, at the most."""
    balance: Micros | None
    """None: this API has no such call, which only a host at home may ignore."""
    balance_told: float = 0.0
    """Unix seconds: what ended later may be missing from it."""

    def check_open(self, spent: Spent) -> None:
        """Raise NotAllowed when the host's key pays for nothing, or not for this person."""
        self.limits.admit(Person.counted_as(self.person))
        if self.limits.is_stopped or spent.is_stopped:
            raise NotAllowed(messages.STOPPED_BY_HOST)

    def check(self, spent: Spent, pictures: int) -> None:
        """Raise NotAllowed when these pictures would pass any of the limits."""
        self.check_open(spent)
        limits, cost = self.limits, self.price * pictures
        if spent.pictures_this_hour + pictures > limits.pictures_per_hour:
            raise NotAllowed(messages.picture_limit(limits.pictures_per_hour))
        if spent.by_person_today + cost > limits.per_person_day:
            raise NotAllowed(messages.person_limit(dollars(limits.per_person_day)))
        if spent.today + cost > limits.per_day:
            raise NotAllowed(messages.DAY_SPENT)
        if spent.this_month + cost > limits.per_month:
            raise NotAllowed(messages.MONTH_SPENT)
        if self.balance is not None and self.balance - spent.unsettled - cost < limits.min_balance:
            raise NotAllowed(messages.BALANCE_LOW)


class Settling(Enum):
    """What becomes of a reservation."""

    KEPT = "kept"
    """It may still be charged."""
    PAID = "paid"
    REFUNDED = "refunded"
    """A picture was tried, and costs nothing."""
    VOID = "void"
    """Nothing was ever made."""


def settling(job: Job) -> Settling:
    """Return what a job's state says of the money reserved for it."""
    if not job.ended:
        return Settling.KEPT
    if job.state is JobState.COMPLETED:
        return Settling.PAID
    charge = job.trouble.charge if job.trouble else Charge.MAYBE
    ways = {Charge.NONE: Settling.VOID, Charge.REFUNDED: Settling.REFUNDED, Charge.SPENT: Settling.PAID}
    return ways.get(charge, Settling.KEPT)
