"""Outcome of a task, with its messages as they are stored: codes, and texts in rows from before there were codes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

from components.messages.message import Message, literal, message_of, message_record


class Status(Enum):
    """Task status, in the API's words."""

    CREATED = "created"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """End of a task: an output, else an error."""

    output: str = ""
    """Name of its file."""
    nsfw: bool = False
    notes: tuple[Message, ...] = ()
    error: Message | None = None
    inference_ms: int = 0

    @property
    def status(self) -> Status:
        return Status.FAILED if self.error else Status.COMPLETED


NO_OUTCOME = Outcome()
"""Outcome of a task that has not ended."""


def messages_record(end: Outcome) -> str:
    """Return an outcome's messages as JSON, "" without any."""
    if not end.error and not end.notes:
        return ""
    error = message_record(end.error) if end.error else None
    return json.dumps({"error": error, "notes": [message_record(note) for note in end.notes]})


def texts_of(end: Outcome) -> tuple[str, str]:
    """Return error and notes in English, for servers of version 1, which know no codes; this one never reads them."""
    return str(end.error or ""), " ".join(str(note) for note in end.notes)


def messages_of(stored: str) -> tuple[Message | None, tuple[Message, ...]]:
    """Return error and notes of what `messages_record` returned."""
    record = json.loads(stored)
    error = message_of(record["error"]) if record["error"] else None
    return error, tuple(message_of(note) for note in record["notes"])


def messages_of_texts(error: str, note: str) -> tuple[Message | None, tuple[Message, ...]]:
    """Return the messages of a row from before there were codes."""
    return literal(error) if error else None, (literal(note),) if note else ()
