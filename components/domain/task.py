"""Task: one submitted request at the API, and one observation of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from components.messages.catalogue import Param
from components.messages.message import Message


class TaskStatus(Enum):
    """Status of a task, by the names of the v3 API's contract."""

    QUEUED = "created"
    RUNNING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timeout"
    DELETED = "deleted"

    @property
    def is_final(self) -> bool:
        """Return whether no other status follows."""
        return self not in (TaskStatus.QUEUED, TaskStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """Observation of a task."""

    task_id: str
    status: TaskStatus
    outputs: tuple[str | bytes, ...] = ()
    """URLs, or the image files' bytes when the API sent them inline. Empty until COMPLETED."""
    nsfw: tuple[bool, ...] = ()
    """One flag per output; a missing one counts as False."""
    error: Param = ""
    """The API's own message, or a text of the catalogue that our own server named; empty unless the task failed."""
    inference_ms: int | None = None
    """Milliseconds of inference, as the API measured them."""
    query_url: str | None = None
    """URL at which the API wants the task to be queried; None when it is built from the id."""
    created_at: float | None = None
    """Unix seconds by the API's clock."""
    model: str = ""
    notes: tuple[Message, ...] = ()
    """Notes of our own server for the visitor; the hosted API sends none."""
    step: int | None = None
    """Denoising steps done; sent by our own server only, as the four values below."""
    steps: int | None = None
    """Denoising steps in all."""
    position: int | None = None
    """Queue position, 0 is next."""
    preview: str = ""
    """Small JPEG of the unfinished image as a data URI; empty without one."""
    stage: Message | None = None
    """Stage before the first step, such as loading a model; None after it."""
