"""Encoding: requests as JSON bodies of the v3 API. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.domain.field import Field, Kind
from components.domain.fields import FIELDS, NOT_INLINE
from components.domain.model_family import STANDARD_NAMES, FieldNames
from components.domain.request import GenerationRequest


@dataclass(frozen=True, slots=True)
class ImageLinks:
    """URLs of a request's images by field name: of uploads, or data URIs; empty for an image it does not have."""

    image: str = ""
    mask: str = ""


NO_IMAGE_LINKS = ImageLinks()


def encode(
    request: GenerationRequest, field_names: FieldNames = STANDARD_NAMES, links: ImageLinks = NO_IMAGE_LINKS
) -> dict[str, Any]:
    """Return the JSON body of a submit, with the model's own field names and without fields that it does not have."""
    always = {field.api_name: _api_value(request, field, links) for field in FIELDS if field.is_always_sent}
    others = {field.api_name: _api_value(request, field, links) for field in FIELDS if _is_sent(request, field)}
    # As URLs: inline images would come again with every answer about the task, a third larger than the files.
    body = {**always, NOT_INLINE: False, **others}
    # Drops nothing that the visitor chose: a model without a required field is refused before, see
    # `Catalogue.require`.
    return {
        field_names[name]: _own_choice(name, value, field_names) for name, value in body.items() if name in field_names
    }


def _is_sent(request: GenerationRequest, field: Field) -> bool:
    """Return whether a field that may be left out is sent: it has an effect, and not its default."""
    has_value = request.effective_value(field) is not None and request.uses(field)
    is_chosen = field.used_with is not None or not request.has_default(field.name)
    return bool(field.api_names) and has_value and is_chosen


def _api_value(request: GenerationRequest, field: Field, links: ImageLinks) -> Any:
    """Return the value of a field as the API takes it."""
    value = request.effective_value(field)
    if field.kind is Kind.SIDE:
        return f"{request.width}*{request.height}"
    if field.kind is Kind.LORAS:
        return [{"path": lora.path, "scale": float(lora.scale)} for lora in request.loras]
    if field.kind is Kind.IMAGE:
        return getattr(links, field.name)
    if field.kind is Kind.CHOICE:
        return request.plain_value(field.name)
    return float(value) if field.kind is Kind.NUMBER else value


def _own_choice(name: str, value: Any, field_names: FieldNames) -> Any:
    """Return a choice by the model's own name; any other value as it is."""
    return field_names.get(value, value) if name in _CHOICES else value


_CHOICES = frozenset(field.api_name for field in FIELDS if field.kind is Kind.CHOICE)


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
