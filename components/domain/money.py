"""Money: US dollars as whole millionths, so that sums are exact, and the quote of a price. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

Micros = int
"""Millionths of a US dollar."""
MAX_MICROS = 10**15
"""Largest amount that is accepted: a thousand million dollars."""


def micros(dollars: object) -> Micros | None:
    """Return dollars as millionths, rounded up; None for what is no finite number, or is above MAX_MICROS."""
    if isinstance(dollars, bool) or not isinstance(dollars, int | float | str | Decimal):
        return None
    try:
        # By way of text: Decimal(0.1) has all the digits of the float, and would be rounded up by a millionth.
        amount = Decimal(str(dollars)) * 1_000_000
    except (ArithmeticError, ValueError):  # not a number, or more digits than Python or Decimal accepts
        return None
    # Up: what is counted against a limit must not be less than what is charged.
    return int(amount.to_integral_value(ROUND_CEILING)) if amount.is_finite() and abs(amount) <= MAX_MICROS else None


def dollars(amount: Micros) -> float:
    """Return an amount in dollars, to be shown."""
    return amount / 1_000_000


@dataclass(frozen=True, slots=True)
class Quote:
    """Quote: the price of one image."""

    price: Micros
    """What is charged, discount deducted."""
    maximum: Micros
    """What may be charged at most: the list price where it is higher."""
