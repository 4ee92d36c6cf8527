"""An API key as a value: what pasting did to it is mended, and only a mark of it may be written down. Pure."""

from __future__ import annotations

import hashlib

from components import messages
from components.errors import InvalidRequest

LONGEST = 400


def cleaned(text: object) -> str:
    """Return a key without the blanks and the `Bearer ` that pasting brings; "" when there is none.

    Raises InvalidRequest for what no HTTP header can carry.
    """
    if not isinstance(text, str):
        raise InvalidRequest("key", messages.KEY_UNLIKE_ANY)
    key = text.strip().removeprefix("Bearer ").strip()
    if len(key) > LONGEST or not key.isascii() or (key and not key.isprintable()) or " " in key:
        raise InvalidRequest("key", messages.KEY_UNLIKE_ANY)
    return key


def mark(key: str) -> str:
    """Return what may be stored of a key: it tells whether a key is the same, and nothing else."""
    return hashlib.sha256(f"playground key {key}".encode()).hexdigest()[:16]


def tail(key: str) -> str:
    """Return how a key is shown to its owner."""
    return f"...{key[-4:]}" if len(key) >= 12 else "..."
