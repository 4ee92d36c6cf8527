"""Validation of a submit's body: an EngineRequest, or Refused naming the field. Pure: images are not read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any, NoReturn, cast

from components.domain.fields import MAX_LORAS
from components.engines.protocol import EngineRequest, LoraRef, Refine
from components.server.errors import Refused, malformed, missing, out_of_range
from components.server.tasks import fields
from components.server.tasks.fields import Field, Kind


def parse_object(raw: bytes) -> Body:
    """Return the JSON object of a body. Raise Refused for anything else, NaN and Infinity included."""
    try:
        value: object = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise malformed("The body is not valid JSON") from error
    return only_object(value, "The body")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


Body = Mapping[str, object]

SIZE = re.compile(r"([1-9][0-9]{2,3})\*([1-9][0-9]{2,3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SourceImages:
    """Image and mask in a body: URLs of uploads or data URIs; in a stored task, names of uploads."""

    image: str | None = None
    mask: str | None = None


def request_of(body: Body, draw_seed: Callable[[], int], further: Iterable[Field] = ()) -> EngineRequest:
    """Return the request of a body, without its images. Raise Refused; null counts as a missing field.

    `further` are the fields that the engine takes beside those of every engine.
    """
    width, height = _size(body)
    seed = integer(body, fields.SEED)
    values = {field.name: _value(body, field) for field in (*fields.VALUES, *further)}
    values["refine"] = Refine(values["refine"])
    attributes: dict[str, Any] = {name: value for name, value in values.items() if name in _ATTRIBUTES}
    options = {name: value for name, value in values.items() if name not in _ATTRIBUTES and value is not None}
    return EngineRequest(
        prompt=_prompt(body),
        seed=draw_seed() if seed in (None, -1) else seed,
        width=width,
        height=height,
        loras=_loras(body),
        **attributes,
        options=options,
    )


_ATTRIBUTES = {attribute.name for attribute in dataclass_fields(EngineRequest)}


def _value(body: Body, field: Field) -> Any:
    readers = {Kind.STRING: text, Kind.INTEGER: integer, Kind.NUMBER: _number}
    return readers[field.kind](body, field)


def source_images_of(body: Body) -> SourceImages:
    """Return the images of a body. Raise Refused for a mask without an image."""
    sources = SourceImages(text(body, fields.IMAGE), text(body, fields.MASK))
    if sources.mask is not None and sources.image is None:
        raise Refused(400, f"{fields.MASK.name} needs {fields.IMAGE.name}: image is required", 1400)
    return sources


def flag(body: Body, field: Field) -> bool:
    value = body.get(field.name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise out_of_range(field.name, "true or false")
    return value


def text(body: Body, field: Field) -> str | None:
    """Return a text field, else its default. Raise Refused for another type or choice."""
    value = body.get(field.name)
    if value is None:
        return cast("str | None", field.default)
    if isinstance(value, str):
        value = field.choice_aliases.get(value, value)
    if field.choices and value not in field.choices:
        raise out_of_range(field.name, "one of " + ", ".join(field.choices))
    return string(field.name, value)


def integer(body: Body, field: Field) -> int | None:
    """Return an integer field, else its default. Raise Refused, for 28.0 and true too."""
    value = body.get(field.name)
    if value is None:
        return cast("int | None", field.default)
    must = f"an integer from {field.minimum:.0f} to {field.maximum:.0f}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise out_of_range(field.name, must)
    return int(_within(field.name, value, (field.minimum, field.maximum), must))


def only_object(value: object, what: str) -> Body:
    """Return a JSON object. Raise Refused for any other value."""
    if not isinstance(value, dict):
        raise malformed(f"{what} must be a JSON object")
    return cast("dict[str, object]", value)


def string(name: str, value: object) -> str:
    """Return a text. Raise Refused for another type, or a lone surrogate, which UTF-8 cannot encode."""
    if not isinstance(value, str):
        raise out_of_range(name, "a string")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise out_of_range(name, "valid Unicode text, without half a character")
    return value


def _number(body: Body, field: Field) -> float | None:
    value = body.get(field.name)
    value = field.default if value is None else value
    return None if value is None else _checked_number(field.name, value, field.minimum, field.maximum)


def _checked_number(name: str, value: object, low: float | None, high: float | None) -> float:
    must = f"a number from {low:g} to {high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise out_of_range(name, must)
    return float(_within(name, value, (low, high), must))


def _within(name: str, value: float, limits: tuple[float | None, float | None], must: str) -> float:
    low, high = limits
    if not (-math.inf if low is None else low) <= value <= (math.inf if high is None else high):
        raise out_of_range(name, must)
    return value


def _prompt(body: Body) -> str:
    prompt = text(body, fields.PROMPT)
    if prompt is None or not prompt.strip():
        raise missing(fields.PROMPT.name)
    return prompt


def _size(body: Body) -> tuple[int, int]:
    match = SIZE.fullmatch(text(body, fields.SIZE) or "")
    sides = tuple(int(side) for side in match.groups()) if match else (0, 0)
    if not all(fields.MIN_SIDE <= side <= fields.MAX_SIDE for side in sides):
        raise out_of_range(fields.SIZE.name, f"width*height, each from {fields.MIN_SIDE} to {fields.MAX_SIDE} pixels")
    return sides[0], sides[1]


def _loras(body: Body) -> tuple[LoraRef, ...]:
    value = body.get(fields.LORAS.name)
    if value is None:
        return ()
    if not isinstance(value, list) or len(cast("list[object]", value)) > MAX_LORAS:
        raise out_of_range(fields.LORAS.name, f"a list of at most {MAX_LORAS}")
    return tuple(_lora(f"loras[{place}]", item) for place, item in enumerate(cast("list[object]", value)))


def _lora(name: str, item: object) -> LoraRef:
    if not isinstance(item, dict):
        raise out_of_range(name, "an object with path and scale")
    lora = cast("dict[str, object]", item)
    path, scale = lora.get("path"), lora.get("scale")
    if path is None or path == "":
        raise missing(f"{name}.path")
    if scale is None:
        raise missing(f"{name}.scale")
    return LoraRef(string(f"{name}.path", path), _checked_number(f"{name}.scale", scale, *fields.SCALE_LIMITS))
