"""Messages to visitors, by area. Each has three parts: what happened, whether it was charged, what to do.

Their texts are in the catalogue, assets/locales; they are shown as text, never as HTML.
"""

from __future__ import annotations

from components.messages.access import *
from components.messages.catalogue import ENGLISH
from components.messages.catalogue import Text as Text
from components.messages.catalogue import text as text
from components.messages.edge import *
from components.messages.form import *
from components.messages.loras import *
from components.messages.message import Charge as Charge
from components.messages.message import Message as Message
from components.messages.message import literal as literal
from components.messages.page import *
from components.messages.recipes import *
from components.messages.results import *
from components.messages.sending import *
from components.messages.source_image import *
from components.messages.tracking import *


def charged(message: Message, *, is_free: bool, language: str = ENGLISH) -> str:
    """Return the part about the charge; empty on a backend that is free."""
    return "" if is_free else text(f"charge.{message.charge.value}", language=language)


def in_full(message: Message, *, is_free: bool, language: str = ENGLISH) -> str:
    """Return the three parts of a message as one line."""
    happened, *advice = message.texts_in(language)
    parts = (happened, charged(message, is_free=is_free, language=language), *advice)
    return " ".join(part for part in parts if part)
