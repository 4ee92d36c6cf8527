"""Batch: one press of Generate becomes several requests. Pure but for random seeds.

Consecutive seeds, a pair with and without LoRAs, or a grid over lists of values. Lists have the syntax of A1111's
"X/Y/Z plot": `1, 2, 3`, `1-5`, `1-5 (+2)`, `10-1 (-3)`, `1-10 [5]`. A list of words replaces its first entry in the
prompt by each entry (A1111's "Prompt S/R"). A prompt with `{a|b}` is a grid of one line by itself.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from components import messages
from components.domain.alternatives import count_of, expanded
from components.domain.fields import FIELDS, LORA_SCALE, MAX_SEED, field_of
from components.domain.request import GenerationRequest, Preset
from components.domain.schema import ModelSchema, check_length
from components.errors import InvalidRequest
from components.messages.message import Message

MAX_IMAGES = 4
"""Images of one press with consecutive seeds."""


def with_and_without(request: GenerationRequest) -> tuple[tuple[GenerationRequest, ...], Message | None]:
    """Return the request with and without its LoRAs, both with the same seed, and a note as `batch` does.

    Raises InvalidRequest when no LoRA has a scale above 0.
    """
    if not any(lora.scale > 0 for lora in request.loras):
        raise InvalidRequest("loras", messages.NOTHING_TO_COMPARE)
    (drawn,), note = batch(request, 1)
    return (drawn, replace(drawn, loras=())), note


def batch(request: GenerationRequest, images: int) -> tuple[tuple[GenerationRequest, ...], Message | None]:
    """Return one request per image with consecutive seeds, and a note about the seeds, None in most cases.

    A random seed (-1) is drawn so that the last seed is in range; a chosen one wraps to 0 after MAX_SEED, which the
    note says. Raises InvalidRequest unless `images` is 1 to MAX_IMAGES.
    """
    if not 1 <= images <= MAX_IMAGES:
        raise InvalidRequest("pictures", messages.too_many_pictures(MAX_IMAGES))
    first = request.seed if request.seed >= 0 else secrets.randbelow(MAX_SEED + 2 - images)
    seeds = [(first + number) % (MAX_SEED + 1) for number in range(images)]
    return tuple(request.with_seed(seed) for seed in seeds), messages.SEEDS_WRAPPED if seeds[-1] < first else None


MAX_CELLS = 25
"""Images of one grid."""
_LARGEST = 1e12
"""Largest number in a list, far above the range of any field."""
FIELD = "grid"
"""Field name of errors about a grid."""
WORDS = "words"
ALTERNATIVES = "alternatives"
"""Axis of the alternatives in the prompt, whose text is its list of values."""
FIRST_SCALE = "lora_1_scale"
AXES = (*(field.name for field in FIELDS if field.in_grid), FIRST_SCALE, WORDS, ALTERNATIVES)
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})(?:\s*\(\s*([+-]\d+(?:\.\d+)?)\s*\)|\s*\[\s*(\d{{1,3}})\s*\])?")
_MAX_LIST_LENGTH = 2_000
"""Characters of one list of values."""

Value = float | int | str


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting of a grid and its values in display order. Raises InvalidRequest for values it cannot have."""

    field: str
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if self.field not in AXES:
            raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
        if not self.values or len(set(self.values)) != len(self.values):
            raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
        if self.field == "seed" and any(isinstance(value, str) or value < 0 for value in self.values):
            raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)  # -1 would draw a random seed
        if len(self.values) > MAX_CELLS:
            raise InvalidRequest(FIELD, messages.too_many_cells(MAX_CELLS))


def read_axes(values: Any) -> tuple[Axis, ...]:
    """Return one or two axes from untrusted JSON `[{"field": ..., "values": text}, ...]`. Raises InvalidRequest."""
    if not isinstance(values, list) or not 1 <= len(values) <= 2:
        raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
    axes = tuple(_axis(entry) for entry in values)
    if len(axes) > 1 and any(axis.field == ALTERNATIVES for axis in axes):
        raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
    if len({axis.field for axis in axes}) != len(axes):
        raise InvalidRequest(FIELD, messages.SAME_AXIS_TWICE)
    return axes


def count(axes: tuple[Axis, ...]) -> int:
    """Return the number of cells. Raises InvalidRequest when it is above MAX_CELLS."""
    cells = 1
    for axis in axes:
        cells *= len(axis.values)
    if cells > MAX_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MAX_CELLS))
    return cells


def cells(request: GenerationRequest, axes: tuple[Axis, ...], schema: ModelSchema) -> tuple[GenerationRequest, ...]:
    """Return one request per cell in row-major order: the first axis runs across, the second down.

    A random seed is drawn once and shared by all cells. Raises InvalidRequest for a value that is out of range or
    that changes nothing, and for words that would make a prompt too long.
    """
    count(axes)
    (drawn,), _ = batch(request, 1)
    if axes[0].field == ALTERNATIVES:
        return _with_alternatives(drawn)
    across, down = axes[0], axes[1] if len(axes) == 2 else None
    rows = [_with_value(drawn, down, value, schema) for value in down.values] if down else [drawn]
    return tuple(_with_value(row, across, value, schema) for row in rows for value in across.values)


def _axis(entry: Any) -> Axis:
    field, text = (entry.get(name) for name in ("field", "values")) if isinstance(entry, Mapping) else (None, None)
    if field == ALTERNATIVES and isinstance(text, str):
        check_length("prompt", len(text))
        return Axis(field, _alternatives(text))
    if field not in AXES or not isinstance(text, str) or len(text) > _MAX_LIST_LENGTH:
        raise InvalidRequest(FIELD, messages.NO_SUCH_AXIS)
    if field == WORDS:
        return Axis(field, _read_words(text))
    return Axis(field, _read_numbers(text, whole=field != FIRST_SCALE and field_of(field).is_whole))


def _alternatives(text: str) -> tuple[str, ...]:
    """Return the prompts for which one stands. Raises InvalidRequest for more than MAX_CELLS, and for one alone."""
    if (number := count_of(text)) > MAX_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MAX_CELLS))
    if number == 1:
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    return expanded(text)


def _with_alternatives(request: GenerationRequest) -> tuple[GenerationRequest, ...]:
    # Of the prompt as it is sent: styles stand around what was typed.
    return tuple(replace(request, prompt=prompt) for prompt in _alternatives(request.prompt))


def _read_words(text: str) -> tuple[str, ...]:
    words = tuple(part.strip() for part in text.split(","))
    if not all(words):
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    return words


def _read_numbers(text: str, *, whole: bool) -> tuple[Value, ...]:
    values: list[Value] = []
    for part in text.split(","):
        for number in _expand(part.strip()):
            # 0.1 + 0.2 is 0.30000000000000004.
            value = round(number) if whole else round(number, 4)
            if value not in values:
                values.append(int(value) if value == int(value) else value)
        if len(values) > MAX_CELLS:
            raise InvalidRequest(FIELD, messages.too_many_cells(MAX_CELLS))
    return tuple(values)


def _expand(part: str) -> list[float]:
    if re.fullmatch(_NUMBER, part):
        return [_number(part)]
    if not (parsed := _RANGE.fullmatch(part)):
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    first, last = _number(parsed[1]), _number(parsed[2])
    if parsed[4]:
        return _evenly_spaced(first, last, int(parsed[4]))
    usual = "1" if last >= first else "-1"
    return _stepped(first, last, _number(parsed[3] or usual))


def _evenly_spaced(first: float, last: float, number: int) -> list[float]:
    if not 2 <= number <= MAX_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MAX_CELLS))
    return [first + (last - first) * at / (number - 1) for at in range(number)]


def _stepped(first: float, last: float, step: float) -> list[float]:
    if not step or (last - first) * step < 0:
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    steps = (last - first) / step + 1e-9  # (0.3 - 0.1) / 0.1 is 1.9999999999999998
    # Not as a whole number yet: a tiny step makes it infinite.
    if steps >= MAX_CELLS:
        raise InvalidRequest(FIELD, messages.too_many_cells(MAX_CELLS))
    return [first + step * at for at in range(int(steps) + 1)]


def _number(text: str) -> float:
    """Return a number. Raises InvalidRequest for one beyond all fields, which may be infinite."""
    value = float(text)
    if abs(value) > _LARGEST:
        raise InvalidRequest(FIELD, messages.VALUES_NOT_READ)
    return value


def _with_value(request: GenerationRequest, axis: Axis, value: Value, schema: ModelSchema) -> GenerationRequest:
    if isinstance(value, str):
        return _with_words(request, str(axis.values[0]), value)
    if axis.field == FIRST_SCALE:
        return _with_scale(request, value, schema)
    schema.range(axis.field).check(FIELD, value)
    changed = request.with_value(axis.field, value)
    if not _has_effect(request, axis.field, value, schema):
        raise InvalidRequest(FIELD, messages.AXIS_HAS_NO_EFFECT)
    return changed


def _has_effect(request: GenerationRequest, field: str, value: float, schema: ModelSchema) -> bool:
    # FAST fixes the guidance, and puts any number of steps between its own bounds.
    if request.preset is Preset.FAST and field in ("guidance_scale", "num_inference_steps"):
        return field == "num_inference_steps" and schema.fast_steps.least <= value <= schema.fast_steps.most
    return request.uses(field_of(field))


def _with_words(request: GenerationRequest, searched: str, replacement: str) -> GenerationRequest:
    if not (times := request.prompt.count(searched)):
        raise InvalidRequest(FIELD, messages.WORDS_NOT_IN_PROMPT)
    # Before it is made: 2,000 characters in place of each letter are millions.
    check_length("prompt", len(request.prompt) + times * (len(replacement) - len(searched)))
    return replace(request, prompt=request.prompt.replace(searched, replacement))


def _with_scale(request: GenerationRequest, value: float, schema: ModelSchema) -> GenerationRequest:
    if not request.loras:
        raise InvalidRequest(FIELD, messages.NOTHING_TO_COMPARE)
    schema.range(LORA_SCALE.name).check(FIELD, value)
    return replace(request, loras=(replace(request.loras[0], scale=value), *request.loras[1:]))
