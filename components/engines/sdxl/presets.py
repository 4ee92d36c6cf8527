"""Ways of painting with few steps: a LoRA that was trained for them, with the scheduler and settings it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.engines.sdxl.schedule import TRAINED
from components.server.engine import LoraUse, Order, Refine


@dataclass(frozen=True, slots=True)
class Preset:
    """How pictures are painted unless the order says so itself."""

    name: str
    lora: LoraUse | None = None
    scheduler: str = ""
    """A class of diffusers; empty: the model's own."""
    steps: int = 0
    """At most so many; 0: as ordered."""
    guidance: float = 0.0
    """0: as ordered."""
    most_steps: int = TRAINED
    """Steps its scheduler can spread a picture's way over."""

    def leaves_out_refiner(self, order: Order) -> bool:
        """Tell whether an order asks for the refiner in vain."""
        return self.lora is not None and order.refine is not Refine.NONE

    def applied(self, order: Order) -> Order:
        """Return the order as this preset paints it; the refiner knows nothing of few steps and stays out."""
        if self.lora is None:
            return order
        return replace(
            order,
            num_inference_steps=min(order.num_inference_steps, self.steps),
            guidance_scale=self.guidance,
            loras=(*order.loras, self.lora),
            refine=Refine.NONE,
        )


FULL = Preset("full")
FAST = Preset("fast", LoraUse("latent-consistency/lcm-lora-sdxl", 1.0), "LCMScheduler", 4, 1.0, most_steps=50)
PRESETS = {preset.name: preset for preset in (FULL, FAST)}
