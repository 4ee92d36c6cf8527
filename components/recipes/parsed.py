"""Parsed recipe: settings read from an image file, of any program, before they are checked against a model. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.domain.field import Field
from components.domain.request import Sampler

_WHOLE_NUMBER = re.compile(r"\s*-?\d{1,20}\s*")


@dataclass(frozen=True, slots=True)
class ParsedLora:
    """LoRA in a recipe; the name is a path, URL, AIR, tag or file name."""

    name: str
    scale: float
    is_on: bool = True
    """False for one that is in the recipe and was not used."""
    is_path: bool = False
    """True where the name is one of our own paths: in other programs' recipes `a/b` is a file in a folder."""


@dataclass(frozen=True, slots=True)
class ParsedSampler:
    """Sampler in a recipe that is one of the app's."""

    sampler: Sampler
    keys: tuple[str, ...]
    """Names of the recipe's settings that it was read from; they are among the unused where it cannot be chosen."""


@dataclass(frozen=True, slots=True)
class ParsedRecipe:
    """Settings in a recipe; None or empty: not set."""

    prompt: str
    negative: str = ""
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    """Numbers by field name; the sides are in `size`."""
    size: tuple[int, int] | None = None
    refiner: str = ""
    preset: str = ""
    """Preset of the app's own server."""
    sampler: ParsedSampler | None = None
    loras: tuple[ParsedLora, ...] = ()
    is_from_image: bool = False
    """True for a result of image-to-image or inpainting; the source image is not in the recipe."""
    unused: tuple[str, ...] = ()
    """Names of further settings, which the app does not have."""
    unread: frozenset[str] = frozenset()
    """Names of fields that are in the recipe in a form that was not understood."""


def number_of(field: Field, value: Any) -> float | None:
    """Return the value of a number field, None for any other value than a number of its type."""
    return integer(value) if field.is_whole else number(value)


def number(value: Any) -> float | None:
    """Return a finite number from a number or text, None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return parsed if math.isfinite(parsed) else None


def integer(value: Any) -> int | None:
    """Return an integer of up to 20 digits from a number or text, None for any other value.

    Large ones are exact: a float has only 53 bits for a seed.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**20 else None
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    parsed = number(value)
    return None if parsed is None or abs(parsed) > 1e20 or parsed != round(parsed) else round(parsed)


def text_value(value: Any) -> str:
    """Return a text, empty for any other value. Lone surrogates, which JSON allows and UTF-8 does not, are dropped."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else ""


def size(text: Any) -> tuple[int, int] | None:
    """Return width and height in a text such as `832x1216` or `(832, 1216)`, in pixels; None for any other value."""
    sides = re.findall(r"\d{1,6}", text[:40]) if isinstance(text, str) else []
    return (int(sides[0]), int(sides[1])) if len(sides) == 2 else None
