"""Message JSON: a message as the page's scripts get it, which have the texts."""

from __future__ import annotations

from typing import Any

from components.messages.message import Message, message_record, renderable


def message_json(message: Message, *, is_free: bool) -> dict[str, Any]:
    """Return a message as JSON values; a free backend's mentions no money."""
    return {**message_record(renderable(message)), **({"charge": ""} if is_free else {})}
