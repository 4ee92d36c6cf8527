"""Encoding: requests as JSON bodies of the v3 API. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.domain.model_family import STANDARD_NAMES, FieldNames
from components.domain.request import GenerationRequest, Refine


@dataclass(frozen=True, slots=True)
class ImageLinks:
    """URLs of a request's images for the API: of uploads, or data URIs; empty for an image it does not have."""

    image: str = ""
    mask: str = ""


NO_IMAGE_LINKS = ImageLinks()


def encode(
    request: GenerationRequest, field_names: FieldNames = STANDARD_NAMES, links: ImageLinks = NO_IMAGE_LINKS
) -> dict[str, Any]:
    """Return the JSON body of a submit, with the model's own field names and without fields that it does not have."""
    body: dict[str, Any] = {
        "prompt": request.prompt,
        "size": f"{request.width}*{request.height}",
        "guidance_scale": float(request.guidance_scale),
        "num_inference_steps": request.num_inference_steps,
        "seed": request.seed,
        # As URLs: inline images would come again with every answer about the task, a third larger than the files.
        "enable_base64_output": False,
    }
    if request.negative_prompt:
        body["negative_prompt"] = request.negative_prompt
    if request.loras:
        body["loras"] = [{"path": lora.path, "scale": float(lora.scale)} for lora in request.loras]
    if request.preset:
        body["preset"] = request.preset.value
    body |= _image_fields(request, links) | _refiner_fields(request)
    # Drops nothing that the visitor chose: a model without a required field is refused before, see
    # `Catalogue.require`.
    return {field_names[name]: value for name, value in body.items() if name in field_names}


def _image_fields(request: GenerationRequest, links: ImageLinks) -> dict[str, Any]:
    if not request.image:
        return {}
    body: dict[str, Any] = {"image": links.image, "prompt_strength": float(request.prompt_strength)}
    return body | ({"mask_image": links.mask} if request.mask else {})


def _refiner_fields(request: GenerationRequest) -> dict[str, Any]:
    if request.refine is Refine.ENSEMBLE:
        return {"refine": request.refine.value, "high_noise_frac": float(request.high_noise_frac)}
    if request.refine is Refine.SECOND_PASS:
        steps = request.num_inference_steps if request.refine_steps is None else request.refine_steps
        return {"refine": request.refine.value, "refine_steps": steps}
    return {}


def encode_recent(model: str, page: int) -> dict[str, Any]:
    """Return the JSON body of the list of recent tasks of one model; pages count from 1 and have up to 100 tasks."""
    return {"page": page, "page_size": 100, "model": model}


def encode_price(
    model: str,
    request: GenerationRequest,
    field_names: FieldNames = STANDARD_NAMES,
    links: ImageLinks = NO_IMAGE_LINKS,
) -> dict[str, Any]:
    """Return the JSON body of the price call for a request."""
    return {"model_id": model, "inputs": encode(request, field_names, links)}


def encode_delete(task_ids: Sequence[str]) -> dict[str, Any]:
    """Return the JSON body of the deletion of tasks and their images."""
    return {"ids": [*task_ids]}
