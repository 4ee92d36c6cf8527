"""Messages to visitors, by area. Each has three parts: what happened, whether it was charged, what to do.

They are shown as text, never as HTML. Labels and names are not messages; they are where they are used.
"""

from __future__ import annotations

from components.errors import Charge, Message
from components.messages.access import *
from components.messages.form import *
from components.messages.loras import *
from components.messages.page import *
from components.messages.recipes import *
from components.messages.results import *
from components.messages.sending import *
from components.messages.source_image import *
from components.messages.tracking import *

CHARGED = {
    Charge.NONE: "Nothing was charged.",
    Charge.MAYBE: "It may have been charged.",
    Charge.REFUNDED: "Failed tasks are refunded, usually within 3 hours.",
    Charge.SPENT: "It was charged.",
}
"""Texts of the second part; left out on a backend that is free."""


def charged(sentence: Message, *, is_free: bool) -> str:
    """Return the part about the charge; empty on a backend that is free."""
    return "" if is_free else CHARGED[sentence.charge]


def in_full(sentence: Message, *, is_free: bool) -> str:
    """Return the three parts of a message as one line."""
    parts = (sentence.happened, charged(sentence, is_free=is_free), sentence.advice)
    return " ".join(part for part in parts if part)
