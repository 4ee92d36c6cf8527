"""The models of one backend: what each takes, and which of them makes a request. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from components import messages
from components.errors import InvalidRequest, Sentence
from components.generation import GenerationRequest
from components.schema import Schema, built_in
from components.wire import STANDARD, Dialect


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the API."""

    id: str
    schema: Schema
    dialect: Dialect
    """By which names it takes its fields."""
    is_told: bool = False
    """The API said so itself; otherwise the built-in description stands in."""

    @classmethod
    def built_in(cls, name: str) -> Model:
        """Return what is known of a model without asking."""
        return cls.of(name, built_in(name), STANDARD)

    @classmethod
    def of(cls, name: str, schema: Schema, dialect: Dialect, *, is_told: bool = False) -> Model:
        """Return a model with names for what it takes alone."""
        kept = schema.fields | {"enable_base64_output"}
        return cls(name, schema, {ours: theirs for ours, theirs in dialect.items() if ours in kept}, is_told)


@dataclass(frozen=True, slots=True)
class Family:
    """The models a backend may use, the preferred one first; never empty."""

    models: tuple[Model, ...]

    @classmethod
    def built_in(cls, names: Sequence[str]) -> Family:
        """Return what is known of these models without asking."""
        return cls(tuple(Model.built_in(name) for name in names))

    @property
    def is_told(self) -> bool:
        """Tell whether the API described any of them."""
        return any(model.is_told for model in self.models)

    @property
    def names(self) -> tuple[str, ...]:
        """Return their ids, the preferred one first."""
        return tuple(model.id for model in self.models)

    @property
    def first(self) -> Model:
        """Return the preferred model, whose ranges the page shows."""
        return self.models[0]

    @property
    def fields(self) -> frozenset[str]:
        """Return the API's names of all that some model takes."""
        return frozenset().union(*(model.schema.fields for model in self.models))

    def model(self, name: str) -> Model:
        """Return a model by its id; one that is not here any more is taken as it is built in."""
        return next((model for model in self.models if model.id == name), None) or Model.built_in(name)

    def choose(self, request: GenerationRequest) -> Model:
        """Return the first model that takes everything that is asked for, within its ranges.

        Raises InvalidRequest with the field and a sentence; nothing is ever left out to make a request fit.
        """
        request = request.with_seed(0) if request.seed == -1 else request  # one will be drawn
        able = [model for model in self.models if model.schema.takes(request)]
        if not able:
            raise self.refusal(request)
        for model in able[:-1]:
            try:
                model.schema.check(request)
            except InvalidRequest:
                continue
            return model
        able[-1].schema.check(request)
        return able[-1]

    def reason(self, name: str) -> Sentence | None:
        """Return why a field is off, by the API's name; None when some model takes it."""
        return None if name in self.fields else messages.not_taken(NAMES[name])

    def refusal(self, request: GenerationRequest) -> InvalidRequest:
        """Return why no model takes a request: something none has, or two things that none has together."""
        wishes = sorted(request.wishes, key=_WEIGHT.index)
        for wish in wishes:
            if wish not in self.fields:
                return InvalidRequest(_PLACE.get(wish, wish), messages.no_model_takes(NAMES[wish]))
        for one, other in combinations(wishes, 2):
            if not any({one, other} <= model.schema.fields for model in self.models):
                return InvalidRequest(
                    _PLACE.get(other, other), messages.no_model_takes_together(NAMES[one], NAMES[other])
                )
        if not any(request.refine in model.schema.refine_ways for model in self.models):
            return InvalidRequest("refine", messages.no_model_takes("this way of the refiner"))
        return InvalidRequest("", messages.no_model_takes("all of this together"))


NAMES = {
    "image": "a picture to start from",
    "mask_image": "a mask",
    "loras": "LoRAs",
    "refine": "a refiner",
    "negative_prompt": "a negative prompt",
    "prompt_strength": "a strength",
    "high_noise_frac": "a handover",
    "refine_steps": "the refiner's steps",
    "preset": "the fast way",
    "size": "a size",
    "guidance_scale": "guidance",
    "num_inference_steps": "a number of steps",
    "seed": "a seed",
    "prompt": "a prompt",
}
"""What people call each field."""
_WEIGHT = list(NAMES)
_PLACE = {"size": "width"}


class Catalogue:
    """The family as the API last told it; everything that sends or asks a price reads it here."""

    def __init__(self, family: Family) -> None:
        self.family = family

    def require(self, name: str, request: GenerationRequest) -> Model:
        """Return the model that a request was meant for.

        Raises InvalidRequest when it has no field for something that is asked for; ranges were checked at the press.
        """
        model = self.family.model(name)
        if not model.schema.takes(request):
            raise Family((model,)).refusal(request)
        return model
