"""Samplers by the names of the table of fields, each a scheduler of diffusers.

Classes and options as in https://huggingface.co/docs/diffusers/api/schedulers/overview.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from components.engines.sdxl.model.libraries import library
from components.engines.sdxl.pipeline.schedule import TRAINED


@dataclass(frozen=True, slots=True)
class Sampler:
    """How the steps of a base are computed; without a scheduler as its model says."""

    scheduler: str = ""
    """A class of diffusers."""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """In place of those of the model's own scheduler."""
    most_steps: int = TRAINED

    def scheduler_for(self, parts: Any) -> Any:
        """Return a new scheduler for a pipeline's parts."""
        if not self.scheduler:
            return deepcopy(parts.scheduler)  # a copy, as setting the timesteps changes it
        return getattr(library("diffusers"), self.scheduler).from_config(parts.scheduler.config, **self.options)


def as_predicted_by(refiner: Any, scheduler: Any) -> Any:
    """Return a base's scheduler for the refiner that goes on with its schedule: it may predict something else."""
    own = refiner.scheduler.config.prediction_type
    if scheduler.config.prediction_type == own:
        return scheduler
    return type(scheduler).from_config(scheduler.config, prediction_type=own)


OWN = Sampler()
"""The model's."""
LCM = Sampler("LCMScheduler", most_steps=50)
LIGHTNING = Sampler("EulerDiscreteScheduler", {"timestep_spacing": "trailing"})
_DPM = "DPMSolverMultistepScheduler"
SAMPLERS: Mapping[str | None, Sampler] = {
    None: OWN,
    "Euler": Sampler("EulerDiscreteScheduler"),
    "Euler a": Sampler("EulerAncestralDiscreteScheduler"),
    "DPM++ 2M Karras": Sampler(_DPM, {"use_karras_sigmas": True}),
    "DPM++ 2M SDE Karras": Sampler(_DPM, {"algorithm_type": "sde-dpmsolver++", "use_karras_sigmas": True}),
    # Latents go beyond -1 to 1, to which DDIM clips by default.
    "DDIM": Sampler("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False}),
    "UniPC": Sampler("UniPCMultistepScheduler"),
    "LCM": LCM,
}
