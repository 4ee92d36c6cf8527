"""What one model takes, in our own words; a request is checked against it before a job exists."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components import messages
from components.errors import InvalidRequest
from components.generation import MAX_SEED, GenerationRequest, LoraWeight, Preset, Refine, is_whole
from components.lora_link import is_normal
from components.lora_sites import is_host_file

PROMPT_LIMIT = 10_000
"""Characters. The API names no limit; this keeps a pasted book from being stored and sent."""


@dataclass(frozen=True, slots=True)
class Span:
    """The range of one number, both ends included."""

    label: str
    minimum: float
    maximum: float
    default: float
    step: float

    def check(self, field: str, value: float) -> None:
        """Raise InvalidRequest unless `value` lies in the range."""
        if not self.minimum <= value <= self.maximum:
            given = f"{value:.12g}" if abs(value) < 1e12 else "that"
            low, high = f"{self.minimum:.12g}", f"{self.maximum:.12g}"
            raise InvalidRequest(field, messages.outside(self.label, low, high, given))


@dataclass(frozen=True, slots=True)
class Schema:
    """Fields, ranges and defaults of one model."""

    width: Span
    height: Span
    guidance_scale: Span
    num_inference_steps: Span
    seed: Span
    lora_scale: Span
    max_loras: int
    fields: frozenset[str]
    """The API's names of what it takes; anything else is refused, never dropped."""
    prompt_strength: Span
    high_noise_frac: Span
    refine_steps: Span
    refine_ways: frozenset[Refine]
    """Empty: it has no refiner."""
    usual_preset: Preset | None = None
    """How it paints when it is not told; None: there is but one way, and no field to choose it by."""
    host_files: bool = False
    """It loads LoRAs by the names of files in a folder of its host's."""

    def check(self, request: GenerationRequest) -> None:
        """Raise InvalidRequest with the field and a sentence for the first thing this model does not take."""
        if len(request.prompt) > PROMPT_LIMIT:
            raise InvalidRequest("prompt", messages.too_long("A prompt", PROMPT_LIMIT))
        if len(request.negative_prompt) > PROMPT_LIMIT:
            raise InvalidRequest("negative_prompt", messages.too_long("A negative prompt", PROMPT_LIMIT))
        self.check_size(request.width, request.height)
        for name in ("guidance_scale", "num_inference_steps", "seed"):
            getattr(self, name).check(name, getattr(request, name))
        self._check_image_and_refiner(request)
        self._check_loras(request.loras)

    def takes(self, request: GenerationRequest) -> bool:
        """Tell whether this model has a field for everything that is asked for; ranges are `check`'s business."""
        has_way = request.refine is Refine.OFF or request.refine in self.refine_ways
        return request.wishes <= self.fields and has_way

    def _check_image_and_refiner(self, request: GenerationRequest) -> None:
        if request.image:
            self.prompt_strength.check("prompt_strength", request.prompt_strength)
        if request.refine is Refine.ENSEMBLE:
            self.high_noise_frac.check("high_noise_frac", request.high_noise_frac)
        if request.refine is Refine.SECOND_PASS and request.refine_steps is not None:
            self.refine_steps.check("refine_steps", request.refine_steps)

    def check_size(self, width: object, height: object) -> None:
        """Raise InvalidRequest unless pictures of this size, in pixels, can be made."""
        for name, side in (("width", width), ("height", height)):
            if not is_whole(side):
                raise InvalidRequest(name, messages.not_whole(name.capitalize()))
            getattr(self, name).check(name, side)
            if side % 8:
                raise InvalidRequest(name, messages.not_on_grid(name.capitalize()))

    def _check_loras(self, loras: tuple[LoraWeight, ...]) -> None:
        if self.max_loras and len(loras) > self.max_loras:
            raise InvalidRequest("loras", messages.too_many_loras(self.max_loras))
        for number, lora in enumerate(loras, start=1):
            self.check_lora(f"lora_{number}", lora)

    def check_lora(self, field: str, lora: LoraWeight) -> None:
        """Raise InvalidRequest at `field`, or at its scale, unless this LoRA may be sent; nothing is fetched."""
        if not self.max_loras:
            raise InvalidRequest(field, messages.NO_LORAS_HERE)
        self.lora_scale.check(f"{field}_scale", lora.scale)
        if not is_lora_path(lora.path):
            raise InvalidRequest(field, messages.NOT_A_LORA_PATH)
        if is_host_file(lora.path) and not self.host_files:
            raise InvalidRequest(field, messages.NO_HOST_LORAS_THERE)


def is_lora_path(path: str) -> bool:
    """Tell whether `path` is of a form that may be sent; nothing is fetched.

    `owner/name`, a public https URL, or, for our own engine, the name of a file.
    """
    return is_normal(path) or is_host_file(path)


BUILT_IN = Schema(
    width=Span("Width", 256, 1536, 1024, 8),
    height=Span("Height", 256, 1536, 1024, 8),
    guidance_scale=Span("Guidance", 1, 20, 3.5, 0.1),
    num_inference_steps=Span("Steps", 1, 50, 28, 1),
    seed=Span("Seed", -1, MAX_SEED, -1, 1),
    lora_scale=Span("The scale of a LoRA", 0, 4, 1, 0.05),
    max_loras=4,
    fields=frozenset({"prompt", "negative_prompt", "size", "guidance_scale", "num_inference_steps", "seed", "loras"}),
    prompt_strength=Span("Strength", 0, 1, 0.8, 0.01),
    high_noise_frac=Span("The handover", 0, 1, 0.8, 0.01),
    refine_steps=Span("The refiner's steps", 1, 50, 28, 1),
    refine_ways=frozenset(),
)
"""The parameter table of `stability-ai/sdxl-lora` on its vendor's model page."""

_WITHOUT_LORAS = frozenset({"stability-ai/sdxl"})
"""Models that the vendor lists with no field for LoRAs."""


def built_in(model: str) -> Schema:
    """Return what is known of a model without asking the API; one that is not known is taken for SDXL with LoRAs."""
    if model in _WITHOUT_LORAS:
        return replace(BUILT_IN, max_loras=0, fields=BUILT_IN.fields - {"loras"})
    return BUILT_IN


OURS = replace(
    BUILT_IN,
    fields=BUILT_IN.fields | {"image", "mask_image", "prompt_strength", "refine", "high_noise_frac", "refine_steps"},
    refine_ways=frozenset(Refine),
    host_files=True,
)
"""What our own server takes, should it not tell."""
