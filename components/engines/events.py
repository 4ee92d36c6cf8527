"""Events of an image that another process generates, as that process sends them; each can be pickled."""

from __future__ import annotations

from dataclasses import dataclass

from components.engines.protocol import EngineResult
from components.messages.message import Message


@dataclass(frozen=True, slots=True)
class Step:
    """Arguments of an `on_step` call in the other process."""

    step: int
    steps: int
    preview: bytes | None = None
    stage: Message | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Generated image."""

    result: EngineResult


@dataclass(frozen=True, slots=True)
class Failed:
    """Reason for the visitor why there is no image."""

    message: Message
