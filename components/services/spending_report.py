"""Spending report: what the host's key spent on each person, the limits, the balance and the key's state."""

from __future__ import annotations

from dataclasses import dataclass

from components.budget.account_level import Slowdown
from components.budget.limits import DAY, BudgetLimits, DaySpending, PersonSpending, SpendingTotals
from components.domain.forgotten_task import ForgottenTask
from components.domain.machine import Machine
from components.domain.money import Micros
from components.messages.message import Message
from components.services.host_account import HostAccount
from components.storage.async_store import AsyncStore

REPORTED_DAYS = 7
"""Days of which the host's page compares what was expected with the service's bill, today included."""


@dataclass(frozen=True, slots=True)
class SpendingReport:
    """What was spent with the host's key, and what it may be spent on."""

    limits: BudgetLimits
    spent: SpendingTotals
    is_unread: bool
    """True while the record of what was spent cannot be read: spending is stopped unless the host resumed it."""
    balance: Micros | None
    """In micro-dollars; None when the API gave none."""
    people: tuple[PersonSpending, ...]
    """The last 30 days, the highest spending first."""
    days: tuple[DaySpending, ...] = ()
    """The last days, the latest first."""
    trouble: Message | None = None
    """Why the host's key can make no image at all; None when it can."""
    slowdown: Slowdown | None = None
    """Recent 429s of the host's account; None when there were none."""
    forgotten: tuple[ForgottenTask, ...] = ()
    """Tasks of the last days that were paid for and that no job has, since a crash has set the folder back."""


@dataclass(frozen=True, slots=True)
class OwnerReport:
    """Content of the host's page."""

    spending: SpendingReport | None
    """None where nothing is paid."""
    machine: Machine | None
    """What our own server computes on; None where there is none, or before it says so."""


async def spending_report(
    account: HostAccount, store: AsyncStore, now: float, slowdown: Slowdown | None
) -> SpendingReport:
    """Return the report at `now`, in Unix seconds. Raises StorageError."""
    people = await store.spending_by_person(now)
    # Of no payer: only the sums over all of them are shown.
    totals = await store.spending_totals("", now, is_stopped=account.is_spending_unknown)
    # From the start of a day: a day of which a part were left out would look like one with less spending.
    days = await store.spending_by_day((now // DAY - REPORTED_DAYS + 1) * DAY)
    forgotten = await store.forgotten_tasks(now - REPORTED_DAYS * DAY)
    balance = await account.balance()
    return SpendingReport(
        account.limits,
        totals,
        account.is_spending_unknown,
        balance,
        tuple(people),
        tuple(days),
        trouble=account.trouble,
        slowdown=slowdown,
        forgotten=tuple(task for task in forgotten if task.cost or task.link),
    )
