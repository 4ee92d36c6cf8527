"""Speed presets: full, and fast by a few-step LoRA with the sampler and settings it was trained for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.engines.protocol import EngineRequest, LoraRef, Refine
from components.engines.sdxl.pipeline.samplers import LCM, SAMPLERS, Sampler


@dataclass(frozen=True, slots=True)
class Preset:
    """Values of a preset, in place of those of a request."""

    name: str
    lora: LoraRef | None = None
    sampler: Sampler | None = None
    """The LoRA's; None: as requested."""
    steps: int = 0
    """Most steps of a request; 0: as requested."""
    guidance: float = 0.0
    """Guidance scale; 0: as requested."""

    def sampler_of(self, request: EngineRequest) -> Sampler:
        """Return the sampler of a request."""
        return self.sampler or SAMPLERS[request.sampler]

    def leaves_out_refiner(self, request: EngineRequest) -> bool:
        """Return whether a request has a refiner that this preset leaves out."""
        return self.lora is not None and request.refine is not Refine.NONE

    def applied(self, request: EngineRequest) -> EngineRequest:
        """Return the request with the preset's values; the refiner was not trained for few steps and is left out."""
        if self.lora is None:
            return request
        return replace(
            request,
            num_inference_steps=min(request.num_inference_steps, self.steps),
            guidance_scale=self.guidance,
            loras=(*request.loras, self.lora),
            refine=Refine.NONE,
        )


FULL = Preset("full")
FAST = Preset("fast", LoraRef("latent-consistency/lcm-lora-sdxl", 1.0), LCM, 4, 1.0)
PRESETS = {preset.name: preset for preset in (FULL, FAST)}
