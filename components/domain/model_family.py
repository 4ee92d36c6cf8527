"""Model family: the models of one backend, what each takes, and which of them takes a request. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from operator import attrgetter

from components import messages
from components.domain.fields import FIELDS, NOT_INLINE
from components.domain.machine import Machine
from components.domain.request import GenerationRequest
from components.domain.schema import ModelSchema, built_in_schema
from components.errors import InvalidRequest
from components.messages.message import Message

FieldNames = Mapping[str, str]
"""Names of one model: the app's name of a field to the model's own. A field that is missing is never sent.

A choice that the model knows by another name stands there too, by the app's name of the choice.
"""

ALIASES: Mapping[str, tuple[str, ...]] = {field.api_name: field.api_names for field in FIELDS if field.api_names} | {
    NOT_INLINE: (NOT_INLINE,)
}
"""Names that models use for each field, the likelier one first.

Sources: the vendor's model pages, and SDXL on Replicate for `mask`; `strength` is what the vendor's other models use.
"""

_CHOICES = frozenset(choice for field in FIELDS for choice in field.choice_aliases.values())
"""Choices that have more than one name."""

STANDARD_NAMES: FieldNames = {name: names[0] for name, names in ALIASES.items()}


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the API."""

    id: str
    """Its id in URLs, such as `stability-ai/sdxl-lora`."""
    schema: ModelSchema
    field_names: FieldNames
    is_from_api: bool = False
    """False when the API did not describe the model and the built-in description is used."""
    machine: Machine | None = field(default=None, compare=False)
    """What our own server computes on; None: not known. Its free memory is no change of the model."""

    @classmethod
    def built_in(cls, name: str) -> Model:
        """Return the built-in description of a model. Nothing is requested."""
        return cls.of(name, built_in_schema(name), STANDARD_NAMES)

    @classmethod
    def of(cls, name: str, schema: ModelSchema, field_names: FieldNames, *, is_from_api: bool = False) -> Model:
        """Return a model whose field names are limited to the fields of its schema."""
        sendable = schema.fields | _CHOICES | {NOT_INLINE}
        return cls(name, schema, {field: own for field, own in field_names.items() if field in sendable}, is_from_api)


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """Models that a backend may use, the preferred one first; never empty."""

    models: tuple[Model, ...]

    @classmethod
    def built_in(cls, names: Sequence[str]) -> ModelFamily:
        """Return the built-in descriptions of these models. Nothing is requested."""
        return cls(tuple(Model.built_in(name) for name in names))

    @property
    def is_from_api(self) -> bool:
        """Return whether the API described any of them."""
        return any(model.is_from_api for model in self.models)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the model ids, the preferred one first."""
        return tuple(model.id for model in self.models)

    @property
    def preferred(self) -> Model:
        """Return the preferred model, whose ranges the page shows."""
        return self.models[0]

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of all fields that at least one model takes."""
        return frozenset().union(*(model.schema.fields for model in self.models))

    def model(self, name: str) -> Model:
        """Return a model by its id; the built-in description of a model that is no longer in the family."""
        return next((model for model in self.models if model.id == name), None) or Model.built_in(name)

    def choose(self, request: GenerationRequest) -> Model:
        """Return the first model that takes every field of the request, within its ranges.

        Raises InvalidRequest when there is none; no field is ever dropped to make a request fit.
        """
        request = request.with_seed(0) if request.seed == -1 else request  # -1: a seed is drawn later
        candidates = [model for model in self.models if model.schema.takes(request)]
        if not candidates:
            raise self.refusal(request)
        for model in candidates[:-1]:
            try:
                model.schema.check(request)
            except InvalidRequest:
                continue
            return model
        # Not caught: no model is left to try, so this one's message is shown.
        candidates[-1].schema.check(request)
        return candidates[-1]

    def choose_for_all(self, requests: Sequence[GenerationRequest]) -> Model:
        """Return the first model that takes each request of a press, within its ranges.

        Raises InvalidRequest when there is none, as the model says it that takes the one with the most fields.
        """
        most = max(requests, key=lambda request: len(request.required_fields))
        for model in self.models:
            with suppress(InvalidRequest):
                return _required(model, requests)
        return _required(self.choose(most), requests)

    def reason(self, name: str) -> Message | None:
        """Return why a field is not available; None when some model takes it, or when no fields are known."""
        return messages.not_taken(name) if self.is_from_api and name not in self.fields else None

    def conflict(self, request: GenerationRequest, name: str) -> Message | None:
        """Return why a field that some model has cannot be used beside the others of a request; None where it can."""
        if name not in self.fields:
            return None
        others = request.required_fields - {name}
        if any(others | {name} <= model.schema.fields for model in self.models):
            return None
        for other in sorted(others, key=_FIELD_PRIORITY.index):
            if other in self.fields and not any({name, other} <= model.schema.fields for model in self.models):
                return messages.not_together(name, other)
        return None

    def refusal(self, request: GenerationRequest) -> InvalidRequest:
        """Return the error for a request that no model takes: a field that none has, or two that none has together."""
        required = sorted(request.required_fields, key=_FIELD_PRIORITY.index)
        for name in required:
            if name not in self.fields:
                found = messages.no_model_takes if self.is_from_api else messages.not_known_to_take
                return InvalidRequest(_FIELD_ON_PAGE.get(name, name), found(name))
        for first, second in combinations(required, 2):
            if not any({first, second} <= model.schema.fields for model in self.models):
                return InvalidRequest(
                    _FIELD_ON_PAGE.get(second, second),
                    messages.no_model_takes_together(first, second),
                )
        if not any(request.refine in model.schema.refine_modes for model in self.models):
            return InvalidRequest("refine", messages.no_model_takes("refine_mode"))
        return InvalidRequest("", messages.no_model_takes("all"))


def _required(model: Model, requests: Sequence[GenerationRequest]) -> Model:
    """Return the model. Raises InvalidRequest for the first request that it does not take."""
    for request in requests:
        ModelFamily((model,)).choose(request)
    return model


_REPORTED_FIRST = ("image", "mask_image", "loras", "refine", "negative_prompt")
_FIELD_ORDER = sorted(FIELDS, key=attrgetter("is_always_sent"))
_FIELD_PRIORITY = (*_REPORTED_FIRST, *(field.api_name for field in _FIELD_ORDER))
"""Fields in the order in which a missing one is reported."""
_FIELD_ON_PAGE = {"size": "width"}
"""Fields whose errors the page shows at a field of another name."""


class Catalogue:
    """Current model family of a backend, replaced when the API describes its models again.

    The client reads it at each call, so that it never uses an older one.
    """

    def __init__(self, family: ModelFamily) -> None:
        self.family = family

    def require(self, name: str, request: GenerationRequest) -> Model:
        """Return the model that a request was made for.

        Raises InvalidRequest when the model has no field for part of it: the API may describe the model differently
        since the press, where the ranges were checked.
        """
        model = self.family.model(name)
        if not model.schema.takes(request):
            raise ModelFamily((model,)).refusal(request)
        return model
