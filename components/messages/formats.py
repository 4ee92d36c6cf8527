"""Formats of values in English texts; assets/ui/shared/formats.js has those of the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType

_DAY = 24 * 60 * 60


def number(value: float) -> str:
    """Return a number with at most 12 digits, such as `1,536` or `4.5`."""
    return f"{value:,.12g}" if isinstance(value, float) else f"{value:,}"


def money(dollars: float | Decimal) -> str:
    """Return an amount such as `$4.20`; below ten cents with up to six decimals, such as `$0.0125`."""
    sign, value = "-" if dollars < 0 else "", abs(Decimal(str(dollars)))
    digits = 2 if value >= Decimal("0.1") or not value else 4 if value >= Decimal("0.0001") else 6
    whole, _, decimals = f"{value:,.{digits}f}".partition(".")
    return f"{sign}${whole}.{decimals.rstrip('0'):0<2}"


def time_of_day(moment: float) -> str:
    """Return Unix seconds as `14:05 UTC`."""
    return datetime.fromtimestamp(moment % _DAY, UTC).strftime("%H:%M UTC")


def date(moment: float) -> str:
    """Return Unix seconds as a day, such as `2026-11-29`."""
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d")


def moment(seconds: float) -> str:
    """Return Unix seconds as a day and a time, such as `on 2026-11-29 at 14:05 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("on %Y-%m-%d at %H:%M UTC")


FORMATS: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {"money": money, "time": time_of_day, "date": date, "moment": moment}
)
"""Formats by the types that a placeholder may name: `{price, money}` takes dollars, `{time, time}` Unix seconds."""
