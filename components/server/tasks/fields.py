"""Parameters of the model; the validation and the schema of /models are made from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from components.engines.protocol import Refine, SupportsPresets

MODEL = "stability-ai/sdxl-lora"
MAX_LORAS = 4
MIN_SIDE, MAX_SIDE = 256, 1536
"""Pixels."""
MAX_SEED = 2**31 - 1
MAX_SCALE = 4.0


class Kind(Enum):
    """Types by their names in JSON schema."""

    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. Minimum and maximum are inclusive."""

    name: str
    kind: Kind
    description: str
    default: str | float | bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False


PROMPT = Field("prompt", Kind.STRING, "What the picture shows, in words.", required=True)
NEGATIVE_PROMPT = Field("negative_prompt", Kind.STRING, "What stays out of the picture.", "")
SIZE = Field("size", Kind.STRING, "Width*height of the picture in pixels.", "1024*1024", MIN_SIDE, MAX_SIDE)
IMAGE = Field("image", Kind.STRING, "The picture to start from: the URL of an upload, or a data URI.")
MASK = Field(
    "mask_image",
    Kind.STRING,
    "Which parts of the image are painted anew: white is repainted, black is kept; as large as the image.",
)
STRENGTH = Field(
    "prompt_strength",
    Kind.NUMBER,
    "How strongly the prompt changes the image; at 1 nothing of it is left.",
    0.8,
    0.0,
    1.0,
)
LORAS = Field("loras", Kind.ARRAY, "Styles to paint with, each with its weight.")
STEPS = Field("num_inference_steps", Kind.INTEGER, "How many steps the picture is refined in.", 28, 1, 50)
GUIDANCE = Field("guidance_scale", Kind.NUMBER, "How strictly the words are followed.", 3.5, 1.0, 20.0)
REFINE = Field(
    "refine",
    Kind.STRING,
    "How the refiner takes part.",
    Refine.NONE.value,
    choices=tuple(mode.value for mode in Refine),
)
HIGH_NOISE = Field(
    "high_noise_frac",
    Kind.NUMBER,
    "For expert_ensemble_refiner: the share of the steps after which the refiner takes over.",
    0.8,
    0.0,
    1.0,
)
REFINE_STEPS = Field(
    "refine_steps",
    Kind.INTEGER,
    "For base_image_refiner: the refiner's steps; as many as num_inference_steps when left out.",
    None,
    1,
    50,
)
SEED = Field("seed", Kind.INTEGER, "The same seed gives the same picture; -1 draws one.", -1, -1, MAX_SEED)
BASE64 = Field("enable_base64_output", Kind.BOOLEAN, "Answer with the picture itself, not its URL.", False)  # noqa: FBT003 - a default, not a flag of the call
SYNC = Field("enable_sync_mode", Kind.BOOLEAN, "Answer the submit when the picture is there.", False)  # noqa: FBT003

FIELDS = (
    PROMPT,
    NEGATIVE_PROMPT,
    IMAGE,
    MASK,
    STRENGTH,
    SIZE,
    LORAS,
    STEPS,
    GUIDANCE,
    REFINE,
    HIGH_NOISE,
    REFINE_STEPS,
    SEED,
    BASE64,
    SYNC,
)
"""Parameters of every engine, in the order of a form."""


def preset_of(engine: object) -> Field | None:
    """Return the field that chooses one of the engine's presets; None: the engine has none."""
    if not isinstance(engine, SupportsPresets):
        return None
    offered = engine.presets()
    return Field("preset", Kind.STRING, "The way of painting.", offered.usual, choices=offered.names)
