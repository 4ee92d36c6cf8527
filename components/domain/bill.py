"""Bill: what a task cost in truth, by the entries about it in the service's list of billings. Pure.

Facts from the vendor's pages "Check billings" and "Search billings API": a task has a deduction, whose order is open
while the task runs, and after a failure or a stop a refund, up to hours later. No source states the unit of amounts
for certain: dollars in newer pages, millionths of a dollar in an older one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from components.domain.money import Micros, micros

_HOUR = 3600.0
LOOK_SECONDS = (5.0, 30.0, 120.0, 600.0, _HOUR / 2, _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR)
"""Seconds after the end of a job at which the list of billings is read, until the bill is final."""
NO_ENTRY_SECONDS = 60.0
"""Age of a task without an image at which a list without an entry means that nothing was charged."""
UNIT_RATIO = 30
"""Largest ratio between an amount and the quoted price. The two units are a million apart: only one of them fits."""
USUAL_PRICES = range(100, 10_000_001)
"""Millionths of a dollar that one image may cost where no price was quoted, as on a visitor's own key: up to $10."""


class BillOutcome(Enum):
    """What the list of billings says about a task."""

    CHARGED = "charged"
    REFUNDED = "refunded"
    NOT_CHARGED = "not_charged"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class BillEntry:
    """Entry of the list of billings."""

    task_id: str
    amount: int | float
    """In dollars or millionths of a dollar, see `amount_in_micros`; not negative."""
    is_refund: bool = False
    is_open: bool = False
    """True while the task's order is under way: the amount may change."""
    created_at: float | None = None
    """Unix seconds by the service's clock."""
    payer_key: str = ""
    """Id or name of the API key that paid, one of the account's; empty when the entry names none."""


@dataclass(frozen=True, slots=True)
class Bill:
    """Bill of one task: the sums of its entries, in millionths of a dollar. None: their unit is not clear."""

    charged: Micros | None
    refunded: Micros | None
    checked: float
    """Unix seconds at which the list was read."""
    is_final: bool = False
    """False: the list is read again, since an entry is open or a refund may follow."""

    @property
    def cost(self) -> Micros | None:
        """Return what was charged less what was refunded; None when it is not known."""
        if self.charged is None or self.refunded is None:
            return None
        return max(0, self.charged - self.refunded)

    @property
    def outcome(self) -> BillOutcome:
        """Return what the bill says in one word; a part of the price that was refunded leaves it charged."""
        if self.cost is None:
            return BillOutcome.NOT_KNOWN
        if self.cost > 0:
            return BillOutcome.CHARGED
        return BillOutcome.REFUNDED if self.charged else BillOutcome.NOT_CHARGED


@dataclass(frozen=True, slots=True)
class BilledTask:
    """Task that has ended and whose bill is not final."""

    job_id: str
    account: str
    task_id: str
    quote: Micros | None
    """Quoted price, by which the unit of amounts is recognized; None: not known."""
    ended: float
    """Unix seconds."""
    has_image: bool
    """Whether the task delivered an image, so that an entry must come; of one that failed there may never be one."""


def bill_of(task: BilledTask, entries: Sequence[BillEntry], now: float) -> Bill | None:
    """Return the bill of a task by its entries at `now`, in Unix seconds; None while nothing is known."""
    age = now - task.ended
    if not entries and (task.has_image or age < NO_ENTRY_SECONDS):
        return None
    charged = _sum([entry for entry in entries if not entry.is_refund], task.quote)
    refunded = _sum([entry for entry in entries if entry.is_refund], task.quote)
    bill = Bill(charged, refunded, now)
    is_balanced = bool(entries) and (task.has_image or bill.cost == 0)
    is_final = age >= LOOK_SECONDS[-1] or (is_balanced and not any(entry.is_open for entry in entries))
    return Bill(charged, refunded, now, is_final)


def amount_in_micros(amount: object, quote: Micros | None) -> Micros | None:
    """Return an amount of the list in millionths of a dollar; None where neither unit fits.

    Decided by the type of the number, and by its size against the quoted price. Without a quote a number with a
    fraction counts as dollars, and a whole one in USUAL_PRICES as millionths: so many dollars no image costs.
    """
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return None
    if amount == 0:
        return 0
    if not quote:
        return _without_quote(amount)
    candidates = [micros(amount), int(amount) if float(amount).is_integer() else None]
    return next((one for one in candidates if one and quote <= one * UNIT_RATIO and one <= quote * UNIT_RATIO), None)


def _without_quote(amount: float) -> Micros | None:
    if not float(amount).is_integer():
        return micros(amount)
    return int(amount) if int(amount) in USUAL_PRICES else None


def _sum(entries: Sequence[BillEntry], quote: Micros | None) -> Micros | None:
    amounts = [amount_in_micros(entry.amount, quote) for entry in entries]
    return None if None in amounts else sum(amount for amount in amounts if amount is not None)
