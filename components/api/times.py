"""Times of the API's answers as Unix seconds: ISO 8601 by its contract, or as other services write them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from components.domain.json_values import as_text

_LIMIT = 64
"""Characters of a time."""
_EPOCH = re.compile(r"\d{10,19}(?:\.\d{1,9})?")
_UNITS = {1e9: 1, 1e12: 1e3, 1e15: 1e6, 1e18: 1e9}
"""Parts of a second of a number from the key to ten times as much, which are the years 2001 to 2286."""
_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT)$")
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")


def unix_seconds(value: object) -> float | None:
    """Return a time as Unix seconds; None for what is no time.

    A text is ISO 8601, RFC 1123 or Go's, UTC without a time zone; a number counts seconds, or thousandths, millionths
    or billionths of one.
    """
    text = as_text(value)[: _LIMIT + 1].strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    if len(text) > _LIMIT:
        return None
    return _of_number(float(text)) if _EPOCH.fullmatch(text) else _of_text(text)


def _of_number(count: float) -> float | None:
    return next((count / parts for least, parts in _UNITS.items() if least <= count < 10 * least), None)


def _of_text(text: str) -> float | None:
    for read in (_of_iso, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None


def _of_iso(text: str) -> datetime:
    # Reads the final `Z` of the API's times only since Python 3.11.
    return datetime.fromisoformat(_SPACED_OFFSET.sub("", _ZONE_NAME.sub("", text)))
