"""Amounts of US dollars as whole millionths: sums of them are exact. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

Micros = int
"""Millionths of a US dollar."""
MOST = 10**15
"""A thousand million dollars: nothing here is dearer."""


def micros(dollars: object) -> Micros | None:
    """Return an amount, a fraction of a millionth counted as a whole one; None for what is no amount of money."""
    if isinstance(dollars, bool) or not isinstance(dollars, int | float | str | Decimal):
        return None
    try:
        amount = Decimal(str(dollars)) * 1_000_000
    except (ArithmeticError, ValueError):  # no number, or one of more digits than Python reads or Decimal holds
        return None
    return int(amount.to_integral_value(ROUND_CEILING)) if amount.is_finite() and abs(amount) <= MOST else None


def dollars(amount: Micros) -> str:
    """Return an amount as people read it: cents, and what is less than ten of them to a hundredth of a cent."""
    value = Decimal(abs(amount)) / 1_000_000
    if amount <= 0 or value >= Decimal("0.1"):
        return f"{'-' if amount < 0 else ''}${value:.2f}"
    if value < Decimal("0.0001"):
        return "under $0.0001"
    cents, parts = f"{value:.4f}"[:-2], f"{value:.4f}"[-2:]
    return f"${cents}{parts.rstrip('0')}"
