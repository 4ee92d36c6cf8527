"""One click over lists of values: a grid of requests that differ in one or two settings, all else and the seed alike.

How lists are written is A1111's "X/Y/Z plot": `1, 2, 3`, `1-5`, `1-5 (+2)`, `10-1 (-3)`, `1-10 [5]`; words are
searched for by the first of their list and replaced by each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from components import messages
from components.errors import InvalidRequest
from components.generation import FAST_STEPS, GenerationRequest, Preset, Refine
from components.schema import Schema, Span
from components.seeds import batch

MOST_CELLS = 25
FIELD = "grid"
"""Where what is wrong with a grid is said."""
WORDS = "words"
LORA_SCALE = "lora_1_scale"
WHOLE = ("num_inference_steps", "seed")
AXES = ("guidance_scale", "num_inference_steps", "seed", LORA_SCALE, "high_noise_frac", "prompt_strength", WORDS)
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})(?:\s*\(\s*([+-]\d+(?:\.\d+)?)\s*\)|\s*\[\s*(\d{{1,3}})\s*\])?")
_LONGEST = 2_000
"""Characters of a list."""

Value = float | int | str


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting and its values, in the order in which they are shown."""

    field: str
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if self.field not in AXES:
            raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
        if not self.values or len(set(self.values)) != len(self.values):
            raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
        if self.field == "seed" and any(isinstance(value, str) or value < 0 for value in self.values):
            raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)  # -1 would draw one
        if len(self.values) > MOST_CELLS:
            raise InvalidRequest(FIELD, messages.too_many_cells(MOST_CELLS))


def read_axes(asked: Any) -> tuple[Axis, ...]:
    """Return one or two axes from `[{"field": ..., "values": text}, ...]`. Raises InvalidRequest."""
    if not isinstance(asked, list) or not 1 <= len(asked) <= 2:
        raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
    axes = tuple(_axis(one) for one in asked)
    if len({axis.field for axis in axes}) != len(axes):
        raise InvalidRequest(FIELD, messages.SAME_AXIS_TWICE)
    return axes


def count(axes: tuple[Axis, ...]) -> int:
    """Return how many pictures they make. Raises InvalidRequest when those are too many."""
    cells = 1
    for axis in axes:
        cells *= len(axis.values)
    if cells > MOST_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MOST_CELLS))
    return cells


def cells(request: GenerationRequest, axes: tuple[Axis, ...], schema: Schema) -> tuple[GenerationRequest, ...]:
    """Return a request for each cell, row by row: the first axis goes across, the second down.

    A random seed is drawn once for all. Raises InvalidRequest where a value is none the setting can have.
    """
    count(axes)
    (drawn,), _ = batch(request, 1)
    across, down = axes[0], axes[1] if len(axes) == 2 else None
    rows = [_with(drawn, down, value, schema) for value in down.values] if down else [drawn]
    return tuple(_with(row, across, value, schema) for row in rows for value in across.values)


def _axis(asked: Any) -> Axis:
    field, text = (asked.get(name) for name in ("field", "values")) if isinstance(asked, Mapping) else (None, None)
    if field not in AXES or not isinstance(text, str) or len(text) > _LONGEST:
        raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
    return Axis(field, _words(text) if field == WORDS else _numbers(text, whole=field in WHOLE))


def _words(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(","))
    if not all(found):
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    return found


def _numbers(text: str, *, whole: bool) -> tuple[Value, ...]:
    found: list[Value] = []
    for part in text.split(","):
        for number in _spelled_out(part.strip()):
            value = round(number) if whole else round(number, 4)
            if value not in found:
                found.append(int(value) if value == int(value) else value)
    return tuple(found)


def _spelled_out(part: str) -> list[float]:
    if re.fullmatch(_NUMBER, part):
        return [float(part)]
    if not (found := _RANGE.fullmatch(part)):
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    first, last = float(found[1]), float(found[2])
    if found[4]:
        return _evenly(first, last, int(found[4]))
    return _stepwise(first, last, float(found[3] or (1 if last >= first else -1)))


def _evenly(first: float, last: float, number: int) -> list[float]:
    if not 2 <= number <= MOST_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MOST_CELLS))
    return [first + (last - first) * at / (number - 1) for at in range(number)]


def _stepwise(first: float, last: float, step: float) -> list[float]:
    if not step or (last - first) * step < 0:
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    number = int((last - first) / step + 1e-9) + 1
    if number > MOST_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MOST_CELLS))
    return [first + step * at for at in range(number)]


def _with(request: GenerationRequest, axis: Axis, value: Value, schema: Schema) -> GenerationRequest:
    if isinstance(value, str):
        return _with_words(request, str(axis.values[0]), value)
    if axis.field == LORA_SCALE:
        return _with_scale(request, value, schema)
    span: Span = getattr(schema, axis.field)
    span.check(FIELD, value)
    changed = replace(request, **{axis.field: value})
    if not _has_effect(request, axis.field, value):
        raise InvalidRequest(FIELD, messages.AXIS_HAS_NO_EFFECT)
    return changed


def _has_effect(request: GenerationRequest, field: str, value: float) -> bool:
    if field == "prompt_strength":
        return request.image is not None
    if request.preset is Preset.FAST and field in ("guidance_scale", "num_inference_steps"):
        return field == "num_inference_steps" and value <= FAST_STEPS
    return field != "high_noise_frac" or request.refine is Refine.ENSEMBLE


def _with_words(request: GenerationRequest, searched: str, put: str) -> GenerationRequest:
    if searched not in request.prompt:
        raise InvalidRequest(FIELD, messages.WORDS_NOT_IN_PROMPT)
    return replace(request, prompt=request.prompt.replace(searched, put))


def _with_scale(request: GenerationRequest, value: float, schema: Schema) -> GenerationRequest:
    if not request.loras:
        raise InvalidRequest(FIELD, messages.NOTHING_TO_COMPARE)
    schema.lora_scale.check(FIELD, value)
    return replace(request, loras=(replace(request.loras[0], scale=value), *request.loras[1:]))
