"""What a recipe says, whoever wrote it, before it is measured by what a model takes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

_WHOLE = re.compile(r"\s*-?\d{1,20}\s*")


@dataclass(frozen=True, slots=True)
class FoundLora:
    """A LoRA as a recipe names it: a path, an address, or the name of a file."""

    name: str
    scale: float


@dataclass(frozen=True, slots=True)
class FoundRecipe:
    """A recipe's content; numbers are None where it names none."""

    prompt: str
    negative: str = ""
    steps: int | None = None
    guidance: float | None = None
    seed: int | None = None
    size: tuple[int, int] | None = None
    refiner: str = ""
    handover: float | None = None
    """The share of the steps after which the refiner takes over."""
    refiner_steps: int | None = None
    preset: str = ""
    """Of our own engine."""
    loras: tuple[FoundLora, ...] = ()
    is_of_picture: bool = False
    """It was made from another picture."""
    others: tuple[str, ...] = ()
    """Names of what stands there besides, and that nothing here can use."""


def number(value: Any) -> float | None:
    """Return a finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int | None:
    """Return a whole number to its last digit, or None; one with more than 20 digits is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**20 else None
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    found = number(value)
    return None if found is None or abs(found) > 1e20 or found != round(found) else round(found)


def words(value: Any) -> str:
    """Return a text, or nothing; half characters are left out."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else ""


def size(text: Any) -> tuple[int, int] | None:
    """Return the size that two numbers in a text name, as `832x1216` and `(832, 1216)` do."""
    sides = re.findall(r"\d{1,6}", text[:40]) if isinstance(text, str) else []
    return (int(sides[0]), int(sides[1])) if len(sides) == 2 else None
