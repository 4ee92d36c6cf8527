"""Amounts of US dollars as whole millionths: sums of them are exact. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, InvalidOperation

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
    except InvalidOperation:
        return None
    return int(amount.to_integral_value(ROUND_CEILING)) if amount.is_finite() and abs(amount) <= MOST else None


def dollars(amount: Micros) -> str:
    """Return an amount as people read it: cents, and what is less than ten of them to three digits."""
    value = Decimal(amount) / 1_000_000
    if 0 < abs(value) < Decimal("0.1"):
        return f"${value.quantize(Decimal('0.0001')):f}".rstrip("0") if value >= Decimal("0.0001") else "under $0.0001"
    return f"${value.quantize(Decimal('0.01')):f}"
