"""Endpoint `/generate` for programs: makes one image, waits for it, and raises the page's own messages as errors."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.processing_utils import save_bytes_to_cache, save_file_to_cache
from gradio.route_utils import get_root_url
from gradio.utils import get_upload_folder
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from components import messages
from components.domain.batch import batch
from components.domain.field import Field, Kind
from components.domain.fields import FIELDS, MAX_LORAS
from components.domain.job import Job, JobState, StoredImage
from components.domain.person import Person
from components.domain.request import GenerationRequest, LoraWeight
from components.domain.schema import check_length
from components.errors import InvalidRequest, PlaygroundError, TooManyJobs
from components.jobs.submission import Submission
from components.loras.tags import merged, take_tags
from components.messages.message import Charge, Message
from components.recipes.infotext import infotext
from components.services.backend import shown_model
from components.services.playground import Playground
from components.ui.identity import user_of
from components.ui.programs.call_limits import CallLimits
from components.ui.programs.images import IMAGE_PARAMETERS, image_fields
from components.ui.widgets import choice_in, number_of

PARAMETERS = {field.parameter: field.parameter_description for field in FIELDS if field.parameter_text}
"""Description of each parameter on the API page, in the order of the endpoint's parameters."""

GeneratedImages = tuple[list[gr.FileData], dict[str, Any]]
"""Image files, and the details of the job."""


def generate_endpoint(playground: Playground) -> Callable[..., Awaitable[GeneratedImages]]:
    """Return the function behind `/generate`, whose parameters and docstring Gradio shows on the API page."""

    signature, limits = _signature(), CallLimits(playground.config.job_limits)

    async def generate(*arguments: Any, **named: Any) -> GeneratedImages:
        """Make a picture and wait for it: returns its file, and job, task, model, seed, timings and recipe."""
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        values, request = dict(bound.arguments), bound.arguments[_CALLER]
        program = Person.program(user_of(request))
        try:
            with limits.waiting(program):
                job = await _finished_job(playground, values, program)
        except TooManyJobs as error:
            raise _error(error.message, is_free=True) from error
        return await _files(playground, job, request), _details(job)

    # Gradio reads both, and knows no other way to name parameters.
    generate.__signature__ = signature  # type: ignore[attr-defined]
    generate.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    generate.__annotations__["return"] = GeneratedImages
    return generate


_CALLER = "request"
"""Parameter of the function that Gradio itself fills in; it is none of the endpoint's."""
_ANNOTATIONS: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.CHOICE: str,
    Kind.WHOLE: int,
    Kind.SIDE: int,
    Kind.NUMBER: float,
    Kind.LORAS: list[dict[str, Any]],
    Kind.IMAGE: str | dict[str, Any],
}


def _signature() -> Signature:
    """Return the signature of the function: a parameter for each field, and the caller."""
    fields = [_parameter(field) for field in FIELDS if field.parameter_text]
    caller = Parameter(_CALLER, Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request | None)
    return Signature([*fields, caller], return_annotation=GeneratedImages)


def _parameter(field: Field) -> Parameter:
    """Return the parameter of a field; None, where it may be left out, is the model's default."""
    default, annotation = field.default, _ANNOTATIONS[field.kind]
    if field.kind is not Kind.TEXT and not field.is_always_sent:
        default, annotation = None, annotation | None
    return Parameter(field.parameter, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def document(blocks: gr.Blocks) -> None:
    """Add the descriptions of PARAMETERS to Gradio's API page, which reads a docstring's first paragraph only."""
    (endpoint,) = [function for function in blocks.fns.values() if function.api_name == "generate"]
    for component, text in zip(endpoint.inputs, PARAMETERS.values(), strict=True):
        # Gradio 6.31 caches what `api_info` returns, so the change stays.
        component.api_info()["additional_description"] = text  # type: ignore[union-attr]


async def misnamed_parameter(request: Request, error: Exception) -> Response:
    """Answer 422 to a call with a parameter that `/generate` does not have, for which Gradio raises TypeError."""
    if not request.url.path.startswith("/gradio_api/call/"):
        raise error
    sentence = f"/generate takes these parameters and no others: {', '.join(PARAMETERS)}."
    return JSONResponse({"error": sentence}, status_code=422)


async def _finished_job(playground: Playground, values: Mapping[str, Any], program: Person) -> Job:
    """Start a job, wait for its end and return it. Raises gr.Error with the message that a tile would show."""
    is_free = playground.backend.free
    started = await _started_job(playground, values, program)
    try:
        # A caller that disconnects ends this wait only: the job has a task of its own, and is paid for.
        job = await playground.jobs.finished(started.id) or started
    except PlaygroundError as error:
        # The job goes on, whatever could not be read of it here.
        raise _error(messages.NO_END, is_free=is_free) from error
    if job.state is not JobState.COMPLETED:
        raise _error(_problem(job), is_free=is_free or job.price == 0)
    return job


async def _started_job(playground: Playground, values: Mapping[str, Any], program: Person) -> Job:
    """Start a job. Raises gr.Error; then nothing was sent."""
    try:
        # In a thread: it reads the host's folder of LoRAs.
        without_images = await asyncio.to_thread(_request, playground, values)
        request = await _with_images(playground, without_images, values, program)
        model = playground.backend.family.choose(request).id
        # A random click id: a program has no double clicks, so each call is a press of its own.
        submission = Submission(program.visitor_id, secrets.token_hex(16), batch(request, 1)[0], model=model)
        # Without a token: a visitor's own key is no parameter of any endpoint.
        return (await playground.start(program, submission, ""))[0]
    except PlaygroundError as error:
        raise _error(error.message, is_free=True) from error


def _problem(job: Job) -> Message:
    """Return why there is no image: the reason of a job's end; of one that goes on, that it may be charged."""
    if job.problem and (job.ended or job.problem.charge is not Charge.NONE):
        return job.problem
    return messages.NO_END


def _request(playground: Playground, values: Mapping[str, Any]) -> GenerationRequest:
    """Return the request without its images; a null counts as left out. Raises InvalidRequest. Blocks."""
    settings = [field for field in FIELDS if field.kind is not Kind.IMAGE]
    present = [field for field in settings if values.get(field.parameter) is not None]
    fields = {field.name: _checked_value(playground, field, values[field.parameter]) for field in present}
    fields["prompt"], tagged = take_tags(fields.get("prompt", ""), playground.lora_checker.resolve)
    fields["loras"] = merged(fields.get("loras", ()), tagged)
    fields.setdefault("preset", playground.backend.schema.default_preset)
    return GenerationRequest.of(fields).with_preset_applied()


async def _with_images(
    playground: Playground, request: GenerationRequest, values: Mapping[str, Any], program: Person
) -> GenerationRequest:
    present = {name: values[name] for name in IMAGE_PARAMETERS if values.get(name) is not None}
    size = {"width": request.width, "height": request.height}
    return replace(request, **await image_fields(playground, program, present | size))


def _checked_value(playground: Playground, field: Field, value: Any) -> Any:
    """Return a value as the page's own fields would read it, an image as it is. Raises InvalidRequest."""
    if field.kind is Kind.CHOICE:
        return choice_in(field.name, value)
    if field.kind is Kind.LORAS:
        return _loras(playground, value)
    if field.is_number:
        return number_of(value, field.name)
    if field.kind is Kind.TEXT and not isinstance(value, str):
        raise InvalidRequest(field.name, messages.not_text(field.name))
    if field.kind is Kind.TEXT:
        check_length(field.name, len(value))
    return value


def _loras(playground: Playground, values: Any) -> tuple[LoraWeight, ...]:
    if not isinstance(values, list):
        raise InvalidRequest("loras", messages.NOT_A_LIST_OF_LORAS)
    if len(values) > MAX_LORAS:
        raise InvalidRequest("loras", messages.too_many_loras(MAX_LORAS))
    return tuple(_lora(playground, value) for value in values)


def _lora(playground: Playground, value: Any) -> LoraWeight:
    if not isinstance(value, dict) or not isinstance(value.get("path"), str) or set(value) - {"path", "scale"}:
        raise InvalidRequest("loras", messages.NOT_A_LORA)
    lora = playground.lora_checker.resolve(value["path"], "loras")
    default_scale = 1.0 if lora.weight is None else lora.weight
    return LoraWeight(lora.path, number_of(value.get("scale", default_scale), "loras"))


def _error(message: Message, *, is_free: bool) -> gr.Error:
    """Return the error with a message in full."""
    # A refusal is no fault of the app: without `print_exception=False` Gradio would log a traceback.
    return gr.Error(messages.in_full(message, is_free=is_free), print_exception=False)


async def _files(playground: Playground, job: Job, request: gr.Request | None) -> list[gr.FileData]:
    """Return copies of the job's images, bytes as received, in the folder that Gradio's clients download from."""
    # Gradio's own URL of the app, which knows proxies and sub-paths.
    root = ""
    if request and request.request:
        root = get_root_url(request.request, request.request.url.path, None)
    return [await asyncio.to_thread(_file, playground, image, root) for image in job.images]


def _file(playground: Playground, image: StoredImage, root: str) -> gr.FileData:
    stored = playground.store.image_file(image.name)
    if stored is None:
        raise _error(messages.FILE_GONE, is_free=playground.backend.free)
    path = _cached_path(stored, image.name)
    return gr.FileData(
        path=path,
        url=f"{root}/gradio_api/file={path}",
        size=image.size,
        orig_name=f"sdxl-lora.{image.name.rpartition('.')[2]}",
        mime_type=f"image/{image.format.lower()}",
    )


def _cached_path(stored: Path | bytes, name: str) -> str:
    folder = get_upload_folder()
    return (
        save_bytes_to_cache(stored, name, folder) if isinstance(stored, bytes) else save_file_to_cache(stored, folder)
    )


def _details(job: Job) -> dict[str, Any]:
    return {
        "job": job.id,
        "task": job.task_id,
        "model": shown_model(job),
        "seed": job.request.seed,
        "timings": {"inference": job.inference_ms},
        "has_nsfw_contents": [image.nsfw for image in job.images],
        "note": " ".join(str(note) for note in job.notes),
        "recipe": infotext(job.request, shown_model(job)),
    }
