"""Machine: what our own server computes on, as it says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One device."""

    name: str
    """By its own name."""
    precision: str
    free: int
    """Bytes, as of the latest image where several cards work."""
    total: int
    """Bytes."""
    lanes: int
    """Images at once."""


@dataclass(frozen=True, slots=True)
class Machine:
    """All devices of a server."""

    description: str
    """Devices, precision and memory in one line."""
    command: str = ""
    """Command after which the server would use a better device; empty: none is known."""
    cards: tuple[Card, ...] = ()
    not_ready: tuple[str, ...] = ()
    """Devices of the host's settings that do not compute, or not yet."""
    setting: str = ""
    """Setting with which cards that are not used would make images too; empty: there are none."""
