"""JSON values: untrusted JSON read as the expected type, or as an empty value of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for a value of another type."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> Sequence[Any]:
    """Return a JSON array; an empty one for a value of another type."""
    return cast("list[Any]", value) if isinstance(value, list) else ()


def as_text(value: object) -> str:
    """Return a JSON string that UTF-8 can encode; an empty one for a value of another type.

    JSON may contain half a surrogate pair (`"\\ud800"`), which Python reads and no encoder accepts.
    """
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def as_count(value: object) -> int | None:
    """Return a number from 0 to below 10**12, rounded down; None for any other value."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return int(cast("float", value)) if is_number else None
