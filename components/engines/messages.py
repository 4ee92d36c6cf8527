"""Messages of engines whose images are made in other processes."""

from __future__ import annotations

from components.messages.message import Message

MADE_AGAIN = Message("note_made_again")
"""Note of an image whose first process ended, or its machine."""
