"""What a press would cost and what is offered to whoever presses, told before anything is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components import messages
from components.errors import Sentence
from components.family import Family
from components.generation import GenerationRequest, Preset
from components.money import Micros

PARTS = {
    "picture": "image",
    "mask": "mask_image",
    "loras": "loras",
    "refiner": "refine",
    "negative_prompt": "negative_prompt",
    "preset": "preset",
}
"""The parts of the page that a model may not take, and the API's name of each."""
NOT_WITH_FAST = {
    "sampling": messages.FAST_SAMPLING,
    "refiner": messages.FAST_WITHOUT_REFINER,
    "negative_prompt": messages.FAST_WITHOUT_NEGATIVE,
}
"""The parts of the page that change nothing where the fast preset paints."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the page says beside its Generate button."""

    is_free: bool
    """Nothing is ever charged, so nothing is said of money."""
    price: Micros | None
    """Of one picture; None: not known."""
    in_the_way: Sentence | None
    """Why the press would be refused as the form stands, in what no one model takes together; None: it would not."""
    off: Mapping[str, Sentence]
    """Why parts of the page are off; those that are not here are on."""


def parts_off(family: Family, request: GenerationRequest) -> Mapping[str, Sentence]:
    """Return why parts of the page are off: what no model takes, and what changes nothing as the form stands."""
    reasons = {part: family.reason(name) for part, name in PARTS.items()}
    not_taken = {part: reason for part, reason in reasons.items() if reason}
    return (NOT_WITH_FAST if request.preset is Preset.FAST else {}) | not_taken
