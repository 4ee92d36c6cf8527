"""Note for the visitor when no word of a prompt is known."""

from __future__ import annotations

from components.engines.demo.words.parse import Scene
from components.messages.message import Message

KNOWS_NONE = Message("demo_knows_none")


def notes_for(scene: Scene) -> tuple[Message, ...]:
    """Return the note; none when any word was recognized."""
    return () if scene.known else (KNOWS_NONE,)
