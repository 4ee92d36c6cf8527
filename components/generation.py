"""What was asked for and what was seen of it: frozen values, valid by construction, shared by all layers."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
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


class Refine(Enum):
    """How the refiner takes part, by the API's names."""

    OFF = "no_refiner"
    ENSEMBLE = "expert_ensemble_refiner"
    """The base model hands the picture over before it is finished."""
    SECOND_PASS = "base_image_refiner"
    """The refiner goes over the finished picture once more."""


class Preset(Enum):
    """How our own engine paints, by the API's names."""

    FULL = "full"
    FAST = "fast"
    """A few steps, with a LoRA that was trained for them; without the refiner and the negative prompt."""


FAST_STEPS = 4
"""At most so many."""
FAST_GUIDANCE = 1.0


@dataclass(frozen=True, slots=True)
class SourceImage:
    """A picture a person gave, upright, without metadata, as it lies in the store: a PNG file."""

    name: str
    """Unguessable: who knows it may see the picture."""
    digest: str
    """SHA-256 of the file in hexadecimal: the same content is sent up once."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height."""
        return self.width, self.height


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
    image: SourceImage | None = None
    """The picture to start from, of the very size that is asked for."""
    mask: SourceImage | None = None
    """White: change, black: keep; of the size of `image`. What is black stays as it is, to the pixel."""
    feather: int = 0
    """Pixels inside the edge of the mask over which the new picture fades into the old one."""
    prompt_strength: float = 0.8
    """How much of `image` is painted anew, 0 to 1; at 1 nothing of it is left."""
    refine: Refine = Refine.OFF
    high_noise_frac: float = 0.8
    """For ENSEMBLE: the share of the steps after which the refiner takes over."""
    refine_steps: int | None = None
    """For SECOND_PASS; None: as many as the steps."""
    preset: Preset | None = None
    """None: as the model paints by itself."""

    def __post_init__(self) -> None:
        _require(bool(self.prompt.strip()), "prompt", messages.NO_PROMPT)
        for name in ("prompt", "negative_prompt"):
            _require(is_text(getattr(self, name)), name, messages.HALF_A_CHARACTER)
        for name in ("width", "height", "num_inference_steps", "seed"):
            _require(is_whole(getattr(self, name)), name, messages.not_whole(_words(name)))
        for name in ("guidance_scale", "prompt_strength", "high_noise_frac"):
            _require(_is_number(getattr(self, name)), name, messages.not_finite(_words(name)))
        if self.refine_steps is not None:
            _require(is_whole(self.refine_steps), "refine_steps", messages.not_whole(_words("refine_steps")))
        self._check_pictures()

    def _check_pictures(self) -> None:
        if self.image:
            _require(self.image.size == (self.width, self.height), "image", messages.IMAGE_NOT_FITTED)
        if self.mask:
            _require(self.image is not None, "mask_image", messages.MASK_WITHOUT_IMAGE)
            _require(self.mask.size == (self.width, self.height), "mask_image", messages.MASK_NOT_FITTED)

    @property
    def wishes(self) -> frozenset[str]:
        """Return the API's names of what a model must take, or the picture would ignore it."""
        found = {name for name in _PLAIN if getattr(self, name) != _USUAL[name]}
        if (self.width, self.height) != (_USUAL["width"], _USUAL["height"]) and not self.image:
            found.add("size")
        found |= {name for name, is_wanted in (("image", self.image), ("mask_image", self.mask)) if is_wanted}
        if self.image:
            found.add("prompt_strength")
        if self.refine is not Refine.OFF:
            found.add("refine")
            found.add("high_noise_frac" if self.refine is Refine.ENSEMBLE else "refine_steps")
        if self.preset is Preset.FAST:
            found.add("preset")
        return frozenset(found | {"prompt"})

    def as_painted(self) -> GenerationRequest:
        """Return the same wish with the steps and the guidance that its preset paints with."""
        if self.preset is not Preset.FAST:
            return self
        steps = min(self.num_inference_steps, FAST_STEPS)
        return replace(self, num_inference_steps=steps, guidance_scale=FAST_GUIDANCE)

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
    preview: str = ""
    """A small JPEG of the unfinished picture, as a data URI; our own server alone has it."""
    stage: str = ""
    """What is done before the first step; our own server alone tells."""


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
    return _WORDS.get(name, name.capitalize())


_PLAIN = ("negative_prompt", "guidance_scale", "num_inference_steps", "seed", "loras")
"""What is asked for as soon as it is not as usual."""
_USUAL = {one.name: one.default for one in fields(GenerationRequest)}
_WORDS = {
    "guidance_scale": "Guidance",
    "num_inference_steps": "Steps",
    "prompt_strength": "Strength",
    "high_noise_frac": "The handover",
    "refine_steps": "The refiner's steps",
}
