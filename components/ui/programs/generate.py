"""Endpoint `/generate` for programs: makes one image, waits for it, and raises the page's own messages as errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
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
from components.domain.field import Field, Kind
from components.domain.job import Job, StoredFile, StoredImage
from components.domain.person import Person
from components.domain.schema import ModelSchema
from components.images.conversion import SUFFIXES
from components.recipes.infotext import infotext
from components.services.backend import shown_model
from components.services.playground import Playground
from components.ui.http.lent_gpu import on_share_of
from components.ui.identity import user_of
from components.ui.programs.parameter_schemas import PARAMETER_FIELDS, REQUIRED, parameter_schema
from components.ui.programs.picture_calls import CallFailed, PictureCalls, Report
from components.ui.programs.progress_text import progress_text

PARAMETERS = {field.parameter: field.parameter_description for field in PARAMETER_FIELDS}
"""Description of each parameter on the API page, in the order of the endpoint's parameters."""

GeneratedImages = tuple[list[gr.FileData], dict[str, Any]]
"""Image files, and the details of the job."""


def generate_endpoint(calls: PictureCalls) -> Callable[..., Awaitable[GeneratedImages]]:
    """Return the function behind `/generate`, whose parameters and docstring Gradio shows on the API page."""
    signature = _signature()

    async def generate(*arguments: Any, **named: Any) -> GeneratedImages:
        """Make a picture and wait for it: returns its file, and job, task, model, seed, timings and recipe."""
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        values, request = dict(bound.arguments), bound.arguments[_CALLER]
        try:
            with on_share_of(request):
                job = await calls.make(values, Person.program(user_of(request)), report=_report())
            return await _files(calls.playground, job, request), details(job)
        except CallFailed as error:
            # A refusal is no fault of the app: without `print_exception=False` Gradio would log a traceback.
            raise gr.Error(str(error), print_exception=False) from error

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
    fields = [_parameter(field) for field in PARAMETER_FIELDS]
    caller = Parameter(_CALLER, Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request | None)
    return Signature([*fields, caller], return_annotation=GeneratedImages)


def _report() -> Report:
    """Return how the client of the current call hears of a job's steps: as the progress in Gradio's status of it."""
    # As a default of the signature, where Gradio looks for it, it would become a parameter of the endpoint.
    progress = gr.Progress()

    async def report(job: Job) -> None:
        progress((job.step or 0, job.steps), desc=progress_text(job), unit="steps")

    return report


def _parameter(field: Field) -> Parameter:
    """Return the parameter of a field; None, where it may be left out, is the model's default."""
    default, annotation = field.default, _ANNOTATIONS[field.kind]
    if field.kind is not Kind.TEXT and not field.is_always_sent:
        default, annotation = None, annotation | None
    return Parameter(field.parameter, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)


def document(blocks: gr.Blocks, schema: ModelSchema) -> None:
    """Add names, descriptions and ranges of the parameters to Gradio's API page and OpenAPI description.

    Gradio itself numbers the parameters, and reads a docstring's first paragraph only.
    """
    (endpoint,) = [function for function in blocks.fns.values() if function.api_name == "generate"]
    endpoint.tracks_progress = True
    for component, field in zip(endpoint.inputs, PARAMETER_FIELDS, strict=True):
        component.label = field.parameter  # type: ignore[union-attr]
        if field.is_required:
            # Without a value Gradio knows it as required, and shows an example in its place.
            component.value = None  # type: ignore[union-attr]
        if example := field.parameter_example:
            component.example_payload = component.example_value = partial(str, example)  # type: ignore[union-attr]
        # Gradio 6.31 caches what `api_info` returns, so the change stays.
        described: dict[str, Any] = component.api_info()  # type: ignore[union-attr]
        described["additional_description"] = field.parameter_description
        bounds = {name: one for name, one in parameter_schema(field, schema).items() if name in _BOUNDS}
        for kind in (described, *described.get("oneOf", ())):
            if kind.get("type") not in (None, "null"):
                kind.update(bounds)


_BOUNDS = ("minimum", "maximum", "multipleOf", "enum", "maxItems", "minLength", "maxLength")


async def misnamed_parameter(request: Request, error: Exception) -> Response:
    """Answer 422 to a call with another parameter than `/generate` has, or without a required one: a TypeError."""
    if not request.url.path.startswith("/gradio_api/call/"):
        raise error
    required = ", ".join(REQUIRED)
    sentence = f"/generate takes these parameters and no others, {required} always: {', '.join(PARAMETERS)}."
    return JSONResponse({"error": sentence}, status_code=422)


async def _files(playground: Playground, job: Job, request: gr.Request | None) -> list[gr.FileData]:
    """Return copies of the job's files, bytes as received, in the folder that Gradio's clients download from."""
    # Gradio's own URL of the app, which knows proxies and sub-paths.
    root = ""
    if request and request.request:
        root = get_root_url(request.request, request.request.url.path, None)
    return [await asyncio.to_thread(_file, playground, file, root) for file in (*job.images, *job.files)]


def _file(playground: Playground, image: StoredImage | StoredFile, root: str) -> gr.FileData:
    stored = playground.store.image_file(image.name)
    if stored is None:
        raise CallFailed(messages.FILE_GONE, is_free=playground.backend.free)
    path = _cached_path(stored, image.name)
    return gr.FileData(
        path=path,
        url=f"{root}/gradio_api/file={path}",
        size=image.size,
        orig_name=f"sdxl-lora.{image.name.rpartition('.')[2]}",
        mime_type=f"image/{SUFFIXES[image.format] if ' ' in image.format else image.format.lower()}",
    )


def _cached_path(stored: Path | bytes, name: str) -> str:
    folder = get_upload_folder()
    return (
        save_bytes_to_cache(stored, name, folder) if isinstance(stored, bytes) else save_file_to_cache(stored, folder)
    )


def details(job: Job) -> dict[str, Any]:
    """Return what a program is told of a completed job."""
    return {
        "job": job.id,
        "task": job.task_id,
        "model": shown_model(job),
        "seed": job.request.seed,
        "timings": {"inference": job.inference_ms},
        "has_nsfw_contents": [image.nsfw for image in job.images],
        "note": " ".join(str(note) for note in (*job.notes, *([job.problem] if job.problem else []))),
        "recipe": infotext(job.request, shown_model(job)),
    }
