"""Generation request: the values of one image, valid by construction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, TypeGuard

from components import messages
from components.domain.field import Field, Kind
from components.domain.fields import FIELDS, SIZE, field_of
from components.errors import InvalidRequest
from components.messages.message import Message


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

    @classmethod
    def _missing_(cls, value: object) -> Refine | None:
        """Return the mode that another name of it stands for."""
        aliases = field_of("refine").choice_aliases
        return cls(aliases[value]) if isinstance(value, str) and value in aliases else None


class Preset(Enum):
    """Speed of our own SDXL engine, by the API's names."""

    FULL = "full"
    FAST = "fast"
    """Few steps with a LoRA that was trained for them; without the refiner and the negative prompt."""


class Sampler(Enum):
    """How our own SDXL engine computes each step, by the API's names."""

    EULER = "Euler"
    EULER_ANCESTRAL = "Euler a"
    DPM_2M_KARRAS = "DPM++ 2M Karras"
    DPM_2M_SDE_KARRAS = "DPM++ 2M SDE Karras"
    DDIM = "DDIM"
    UNIPC = "UniPC"
    LCM = "LCM"


@dataclass(frozen=True, slots=True)
class StepBounds:
    """Least and most steps of a preset."""

    least: int
    most: int

    def __post_init__(self) -> None:
        """Raise ValueError for bounds between which there is nothing."""
        if not 1 <= self.least <= self.most:
            raise ValueError(f"no steps from {self.least} to {self.most}")

    def put_in(self, steps: int) -> int:
        """Return the steps that are run for a number that is set."""
        return min(max(steps, self.least), self.most)


FAST_STEPS = StepBounds(1, 4)
"""Steps of FAST, unless the model says otherwise."""
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
    sampler: Sampler | None = None
    """None for the model's own."""
    options: tuple[tuple[str, float], ...] = ()
    """Further numbers of the table of fields, by name, in its order; one that is missing is the model's to choose."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> GenerationRequest:
        """Return the request of values by field name; None for an option leaves it out."""
        attributes = {name: value for name, value in values.items() if name in _DEFAULTS}
        further = {field.name: values.get(field.name) for field in OPTIONS}
        return cls(**attributes, options=tuple((name, one) for name, one in further.items() if one is not None))

    def __post_init__(self) -> None:
        _require(bool(self.prompt.strip()), "prompt", messages.NO_PROMPT)
        for field in FIELDS:
            self._check_value(field)
        if not {name for name, _ in self.options} <= {field.name for field in OPTIONS}:
            raise ValueError(f"no such options: {self.options}")
        self._check_images()

    def _check_value(self, field: Field) -> None:
        value = self.value(field.name)
        if field.kind is Kind.TEXT:
            _require(is_text(value), field.name, messages.HALF_A_CHARACTER)
        elif value is None and field.default is None:
            return
        elif field.is_whole:
            _require(is_whole(value), field.name, messages.not_whole(field.name))
        elif field.is_number:
            _require(_is_number(value), field.name, messages.not_finite(field.name))

    def _check_images(self) -> None:
        if self.image:
            _require(self.image.size == (self.width, self.height), "image", messages.IMAGE_NOT_FITTED)
        if self.mask:
            _require(self.image is not None, "mask_image", messages.MASK_WITHOUT_IMAGE)
            _require(self.mask.size == (self.width, self.height), "mask_image", messages.MASK_NOT_FITTED)

    def value(self, name: str) -> Any:
        """Return the value of a field; None for an option that is not set."""
        return getattr(self, name) if name in _DEFAULTS else dict(self.options).get(name)

    def plain_value(self, name: str) -> Any:
        """Return the value of a field, a choice by the API's name."""
        value = self.value(name)
        return value.value if isinstance(value, Enum) else value

    def effective_value(self, field: Field) -> Any:
        """Return the value that counts: where it is missing, that of the field it falls back to."""
        value = self.value(field.name)
        return self.value(field.falls_back_to) if value is None and field.falls_back_to else value

    def extent(self, name: str) -> Any:
        """Return what price and time may depend on: the number of LoRAs, whether there is an image, or the value."""
        value, kind = self.value(name), field_of(name).kind
        return len(value) if kind is Kind.LORAS else value is not None if kind is Kind.IMAGE else value

    def uses(self, field: Field) -> bool:
        """Return whether a field has an effect, which some have only beside another one."""
        condition = field.used_with
        if condition is None:
            return True
        if condition.value is None:
            return not self.has_default(condition.field)
        return self.plain_value(condition.field) == condition.value

    def has_default(self, name: str) -> bool:
        """Return whether a field has its default value."""
        return self.value(name) == _DEFAULTS.get(name)

    @property
    def required_fields(self) -> frozenset[str]:
        """Return the API's names of the fields that a model must take, since their values differ from the default.

        A model without such a field would silently ignore it and charge for another image.
        """
        required = {field.api_name for field in FIELDS if field.api_names and self._requires(field)}
        # With an image the result takes the image's own size, so that a model needs no field for it.
        return frozenset(required - {SIZE} if self.image else required)

    def _requires(self, field: Field) -> bool:
        if not self.uses(field) or self.effective_value(field) is None:
            return False
        is_neutral = self.has_default(field.name) or self.plain_value(field.name) == field.neutral
        return field.is_required or field.used_with is not None or not is_neutral

    def with_preset_applied(self, fast: StepBounds = FAST_STEPS) -> GenerationRequest:
        """Return the request with the steps, the guidance and the sampler that its preset really uses.

        `fast`: the model's steps of FAST.
        """
        if self.preset is not Preset.FAST:
            return self
        steps = fast.put_in(self.num_inference_steps)
        return replace(self, num_inference_steps=steps, guidance_scale=FAST_GUIDANCE, sampler=None)

    def with_seed(self, seed: int) -> GenerationRequest:
        """Return the request with another seed."""
        return replace(self, seed=seed)

    def with_value(self, name: str, value: Any) -> GenerationRequest:
        """Return the request with another value of a field."""
        return replace(self, **{name: value}) if name in _DEFAULTS else self.of({**self._values(), name: value})

    def _values(self) -> dict[str, Any]:
        return {field.name: self.value(field.name) for field in FIELDS}


def _require(condition: bool, field: str, message: Message) -> None:
    if not condition:
        raise InvalidRequest(field, message)


def is_text(value: str) -> bool:
    """Return whether a text can be encoded as UTF-8: one with half a surrogate pair cannot be sent as JSON."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is an int; `True` and `False` are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -math.inf < value < math.inf


def choice_of(name: str, value: Any) -> Refine | Preset | Sampler:
    """Return the value of a field with choices from the API's name. Raises ValueError when there is none."""
    return _CHOICES[name](value)


_DEFAULTS = {field.name: field.default for field in fields(GenerationRequest) if field.name != "options"}
_CHOICES: dict[str, type[Refine] | type[Preset] | type[Sampler]] = {
    "refine": Refine,
    "preset": Preset,
    "sampler": Sampler,
}
OPTIONS = tuple(field for field in FIELDS if field.name not in _DEFAULTS)
"""Fields of the table without an attribute of their own: optional numbers."""
