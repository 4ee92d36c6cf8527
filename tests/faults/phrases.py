"""Regular expressions for messages that several scenarios expect."""

from __future__ import annotations

NOTHING_SENT = r"nothing was sent"
NOTHING_CHARGED = r"nothing was (sent|charged)"
MAYBE_CHARGED = r"may have been charged"
REFUNDED = r"refunded, usually within 3 hours"
UNEXPECTED_PAGE = r"unexpected web page"
SLOW = r"connection .*(is )?slow"
