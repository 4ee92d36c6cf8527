"""Timestamps of the API: ISO 8601, UTC, milliseconds."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from components.messages.message import Message
from components.server.errors import out_of_range


def now_ms() -> int:
    """Return the time in milliseconds of Unix time."""
    return time.time_ns() // 1_000_000


def iso(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix_ms(field: str, value: object) -> int | None:
    """Return a client's time in milliseconds, None for None; UTC if it has no zone. Raise Refused naming `field`."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise out_of_range(Message("server_not_a_time", {"field": field})) from error
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
