"""Model schema: fields, ranges and defaults of one model; a request is checked against it before a job exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from components import messages
from components.domain.field import Field, TakenBy
from components.domain.fields import FIELDS, LORA_SCALE, MAX_LORAS, field_of
from components.domain.lora_path import is_host_file, is_lora_path
from components.domain.request import (
    FAST_STEPS,
    GenerationRequest,
    LoraWeight,
    Preset,
    Refine,
    Sampler,
    StepBounds,
    is_whole,
)
from components.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Range:
    """Range of one number, both ends included."""

    label: str
    """Name of the number: the texts of the catalogue at `field.<label>` are its own."""
    minimum: float
    maximum: float
    default: float
    step: float

    def check(self, field: str, value: float) -> None:
        """Raise InvalidRequest at `field` unless `value` lies in the range."""
        if not self.minimum <= value <= self.maximum:
            # A whole number may have thousands of digits: too many for a float, and for a sentence.
            entered = value if abs(value) < 1e12 else None
            raise InvalidRequest(field, messages.outside(self.label, self.minimum, self.maximum, entered))


@dataclass(frozen=True, slots=True)
class ModelSchema:
    """Fields, ranges and defaults of one model."""

    ranges: Mapping[str, Range]
    """Ranges by field name, and that of a LoRA's scale under LORA_SCALE's."""
    max_loras: int
    """0 when the model takes no LoRAs."""
    fields: frozenset[str]
    """The API's names of the fields that the model takes; a request with any other is refused, never shortened."""
    refine_modes: frozenset[Refine]
    """Empty when the model has no refiner."""
    takes_host_files: bool = False
    """True when the model loads LoRAs by file name from a folder of its host."""
    default_preset: Preset | None = None
    """Preset of a request without a `preset` field; None when the model has no presets to choose from."""
    fast_steps: StepBounds = FAST_STEPS
    """Of the fast preset."""
    samplers: tuple[Sampler, ...] = ()
    """Empty when the model has none to choose from."""

    def check(self, request: GenerationRequest) -> None:
        """Raise InvalidRequest for the first value of the request that this model does not take."""
        for name in TEXT_LIMITS:
            check_length(name, len(request.value(name)))
        self.check_size(request.width, request.height)
        for field in FIELDS:
            value = request.value(field.name)
            if field.has_range and value is not None and request.uses(field):
                self.range(field.name).check(field.name, value)
        self._check_loras(request.loras)

    def takes(self, request: GenerationRequest) -> bool:
        """Return whether this model has a field for each required one; ranges are checked by `check`."""
        has_mode = request.refine is Refine.OFF or request.refine in self.refine_modes
        has_sampler = request.sampler is None or request.sampler in self.samplers
        return request.required_fields <= self.fields and has_mode and has_sampler

    def range(self, name: str) -> Range:
        """Return the range of a field by its name."""
        return self.ranges[name]

    def with_range(self, name: str, allowed: Range) -> ModelSchema:
        """Return the schema with another range of a field."""
        return replace(self, ranges={**self.ranges, name: allowed})

    def check_size(self, width: object, height: object) -> None:
        """Raise InvalidRequest unless both sides, in pixels, are whole, in range and multiples of 8."""
        for name, side in (("width", width), ("height", height)):
            if not is_whole(side):
                raise InvalidRequest(name, messages.not_whole(name))
            self.range(name).check(name, side)
            if side % 8:  # SDXL's VAE maps 8 x 8 pixels to one latent
                raise InvalidRequest(name, messages.not_on_grid(name))

    def _check_loras(self, loras: tuple[LoraWeight, ...]) -> None:
        # Without LoRAs at all `check_lora` refuses each at its own row.
        if self.max_loras and len(loras) > self.max_loras:
            raise InvalidRequest("loras", messages.too_many_loras(self.max_loras))
        for number, lora in enumerate(loras, start=1):
            self.check_lora(f"lora_{number}", lora)

    def check_lora(self, field: str, lora: LoraWeight) -> None:
        """Raise InvalidRequest at `field`, or at its scale, unless this LoRA may be sent. Nothing is downloaded."""
        if not self.max_loras:
            raise InvalidRequest(field, messages.NO_LORAS_HERE)
        self.range(LORA_SCALE.name).check(f"{field}_scale", lora.scale)
        if not is_lora_path(lora.path):
            raise InvalidRequest(field, messages.NOT_A_LORA_PATH)
        if is_host_file(lora.path) and not self.takes_host_files:
            raise InvalidRequest(field, messages.NO_HOST_LORAS_THERE)


TEXT_LIMITS = {field.name: field.max_length for field in FIELDS if field.max_length is not None}
"""Characters that the texts of a request may have, by field name."""


def check_length(name: str, length: int) -> None:
    """Raise InvalidRequest for a text of more characters than its field may have; other names have no limit here.

    To be called before a text is parsed: the time of any parser grows with it.
    """
    if name in TEXT_LIMITS and length > TEXT_LIMITS[name]:
        raise InvalidRequest(name, messages.too_long(name, TEXT_LIMITS[name]))


def _range_of(field: Field) -> Range:
    minimum, maximum = field.minimum or 0, field.maximum or 0
    default = field_of(field.falls_back_to).default if field.falls_back_to else field.default
    return Range(field.name, minimum, maximum, default if isinstance(default, int | float) else minimum, field.step)


def _names(*takers: TakenBy) -> frozenset[str]:
    return frozenset(field.api_name for field in FIELDS if field.api_names and field.taken_by in takers)


BUILT_IN_SCHEMA = ModelSchema(
    ranges={field.name: _range_of(field) for field in (*FIELDS, LORA_SCALE) if field.has_range},
    max_loras=MAX_LORAS,
    fields=_names(TakenBy.HOSTED),
    refine_modes=frozenset(),
)
"""Parameter table of `stability-ai/sdxl-lora` on the vendor's model page, and our own ranges of further fields."""

_WITHOUT_LORAS = frozenset({"stability-ai/sdxl"})
"""Models that the vendor lists without a field for LoRAs."""


def built_in_schema(model: str) -> ModelSchema:
    """Return the schema of a model that the API did not describe; an unknown model is taken for SDXL with LoRAs."""
    if model in _WITHOUT_LORAS:
        return replace(BUILT_IN_SCHEMA, max_loras=0, fields=BUILT_IN_SCHEMA.fields - {"loras"})
    return BUILT_IN_SCHEMA


OWN_SERVER_SCHEMA = replace(
    BUILT_IN_SCHEMA,
    fields=_names(TakenBy.HOSTED, TakenBy.OWN_SERVER),
    refine_modes=frozenset(Refine),
    takes_host_files=True,
)
"""Schema of our own server, for when it does not describe its models."""
