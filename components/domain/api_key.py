"""API key as a value: cleaned of what pasting adds; only a fingerprint of it may be stored. Pure."""

from __future__ import annotations

import hashlib
import re

from components import messages
from components.errors import InvalidRequest

MAX_KEY_LENGTH = 400
"""Characters."""
# `$`: "Bearer" alone would else be sent as a key.
_BEARER = re.compile(r"(?i)(bearer(\s+|$))+")


def cleaned(text: object) -> str:
    """Return a pasted key without blanks around it and without a leading `Bearer `; "" when nothing is left.

    Raises InvalidRequest for text that no HTTP header can carry, or with blanks inside.
    """
    if not isinstance(text, str):
        raise InvalidRequest("key", messages.KEY_UNLIKE_ANY)
    key = _BEARER.sub("", text.strip(), count=1) if _BEARER.match(text.strip()) else text.strip()
    if len(key) > MAX_KEY_LENGTH or not key.isascii() or (key and not key.isprintable()) or " " in key:
        raise InvalidRequest("key", messages.KEY_UNLIKE_ANY)
    return key


def fingerprint_of(key: str) -> str:
    """Return 16 hex digits of a SHA-256 hash: enough to recognise the key, not to recover it. This may be stored."""
    # With words of its own: a plain hash of the same key, leaked elsewhere, does not match.
    return hashlib.sha256(f"playground key {key}".encode()).hexdigest()[:16]


def masked(key: str) -> str:
    """Return the key as its owner sees it: its last four characters, none of a key shorter than 12."""
    return f"...{key[-4:]}" if len(key) >= 12 else "..."
