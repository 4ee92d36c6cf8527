"""The endpoint for programs: `/generate` waits for the picture and raises the sentence a person would see."""

# No `from __future__ import annotations` here: Gradio reads the endpoint's return type as it stands.

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache, save_file_to_cache
from gradio.route_utils import get_root_url
from gradio.utils import get_upload_folder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from components import messages
from components.errors import InvalidRequest, PlaygroundError, Sentence
from components.generation import GenerationRequest, LoraWeight, Refine
from components.job import Job, JobState, Picture
from components.jobs import Wish
from components.lora_tags import merged, take_tags
from components.person import Person, visitor_name
from components.playground import Playground
from components.recipe import infotext
from components.seeds import batch
from components.ui.fields import number_of
from components.ui.program_pictures import NAMES, pictures_of
from components.ui.speed import preset_of
from components.ui.who import user_of

PARAMETERS = {
    "prompt": "what the picture should show; required",
    "negative_prompt": "what should stay out of it",
    "width": "pixels, 256 to 1536, a multiple of 8",
    "height": "pixels, 256 to 1536, a multiple of 8",
    "guidance_scale": "how strictly to follow the prompt, 1 to 20",
    "num_inference_steps": "how long to work on it, 1 to 50",
    "seed": "0 to 2147483647, or -1: drawn by the app",
    "loras": 'at most four of {"path": "owner/name or a link", "scale": 0 to 4}',
    "image": "an uploaded file or a data URI, cropped to width x height; refused unless the model takes it",
    "mask_image": "the same for the mask: white changes, black stays to the pixel",
    "prompt_strength": "how much of the image is painted anew, 0 to 1",
    "refine": "no_refiner, expert_ensemble_refiner or base_image_refiner; refused unless the model takes it",
    "high_noise_frac": "for expert_ensemble_refiner: 0 to 1, where the refiner takes over",
    "refine_steps": "for base_image_refiner: the refiner's steps",
    "preset": "full, or fast: 4 steps at guidance 1; fast is refused unless the model takes it",
}
"""What the API page says of each parameter."""

Answer = tuple[list[gr.FileData], dict[str, Any]]
"""The picture files, and their details."""


def generate_endpoint(playground: Playground) -> Callable[..., Awaitable[Answer]]:
    """Return the function behind `/generate`; Gradio reads its parameters and documents them."""

    async def generate(  # noqa: PLR0913 - its parameters are the endpoint's, by the API's own names
        prompt: str = "",
        negative_prompt: str = "",
        width: int = 1024,
        height: int = 1024,
        guidance_scale: float = 3.5,
        num_inference_steps: int = 28,
        seed: int = -1,
        loras: list[dict[str, Any]] | None = None,
        image: str | dict[str, Any] | None = None,
        mask_image: str | dict[str, Any] | None = None,
        prompt_strength: float | None = None,
        refine: str | None = None,
        high_noise_frac: float | None = None,
        refine_steps: int | None = None,
        preset: str | None = None,
        request: gr.Request | None = None,
    ) -> Answer:
        """Make a picture and wait for it: returns its file, and job, task, model, seed, timings and recipe."""
        given = {
            "prompt": prompt,
            "negative_prompt": negative_prompt,
            "width": width,
            "height": height,
            "guidance_scale": guidance_scale,
            "num_inference_steps": num_inference_steps,
            "seed": seed,
            "image": image,
            "mask_image": mask_image,
            "prompt_strength": prompt_strength,
            "refine": refine,
            "high_noise_frac": high_noise_frac,
            "refine_steps": refine_steps,
            "preset": preset,
        }
        job = await _make(playground, given, loras, _program(request))
        return await _files(playground, job, request), _details(job)

    return generate


def document(blocks: gr.Blocks) -> None:
    """Give Gradio's API page a word on each parameter: of a docstring it takes the first paragraph alone."""
    (endpoint,) = [function for function in blocks.fns.values() if function.api_name == "generate"]
    for component, text in zip(endpoint.inputs, PARAMETERS.values(), strict=True):
        component.api_info()["additional_description"] = text  # type: ignore[union-attr]


async def misnamed_parameter(request: Request, error: Exception) -> Response:
    """Answer a program that used a name `/generate` does not have; Gradio raises a bare TypeError for it."""
    if not request.url.path.startswith("/gradio_api/call/"):
        raise error
    sentence = f"/generate takes these parameters and no others: {', '.join(PARAMETERS)}."
    return JSONResponse({"error": sentence}, status_code=422)


async def _make(playground: Playground, given: Mapping[str, Any], loras: Any, program: Person) -> Job:
    """Return the finished job. Raises gr.Error with the sentence that a person would see."""
    is_free = playground.backend.free
    try:
        plain = await asyncio.to_thread(_request, playground, given, loras)  # reads the host's folder of LoRAs
        request = await _with_pictures(playground, plain, given, program)
        model = playground.backend.family.choose(request).id
        wish = Wish(program.board, secrets.token_hex(16), batch(request, 1)[0], model=model)
        jobs = await playground.start(program, wish, "")
        job = await playground.jobs.finished(jobs[0].id) or jobs[0]
    except PlaygroundError as error:
        raise _told(error.sentence, is_free=True) from error
    if job.state is not JobState.COMPLETED:
        raise _told(job.trouble or messages.NO_END, is_free=is_free)
    return job


def _request(playground: Playground, given: Mapping[str, Any], loras: Any) -> GenerationRequest:
    """Return what is asked for; what is null was left out. Raises InvalidRequest."""
    wanted = {"prompt": ""} | {name: value for name, value in given.items() if value is not None}
    own = {name: _plain(name, value) for name, value in wanted.items() if name not in NAMES}
    own["prompt"], tagged = take_tags(own["prompt"], playground.lora_checker.to_send)
    own.setdefault("preset", playground.backend.schema.usual_preset)
    return GenerationRequest(**own, loras=merged(_loras(playground, loras), tagged)).as_painted()


async def _with_pictures(
    playground: Playground, request: GenerationRequest, given: Mapping[str, Any], program: Person
) -> GenerationRequest:
    wanted = {name: given[name] for name in (*NAMES, "prompt_strength") if given.get(name) is not None}
    size = {"width": request.width, "height": request.height}
    return replace(request, **await pictures_of(playground, program, wanted | size))


def _plain(name: str, value: Any) -> Any:
    """Return a text or a number as the page's own fields would read it. Raises InvalidRequest."""
    if name == "refine":
        return _way(value)
    if name == "preset":
        return preset_of(value)
    if name not in ("prompt", "negative_prompt"):
        return number_of(value, name)
    if not isinstance(value, str):
        raise InvalidRequest(name, messages.not_text(name))
    return value


def _way(value: Any) -> Refine:
    try:
        return Refine(value)
    except ValueError as error:
        raise InvalidRequest("refine", messages.NO_SUCH_REFINER) from error


def _loras(playground: Playground, values: Any) -> tuple[LoraWeight, ...]:
    if values is None:
        return ()
    if not isinstance(values, list):
        raise InvalidRequest("loras", messages.NOT_A_LIST_OF_LORAS)
    return tuple(_lora(playground, value) for value in values)


def _lora(playground: Playground, value: Any) -> LoraWeight:
    if not isinstance(value, dict) or not isinstance(value.get("path"), str) or set(value) - {"path", "scale"}:
        raise InvalidRequest("loras", messages.NOT_A_LORA)
    link = playground.lora_checker.to_send(value["path"], "loras")
    usual = 1.0 if link.weight is None else link.weight
    return LoraWeight(link.path, number_of(value.get("scale", usual), "loras"))


def _told(sentence: Sentence, *, is_free: bool) -> gr.Error:
    """Return the error that says a message in full."""
    return gr.Error(messages.in_full(sentence, is_free=is_free), print_exception=False)


def _program(request: gr.Request | None) -> Person:
    """Return who calls: each Gradio session has a board of its own; its pictures are counted on who is signed in."""
    session = request.session_hash if request else None
    board = visitor_name(f"session {session or secrets.token_hex(16)}")
    return Person(board, user_of(request), is_program=True)


async def _files(playground: Playground, job: Job, request: gr.Request | None) -> list[gr.FileData]:
    """Lay copies where Gradio's clients fetch files from, bytes as received."""
    root = ""
    if request and request.request:
        root = get_root_url(request.request, request.request.url.path, None)
    return [await asyncio.to_thread(_file, playground, picture, root) for picture in job.pictures]


def _file(playground: Playground, picture: Picture, root: str) -> gr.FileData:
    kept = playground.picture(picture.name)
    if kept is None:
        raise _told(messages.FILE_GONE, is_free=playground.backend.free)
    path = _laid_out(kept, picture.name)
    return gr.FileData(
        path=path,
        url=f"{root}/gradio_api/file={path}",
        size=picture.size,
        orig_name=f"sdxl-lora.{picture.name.rpartition('.')[2]}",
        mime_type=f"image/{picture.format.lower()}",
    )


def _laid_out(kept: Path | bytes, name: str) -> str:
    folder = get_upload_folder()
    return save_bytes_to_cache(kept, name, folder) if isinstance(kept, bytes) else save_file_to_cache(kept, folder)


def _details(job: Job) -> dict[str, Any]:
    return {
        "job": job.id,
        "task": job.task_id,
        "model": job.model,
        "seed": job.request.seed,
        "timings": {"inference": job.inference_ms},
        "has_nsfw_contents": [picture.nsfw for picture in job.pictures],
        "note": job.note,
        "recipe": infotext(job.request, job.model),
    }
