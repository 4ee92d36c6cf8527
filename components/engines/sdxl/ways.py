"""The five ways to a picture, each a call or two of diffusers' own pipelines."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from PIL import Image

from components.engines.sdxl import canvas, schedule, sentences
from components.engines.sdxl.libraries import library, torch
from components.engines.sdxl.prompts import words_for
from components.engines.sdxl.watch import Watch
from components.errors import EngineError
from components.server.engine import Order, Refine

INTERNAL = ("scheduler", "feature_extractor", "image_encoder")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a painting is done with."""

    base: Any
    refiner: Any
    """None where a plan has no steps for it."""
    rest_loras: Callable[[], None]
    """Makes no LoRA count from here on."""
    scheduler: str = ""
    """A class of diffusers for the base; empty: its own."""
    offload: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """An order with its steps counted out."""

    asked: int
    """Steps diffusers is asked for."""
    strength: float
    """1 when there is no picture to start from."""
    base_steps: int
    """Steps the base runs."""
    end: float | None
    """Where the base hands over in an ensemble; None: it does not."""
    refine_asked: int
    refine_steps: int

    @property
    def total(self) -> int:
        """Return how many steps are counted in front of the person."""
        return self.base_steps + self.refine_steps


def planned(order: Order, timesteps: Callable[[int], list[float]], most: int = schedule.TRAINED) -> Plan | None:
    """Count out an order's steps, of `most`; None: nothing of its picture would change."""
    strength = 1.0 if order.image is None else order.prompt_strength
    asked = schedule.steps_for_strength(order.num_inference_steps, strength, most)
    if asked is None:
        return None
    run = schedule.steps_run(asked, strength)
    if order.refine is Refine.SECOND_PASS:
        more = order.num_inference_steps if order.refine_steps is None else order.refine_steps
        return Plan(asked, strength, run, None, schedule.steps_to_run(more), more)
    if order.refine is Refine.ENSEMBLE:
        moments = timesteps(asked)[-run:]
        if (end := schedule.handover(moments, order.high_noise_frac)) is not None:
            first = schedule.steps_before(moments, end)
            return Plan(asked, strength, first, end, asked, run - first)
    return Plan(asked, strength, run, None, 0, 0)


def notes_on(order: Order, plan: Plan | None) -> list[str]:
    """Return what is to be said of an order that is not painted quite as asked."""
    if plan is None:
        return [sentences.AS_IT_WAS]
    alone = order.refine is Refine.ENSEMBLE and plan.end is None
    return [sentences.TOO_FEW_STEPS] if alone else []


def timesteps_of(base: Any, scheduler: str) -> Callable[[int], list[float]]:
    """Return how the base's schedule spreads a number of steps."""

    def spread(steps: int) -> list[float]:
        own = _scheduler(base, scheduler)
        own.set_timesteps(steps)
        return [float(moment) for moment in own.timesteps]

    return spread


def paint(order: Order, plan: Plan, tools: Tools, watch: Watch) -> Image.Image:
    """Return the picture of an order, of the size ordered."""
    size = canvas.painted_size(order.width, order.height)
    source, mask = _given(order)
    canvases = [None if one is None else canvas.widened(one, size) for one in (source, mask)]
    generator = torch().Generator("cpu").manual_seed(order.seed)  # on the processor, the noise is the same everywhere
    result = _base(order, plan, tools, watch, (size, *canvases), generator)
    if plan.refine_steps:
        tools.rest_loras()
        result = _refined(order, plan, tools, watch, result, generator)
    picture = canvas.cropped(result.images[0], (order.width, order.height))
    return picture if source is None or mask is None else canvas.pasted_back(source, picture, mask)


def untouched(order: Order) -> Image.Image:
    """Return the picture to start from as it is, in the size ordered."""
    source, _ = _given(order)
    if source is None:
        raise EngineError(sentences.AS_IT_WAS)
    return source


def _given(order: Order) -> tuple[Image.Image | None, Image.Image | None]:
    size = (order.width, order.height)
    source = None if order.image is None else canvas.fitted(order.image, size, "RGB")
    mask = None if source is None or order.mask is None else canvas.fitted(order.mask, size, "L")
    return source, None if mask is None else canvas.hard(mask)


def _base(order: Order, plan: Plan, tools: Tools, watch: Watch, given: tuple[Any, ...], generator: Any) -> Any:
    (width, height), source, mask = given
    kind = "" if source is None else "Img2Img" if mask is None else "Inpaint"
    pipe = _pipeline(kind, tools.base, tools, _scheduler(tools.base, tools.scheduler))
    options: dict[str, Any] = {}
    if source is not None:
        options |= {"image": source, "strength": plan.strength}
    if mask is not None:
        options |= {"mask_image": mask}
    if kind != "Img2Img":
        options |= {"width": width, "height": height}
    if plan.end is not None:
        options |= {"denoising_end": plan.end}
    options |= {"output_type": "latent" if plan.refine_steps else "pil"}
    return _run(pipe, order, plan.asked, watch, generator, options)


def _refined(order: Order, plan: Plan, tools: Tools, watch: Watch, result: Any, generator: Any) -> Any:
    schedule_of = tools.refiner if plan.end is None else tools.base  # experts of an ensemble share one
    pipe = _pipeline("Img2Img", tools.refiner, tools, _scheduler(schedule_of))
    options: dict[str, Any] = {"image": result.images}
    if plan.end is None:
        options |= {"strength": schedule.REFINER_STRENGTH}
    else:
        options |= {"denoising_start": plan.end}
    return _run(pipe, order, plan.refine_asked, watch, generator, options)


def _run(pipe: Any, order: Order, steps: int, watch: Watch, generator: Any, options: dict[str, Any]) -> Any:
    words = words_for(pipe, order.prompt, order.negative_prompt, order.guidance_scale)
    with watch.on(pipe.unet):
        return pipe(
            **words,
            guidance_scale=order.guidance_scale,
            num_inference_steps=steps,
            generator=generator,
            callback_on_step_end=watch.step_ended,
            **options,
        )


def _pipeline(kind: str, parts: Any, tools: Tools, scheduler: Any) -> Any:
    """Return a pipeline of its own around loaded parts, with a scheduler of its own: neither may be shared."""
    components = {name: part for name, part in parts.components.items() if name not in INTERNAL}
    options: dict[str, Any] = {
        "force_zeros_for_empty_prompt": parts.config.force_zeros_for_empty_prompt,
        "add_watermarker": False,
    }
    if kind:
        options["requires_aesthetics_score"] = parts.config.get("requires_aesthetics_score", False)
    build = getattr(library("diffusers"), f"StableDiffusionXL{kind}Pipeline")
    pipe = build(**components, scheduler=scheduler, **options)
    pipe.set_progress_bar_config(disable=True)
    if tools.offload:
        pipe.enable_model_cpu_offload()
    return pipe


def _scheduler(parts: Any, name: str = "") -> Any:
    if not name:
        return deepcopy(parts.scheduler)  # which is never run itself
    return getattr(library("diffusers"), name).from_config(parts.scheduler.config)
