"""What was asked for and what was seen of it: frozen values, valid by construction, shared by all layers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeGuard

from components import messages
from components.errors import InvalidRequest, Sentence

MAX_SEED = 2_147_483_647


@dataclass(frozen=True, slots=True)
class LoraWeight:
    """A LoRA and how strongly it is applied."""

    path: str
    """A Hugging Face `owner/name` or an https URL of a `.safetensors` file."""
    scale: float = 1.0

    def __post_init__(self) -> None:
        _require(bool(self.path.strip()), "loras", messages.NO_LORA_PATH)
        _require(_is_number(self.scale), "loras", messages.not_finite("The scale of a LoRA"))


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What the person asked for. Which ranges a model allows is its schema's business, see schema.py."""

    prompt: str
    negative_prompt: str = ""
    width: int = 1024
    """Pixels."""
    height: int = 1024
    """Pixels."""
    guidance_scale: float = 3.5
    num_inference_steps: int = 28
    seed: int = -1
    """-1: drawn before a job exists, see seeds.py."""
    loras: tuple[LoraWeight, ...] = ()
    """Their order changes nothing."""

    def __post_init__(self) -> None:
        _require(bool(self.prompt.strip()), "prompt", messages.NO_PROMPT)
        for name in ("prompt", "negative_prompt"):
            _require(is_text(getattr(self, name)), name, messages.HALF_A_CHARACTER)
        for name in ("width", "height", "num_inference_steps", "seed"):
            _require(is_whole(getattr(self, name)), name, messages.not_whole(_words(name)))
        _require(_is_number(self.guidance_scale), "guidance_scale", messages.not_finite("Guidance"))

    def with_seed(self, seed: int) -> GenerationRequest:
        """Return the same wish with another seed."""
        return replace(self, seed=seed)


class TaskStatus(Enum):
    """The API's own words for where a task is."""

    QUEUED = "created"
    RUNNING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timeout"
    DELETED = "deleted"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing follows this status."""
        return self not in (TaskStatus.QUEUED, TaskStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """One observation of a task."""

    task_id: str
    status: TaskStatus
    outputs: tuple[str | bytes, ...] = ()
    """URLs, or the pictures' own bytes when the API sent them inline. Empty until COMPLETED."""
    nsfw: tuple[bool, ...] = ()
    """One for each output; missing ones count as harmless."""
    error: str = ""
    """The API's own sentence; empty unless it failed."""
    inference_ms: int | None = None
    """What the API says the making took."""
    query_url: str | None = None
    """Where the API wants to be asked; None: built from the id."""
    created_at: float | None = None
    """Unix seconds by the API's clock."""
    model: str = ""
    note: str = ""
    """A sentence of our own server for the person; the hosted API has none."""
    step: int | None = None
    """Steps done so far; our own server alone tells."""
    steps: int | None = None
    position: int | None = None
    """Place in line, 0 is next; our own server alone tells."""


def _require(holds: bool, field: str, told: Sentence) -> None:
    if not holds:
        raise InvalidRequest(field, told)


def is_text(value: str) -> bool:
    """Tell a text from one with half a surrogate pair, which no JSON body can carry."""
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def is_whole(value: object) -> TypeGuard[int]:
    """Tell a whole number from everything else, `True` included."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -math.inf < value < math.inf


def _words(name: str) -> str:
    return {"num_inference_steps": "Steps"}.get(name, name.capitalize())
