"""Sample messages: one of every code of the catalogue, with values like those of its parameters."""

from __future__ import annotations

from components import messages
from components.messages.catalogue import Param, placeholders, texts
from components.messages.message import LITERAL, Message

_VALUES: dict[str, Param] = {
    "field": messages.field_title("width"),
    "what": messages.feature("loras"),
    "dollars": 1.5,
    "time": 1_800_000_000,
}
CODES = sorted({key.split(".")[1] for key in texts() if key.startswith("message.")} - {LITERAL})


def sample(code: str, count: int = 3) -> Message:
    """Return the message of a code."""
    keys = [key for key in texts() if key.startswith(f"message.{code}.")]
    names = {name for key in keys for name in placeholders(texts()[key])}
    return Message(code, {name: count if name == "count" else _VALUES.get(name, "Nine.") for name in names})
