"""Message JSON: a message as the page's scripts show it."""

from __future__ import annotations

from components import messages
from components.errors import Message


def message_json(message: Message | None, *, is_free: bool) -> dict[str, str]:
    """Return the three parts of a message, empty texts for None; a free backend's mentions no money."""
    if not message:
        return {"happened": "", "charged": "", "advice": ""}
    charged = messages.charged(message, is_free=is_free)
    return {"happened": message.happened, "charged": charged, "advice": message.advice}
