"""What a press would cost and what is offered to whoever presses, told before anything is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.errors import Sentence
from components.family import Family
from components.money import Micros

PARTS = {
    "picture": "image",
    "mask": "mask_image",
    "loras": "loras",
    "refiner": "refine",
    "negative_prompt": "negative_prompt",
}
"""The parts of the page that a model may not take, and the API's name of each."""


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


def parts_off(family: Family) -> Mapping[str, Sentence]:
    """Return why parts of the page are off, by PARTS."""
    reasons = {part: family.reason(name) for part, name in PARTS.items()}
    return {part: reason for part, reason in reasons.items() if reason}
