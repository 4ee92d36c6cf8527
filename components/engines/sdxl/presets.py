"""Speed presets: full, and fast by a few-step LoRA with the sampler and settings it was trained for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.engines.protocol import EngineRequest, LoraRef, Refine
from components.engines.sdxl.pipeline.samplers import LCM, LIGHTNING, SAMPLERS, Sampler


@dataclass(frozen=True, slots=True)
class Preset:
    """Values of a preset, in place of those of a request."""

    name: str
    lora: LoraRef | None = None
    sampler: Sampler | None = None
    """The LoRA's; None: as requested."""
    steps: int = 0
    """Most steps of a request; 0: as requested."""
    is_exact: bool = False
    """Whether its LoRA was trained for that number of steps alone."""
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
            num_inference_steps=self.steps if self.is_exact else min(request.num_inference_steps, self.steps),
            guidance_scale=self.guidance,
            loras=(*request.loras, self.lora),
            refine=Refine.NONE,
        )


FULL = Preset("full")
FAST = Preset("fast", LoraRef("latent-consistency/lcm-lora-sdxl", 1.0), LCM, 4, guidance=1.0)
_LIGHTNING_LORA = "https://huggingface.co/ByteDance/SDXL-Lightning/blob/main/sdxl_lightning_4step_lora.safetensors"
FAST_BY_LIGHTNING = Preset("fast", LoraRef(_LIGHTNING_LORA, 1.0), LIGHTNING, 4, is_exact=True, guidance=1.0)
"""As its model card says: the file for just these steps, spread to the end, without guidance (0 there, 1 here)."""
FAST_KINDS = {"lcm": FAST, "lightning": FAST_BY_LIGHTNING}
"""Fast presets that a host can choose from."""
PRESETS = {preset.name: preset for preset in (FULL, FAST)}
