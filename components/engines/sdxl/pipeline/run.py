"""Pipeline runs: text to image, image to image, inpainting, ensemble and second pass with diffusers' pipelines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from components.engines.protocol import EngineRequest
from components.engines.sdxl import messages
from components.engines.sdxl.model.libraries import library, torch
from components.engines.sdxl.pipeline import canvas, schedule
from components.engines.sdxl.pipeline.long_prompts import words_for
from components.engines.sdxl.pipeline.plan import StepPlan
from components.engines.sdxl.pipeline.progress import StepReporter
from components.engines.sdxl.pipeline.samplers import OWN, Sampler, as_predicted_by
from components.errors import EngineError

INTERNAL = ("scheduler", "feature_extractor", "image_encoder")


@dataclass(frozen=True, slots=True)
class RunContext:
    """The loaded parts of a run."""

    base: Any
    refiner: Any
    """None where a plan has no steps for it."""
    decode: Callable[[Any, Any], Image.Image]
    """Returns the image of a pipeline's latents."""
    deactivate_loras: Callable[[], None]
    """Turns off every LoRA for the rest of the run."""
    sampler: Sampler = OWN
    """Of the base, and of an ensemble."""
    offload: bool = False


def run(request: EngineRequest, plan: StepPlan, context: RunContext, watch: StepReporter) -> Image.Image:
    """Return the image of a request, in the requested size."""
    size = canvas.model_size(request.width, request.height)
    source, mask = _inputs(request)
    canvases = [None if one is None else canvas.widened(one, size) for one in (source, mask)]
    generator = torch().Generator("cpu").manual_seed(request.seed)  # on the CPU: the same noise on every device
    pipe, latents = _base(request, plan, context, watch, (size, *canvases), generator)
    if plan.refine_steps:
        context.deactivate_loras()
        pipe, latents = _refined(request, plan, context, watch, latents, generator)
    picture = canvas.cropped(context.decode(pipe, latents), (request.width, request.height))
    pipe.maybe_free_model_hooks()
    return picture if source is None or mask is None else canvas.pasted_back(source, picture, mask)


def untouched(request: EngineRequest) -> Image.Image:
    """Return the input image unchanged, in the requested size."""
    source, _ = _inputs(request)
    if source is None:
        raise EngineError(messages.AS_IT_WAS)
    return source


def _inputs(request: EngineRequest) -> tuple[Image.Image | None, Image.Image | None]:
    size = (request.width, request.height)
    source = None if request.image is None else canvas.fitted(request.image, size, "RGB")
    mask = None if source is None or request.mask is None else canvas.fitted(request.mask, size, "L")
    return source, None if mask is None else canvas.hard(mask)


def _base(
    request: EngineRequest,
    plan: StepPlan,
    context: RunContext,
    watch: StepReporter,
    inputs: tuple[Any, ...],
    generator: Any,
) -> tuple[Any, Any]:
    """Return a pipeline and the latents of its run."""
    (width, height), source, mask = inputs
    kind = "" if source is None else "Img2Img" if mask is None else "Inpaint"
    pipe = _pipeline(kind, context.base, context, context.sampler.scheduler_for(context.base))
    options: dict[str, Any] = {}
    if source is not None:
        options |= {"image": source, "strength": plan.strength}
    if mask is not None:
        options |= {"mask_image": mask}
    if kind != "Img2Img":
        options |= {"width": width, "height": height}
    if plan.end is not None:
        options |= {"denoising_end": plan.end}
    return pipe, _run(pipe, request, plan.requested, watch, generator, options)


def _refined(
    request: EngineRequest, plan: StepPlan, context: RunContext, watch: StepReporter, latents: Any, generator: Any
) -> tuple[Any, Any]:
    # The experts of an ensemble share one.
    scheduler = (
        OWN.scheduler_for(context.refiner)
        if plan.end is None
        else as_predicted_by(context.refiner, context.sampler.scheduler_for(context.base))
    )
    pipe = _pipeline("Img2Img", context.refiner, context, scheduler)
    options: dict[str, Any] = {"image": latents}
    if plan.end is None:
        options |= {"strength": schedule.REFINER_STRENGTH}
    else:
        options |= {"denoising_start": plan.end}
    return pipe, _run(pipe, request, plan.refine_requested, watch, generator, options)


def _run(
    pipe: Any, request: EngineRequest, steps: int, watch: StepReporter, generator: Any, options: dict[str, Any]
) -> Any:
    """Return the latents of a run."""
    words = words_for(pipe, request.prompt, request.negative_prompt, request.guidance_scale)
    with watch.on(pipe.unet):
        return pipe(
            **words,
            guidance_scale=request.guidance_scale,
            num_inference_steps=steps,
            generator=generator,
            callback_on_step_end=watch.step_ended,
            output_type="latent",
            **options,
        ).images


def _pipeline(kind: str, parts: Any, context: RunContext, scheduler: Any) -> Any:
    """Return a new pipeline around loaded parts with its own scheduler: neither may be shared between runs."""
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
    if context.offload:
        pipe.enable_model_cpu_offload()
    return pipe
