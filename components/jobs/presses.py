"""Presses that the page gave up before they arrived: a late one is refused, so that it was certainly not charged."""

from __future__ import annotations

from components import messages
from components.errors import PressRevoked

MAX_REVOKED = 10_000
"""Presses remembered; a press arrives within minutes or never."""


class Presses:
    """Presses by visitor and click: being saved, or given up."""

    def __init__(self) -> None:
        self._arriving: set[tuple[str, str]] = set()
        self._revoked: dict[tuple[str, str], None] = {}

    def check(self, visitor: str, click: str) -> None:
        """Raise PressRevoked for a press that the page gave up."""
        if (visitor, click) in self._revoked:
            raise PressRevoked(messages.UNANSWERED)

    def arrive(self, visitor: str, click: str) -> None:
        """Mark a press as being saved, until `saved`."""
        self._arriving.add((visitor, click))

    def saved(self, visitor: str, click: str) -> None:
        """Unmark a press whose jobs are stored now, or could not be stored."""
        self._arriving.discard((visitor, click))

    def revoke(self, visitor: str, click: str) -> bool:
        """Refuse a press from now on; return False when it is being saved at this moment."""
        if (visitor, click) in self._arriving:
            return False
        self._revoked[visitor, click] = None
        if len(self._revoked) > MAX_REVOKED:
            del self._revoked[next(iter(self._revoked))]
        return True
