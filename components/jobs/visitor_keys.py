"""Visitors' own API keys: in memory only, each under a random token that its browser tab stores."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from components.clock import Clock
from components.domain.api_key import fingerprint_of, masked
from components.domain.fair_limit import FairLimit
from components.domain.token_bucket import BucketSize, TokenBuckets

UNUSED_SECONDS = 12 * 3600.0
"""Time without use after which a key is forgotten."""
MAX_KEYS = 5_000
"""Most tokens at a time; beyond it the one unused for longest is evicted."""
VISITOR_TRIES = BucketSize(burst=10, per_second=1 / 6)
"""Keys that one visitor may have checked: each check is a call of the API, from the host's address."""
CLIENT_TRIES = BucketSize(burst=30, per_second=0.5)
"""The same of one address, which a school class may share; a visitor's own name is easily changed."""
ALL_TRIES = BucketSize(burst=600, per_second=10)
MAX_TABS_PER_KEY = 20
"""Most tokens of one key, so that one visitor's tabs cannot evict the keys of others."""


@dataclass(slots=True)
class VisitorKey:
    """API key of a visitor; its `repr` is without the key."""

    key: str = field(repr=False)
    last_used: float
    """By the monotonic clock."""
    fingerprint: str = field(init=False)
    """Short hash of the key: all that may be stored on disk."""

    def __post_init__(self) -> None:
        self.fingerprint = fingerprint_of(self.key)

    @property
    def masked(self) -> str:
        """Return the key as the page shows it to its owner, all but its end hidden."""
        return masked(self.key)


class VisitorKeys:
    """Visitors' keys by token."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_token: dict[str, VisitorKey] = {}
        self._evicted: list[VisitorKey] = []
        self._visitor_tries = TokenBuckets(VISITOR_TRIES, clock)
        self._tries = FairLimit(CLIENT_TRIES, ALL_TRIES, clock)

    def may_try(self, visitor: str, client: str) -> bool:
        """Count one key that is to be checked for a visitor at an address; return False beyond their limits."""
        return not self._visitor_tries.take(visitor) and self._tries.take(client)

    def add(self, key: str) -> str:
        """Store a key and return its token: 256 random bits in hex.

        Keys that it evicts are returned by the next `drop_unused`.
        """
        added = VisitorKey(key, self._clock.monotonic())
        self._make_room(
            [token for token, other in self._by_token.items() if other.fingerprint == added.fingerprint],
            MAX_TABS_PER_KEY,
        )
        self._make_room(list(self._by_token), MAX_KEYS)
        token = secrets.token_hex(32)
        self._by_token[token] = added
        return token

    def find(self, token: str) -> VisitorKey | None:
        """Return the key of a token, which counts as use; None when it is unknown or was unused for too long."""
        found = self._by_token.get(token)
        if found and self._clock.monotonic() - found.last_used < UNUSED_SECONDS:
            found.last_used = self._clock.monotonic()
            return found
        return None

    def has(self, fingerprint: str) -> bool:
        """Return whether a key of this fingerprint is stored under any token."""
        return any(stored.fingerprint == fingerprint for stored in self._by_token.values())

    def forget(self, token: str) -> str:
        """Delete a token; return the fingerprint of its key, "" for an unknown token."""
        removed = self._by_token.pop(token, None)
        return removed.fingerprint if removed else ""

    def forget_key(self, fingerprint: str) -> None:
        """Delete all tokens of a key, as when the service rejects it."""
        self._by_token = {token: key for token, key in self._by_token.items() if key.fingerprint != fingerprint}

    def drop_unused(self) -> list[VisitorKey]:
        """Delete tokens that were unused for too long; return the keys that have no token left, evicted ones too."""
        latest = self._clock.monotonic() - UNUSED_SECONDS
        unused = [token for token, stored in self._by_token.items() if stored.last_used <= latest]
        dropped = self._evicted + [self._by_token.pop(token) for token in unused]
        self._evicted = []
        # The same key may live on under the token of another tab.
        return [key for key in dropped if not self.has(key.fingerprint)]

    def _make_room(self, tokens: list[str], limit: int) -> None:
        """Evict the token of these that is unused for longest when there are `limit` of them."""
        if len(tokens) >= limit:
            self._evicted.append(self._by_token.pop(min(tokens, key=lambda token: self._by_token[token].last_used)))
