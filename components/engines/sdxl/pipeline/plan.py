"""Step plan of a request: how many steps base and refiner run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components.engines.protocol import EngineRequest, Refine
from components.engines.sdxl import messages
from components.engines.sdxl.pipeline import schedule
from components.engines.sdxl.pipeline.samplers import Sampler
from components.messages.message import Message


@dataclass(frozen=True, slots=True)
class StepPlan:
    """Steps of one request."""

    requested: int
    """Steps diffusers is requested to run."""
    strength: float
    """1 without an input image."""
    base_steps: int
    """Steps the base runs."""
    end: float | None
    """Where the base hands over in an ensemble; None: it does not."""
    refine_requested: int
    refine_steps: int

    @property
    def total(self) -> int:
        """Return the number of steps that progress counts."""
        return self.base_steps + self.refine_steps


def plan_steps(
    request: EngineRequest, timesteps: Callable[[int], list[float]], most: int = schedule.TRAINED
) -> StepPlan | None:
    """Return the steps of a request, of `most`; None: its image would not change."""
    strength = 1.0 if request.image is None else request.prompt_strength
    requested = schedule.steps_for_strength(request.num_inference_steps, strength, most)
    if requested is None:
        return None
    run = schedule.steps_run(requested, strength)
    if request.refine is Refine.SECOND_PASS:
        more = request.num_inference_steps if request.refine_steps is None else request.refine_steps
        return StepPlan(requested, strength, run, None, schedule.steps_to_run(more), more)
    if request.refine is Refine.ENSEMBLE:
        moments = timesteps(requested)[-run:]
        if (end := schedule.split_timestep(moments, request.high_noise_frac)) is not None:
            first = schedule.steps_before(moments, end)
            return StepPlan(requested, strength, first, end, requested, run - first)
    return StepPlan(requested, strength, run, None, 0, 0)


def notes_on(request: EngineRequest, plan: StepPlan | None) -> list[Message]:
    """Return the notes on a request whose image differs from it."""
    if plan is None:
        return [messages.AS_IT_WAS]
    alone = request.refine is Refine.ENSEMBLE and plan.end is None
    return [messages.TOO_FEW_STEPS] if alone else []


def timesteps_of(base: Any, sampler: Sampler) -> Callable[[int], list[float]]:
    """Return how the base's schedule spreads a number of steps."""

    def spread(steps: int) -> list[float]:
        own = sampler.scheduler_for(base)
        own.set_timesteps(steps)
        return [float(moment) for moment in own.timesteps]

    return spread
