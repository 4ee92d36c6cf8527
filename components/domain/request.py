"""Generation request: the values of one image, valid by construction."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import TypeGuard

from components import messages
from components.errors import InvalidRequest
from components.messages.message import Message

MAX_SEED = 2_147_483_647
"""Largest seed of the v3 API's contract, 2**31 - 1."""


@dataclass(frozen=True, slots=True)
class LoraWeight:
    """LoRA of a request and its weight. Raises InvalidRequest for an empty path or a scale that is no number."""

    path: str
    """Hugging Face `owner/name`, https URL of a `.safetensors` file, or a file name in the host's LoRA folder."""
    scale: float = 1.0
    """0 has no effect, 1 is the trained strength; the range is the model's."""

    def __post_init__(self) -> None:
        _require(bool(self.path.strip()), "loras", messages.NO_LORA_PATH)
        _require(_is_number(self.scale), "loras", messages.not_finite("lora_scale"))


class Refine(Enum):
    """Refiner mode, by the API's names."""

    OFF = "no_refiner"
    ENSEMBLE = "expert_ensemble_refiner"
    """Ensemble of experts: the refiner does the last steps in place of the base model."""
    SECOND_PASS = "base_image_refiner"
    """The refiner runs on the base model's finished image."""


class Preset(Enum):
    """Speed of our own SDXL engine, by the API's names."""

    FULL = "full"
    FAST = "fast"
    """Few steps with a LoRA that was trained for them; without the refiner and the negative prompt."""


FAST_STEPS = 4
"""Steps of FAST, at most."""
FAST_GUIDANCE = 1.0
"""Guidance of FAST; at 1 classifier-free guidance, and with it the negative prompt, has no effect."""


@dataclass(frozen=True, slots=True)
class SourceImage:
    """Uploaded image or mask as it is stored: a PNG file, upright, without metadata."""

    name: str
    """File name of 128 random bits in hex. It is the only permission needed to see the image."""
    digest: str
    """SHA-256 of the file in hex, by which the same content is uploaded to the API only once."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Settings of one image, valid by construction; the ranges of a model are checked by `ModelSchema`.

    Raises InvalidRequest for an empty prompt, a value of the wrong type, or images that do not match the size.
    """

    prompt: str
    negative_prompt: str = ""
    width: int = 1024
    """Pixels."""
    height: int = 1024
    """Pixels."""
    guidance_scale: float = 3.5
    num_inference_steps: int = 28
    seed: int = -1
    """-1 for a random seed, drawn by `batch` before a job exists."""
    loras: tuple[LoraWeight, ...] = ()
    """The order has no effect."""
    image: SourceImage | None = None
    """Image to start from, of exactly `width` x `height`; None for text to image."""
    mask: SourceImage | None = None
    """Mask of the size of `image`: white is changed, black stays the same to the pixel; None to change all of it."""
    feather: int = 0
    """Pixels inside the edge of the mask over which the new image fades into the original."""
    prompt_strength: float = 0.8
    """Denoising strength over `image`, 0 to 1; at 1 nothing of it is left."""
    refine: Refine = Refine.OFF
    high_noise_frac: float = 0.8
    """For ENSEMBLE: share of the steps, 0 to 1, after which the refiner takes over."""
    refine_steps: int | None = None
    """For SECOND_PASS: steps of the refiner; None for as many as `num_inference_steps`."""
    preset: Preset | None = None
    """None for the model's own default."""

    def __post_init__(self) -> None:
        _require(bool(self.prompt.strip()), "prompt", messages.NO_PROMPT)
        for name in ("prompt", "negative_prompt"):
            _require(is_text(getattr(self, name)), name, messages.HALF_A_CHARACTER)
        for name in ("width", "height", "num_inference_steps", "seed"):
            _require(is_whole(getattr(self, name)), name, messages.not_whole(name))
        for name in ("guidance_scale", "prompt_strength", "high_noise_frac"):
            _require(_is_number(getattr(self, name)), name, messages.not_finite(name))
        if self.refine_steps is not None:
            _require(is_whole(self.refine_steps), "refine_steps", messages.not_whole("refine_steps"))
        self._check_images()

    def _check_images(self) -> None:
        if self.image:
            _require(self.image.size == (self.width, self.height), "image", messages.IMAGE_NOT_FITTED)
        if self.mask:
            _require(self.image is not None, "mask_image", messages.MASK_WITHOUT_IMAGE)
            _require(self.mask.size == (self.width, self.height), "mask_image", messages.MASK_NOT_FITTED)

    @property
    def required_fields(self) -> frozenset[str]:
        """Return the field names that a model must take, since their values differ from the default.

        A model without such a field would silently ignore it and charge for another image.
        """
        required = {name for name in _FIELDS_WITH_DEFAULT if getattr(self, name) != _DEFAULTS[name]}
        # With an image the result takes the image's own size, so that a model needs no field for it.
        if (self.width, self.height) != (_DEFAULTS["width"], _DEFAULTS["height"]) and not self.image:
            required.add("size")
        required |= {name for name, source in (("image", self.image), ("mask_image", self.mask)) if source}
        if self.image:
            required.add("prompt_strength")
        if self.refine is not Refine.OFF:
            required.add("refine")
            required.add("high_noise_frac" if self.refine is Refine.ENSEMBLE else "refine_steps")
        if self.preset is Preset.FAST:
            required.add("preset")
        return frozenset(required | {"prompt"})

    def with_preset_applied(self) -> GenerationRequest:
        """Return the request with the steps and the guidance that its preset really uses."""
        if self.preset is not Preset.FAST:
            return self
        steps = min(self.num_inference_steps, FAST_STEPS)
        return replace(self, num_inference_steps=steps, guidance_scale=FAST_GUIDANCE)

    def with_seed(self, seed: int) -> GenerationRequest:
        """Return the request with another seed."""
        return replace(self, seed=seed)


def _require(condition: bool, field: str, message: Message) -> None:
    if not condition:
        raise InvalidRequest(field, message)


def is_text(value: str) -> bool:
    """Return whether a text can be encoded as UTF-8: one with half a surrogate pair cannot be sent as JSON."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is an int; `True` and `False` are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -math.inf < value < math.inf


_FIELDS_WITH_DEFAULT = ("negative_prompt", "guidance_scale", "num_inference_steps", "seed", "loras")
"""Fields that count as required as soon as they differ from their default."""
_DEFAULTS = {field.name: field.default for field in fields(GenerationRequest)}
