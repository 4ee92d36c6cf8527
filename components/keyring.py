"""Visitors' own keys: in this process's memory and nowhere else, each under a token that only one tab knows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from components.clock import Clock
from components.keys import mark, tail

UNUSED_SECONDS = 12 * 3600.0
"""After so long without use a key is forgotten."""
MOST_KEYS = 5_000
"""The key unused for longest makes room for the next."""
TABS_A_KEY = 20
"""So many tabs hold one key at the most, so that one visitor cannot push the others' keys out."""


@dataclass(slots=True)
class OwnKey:
    """A key that is held for its owner."""

    key: str = field(repr=False)
    used: float
    """By the monotonic clock."""
    mark: str = field(init=False)
    """What may be stored of it."""

    def __post_init__(self) -> None:
        self.mark = mark(self.key)

    @property
    def tail(self) -> str:
        """Return how it is shown to its owner."""
        return tail(self.key)


class KeyRing:
    """Hands a key out to whoever brings its token."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, OwnKey] = {}
        self._pushed_out: list[OwnKey] = []

    def keep(self, key: str) -> str:
        """Hold a key and return its token: 256 random bits. What it pushes out is in the next `forget_unused`."""
        own = OwnKey(key, self._clock.monotonic())
        self._make_room([token for token, other in self._held.items() if other.mark == own.mark], TABS_A_KEY)
        self._make_room(list(self._held), MOST_KEYS)
        token = secrets.token_hex(32)
        self._held[token] = own
        return token

    def find(self, token: str) -> OwnKey | None:
        """Return the key of a token, which counts as use."""
        own = self._held.get(token)
        if own and self._clock.monotonic() - own.used < UNUSED_SECONDS:
            own.used = self._clock.monotonic()
            return own
        return None

    def holds(self, key_mark: str) -> bool:
        """Tell whether a key is held, by its mark."""
        return any(own.mark == key_mark for own in self._held.values())

    def forget(self, token: str) -> str:
        """Let go of a key; return its mark, "" when the token is nobody's."""
        own = self._held.pop(token, None)
        return own.mark if own else ""

    def forget_key(self, key_mark: str) -> None:
        """Let go of a key under whatever tokens it is held: the service does not take it."""
        self._held = {token: own for token, own in self._held.items() if own.mark != key_mark}

    def forget_unused(self) -> list[OwnKey]:
        """Let go of what nobody has used for long; return the keys that are held no more."""
        latest = self._clock.monotonic() - UNUSED_SECONDS
        unused = [token for token, own in self._held.items() if own.used <= latest]
        gone = self._pushed_out + [self._held.pop(token) for token in unused]
        self._pushed_out = []
        return [own for own in gone if not self.holds(own.mark)]

    def _make_room(self, tokens: list[str], most: int) -> None:
        """Let the one of these go that is unused for longest when there are too many."""
        if len(tokens) >= most:
            self._pushed_out.append(self._held.pop(min(tokens, key=lambda token: self._held[token].used)))
