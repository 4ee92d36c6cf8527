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
    steps: tuple[int, int] | None = None
    """Least and most steps, for which its LoRA was trained; None: as requested."""
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
        if self.lora is None or self.steps is None:
            return request
        least, most = self.steps
        return replace(
            request,
            num_inference_steps=min(max(request.num_inference_steps, least), most),
            guidance_scale=self.guidance,
            loras=(*request.loras, self.lora),
            refine=Refine.NONE,
        )


FULL = Preset("full")
FAST = Preset("fast", LoraRef("latent-consistency/lcm-lora-sdxl", 1.0), LCM, (1, 4), guidance=1.0)
_LIGHTNING = "https://huggingface.co/ByteDance/SDXL-Lightning/blob/main/sdxl_lightning_{}step_lora.safetensors"


def _by_lightning(steps: int) -> Preset:
    """Return the preset as its model card says: the file for just these steps, spread to the end, without guidance.

    No guidance is 0 there, and 1 here.
    """
    return Preset("fast", LoraRef(_LIGHTNING.format(steps), 1.0), LIGHTNING, (steps, steps), guidance=1.0)


FAST_KINDS = {"lcm": FAST, "lightning": _by_lightning(4), "lightning-8": _by_lightning(8)}
"""Fast presets that a host can choose from."""
PRESETS = {preset.name: preset for preset in (FULL, FAST)}
