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
from components.messages.message import Message
from components.server.errors import Refused, malformed, missing, out_of_range
from components.server.tasks import fields
from components.server.tasks.fields import Field, Kind


def parse_object(raw: bytes) -> Body:
    """Return the JSON object of a body. Raise Refused for anything else, NaN and Infinity included."""
    try:
        value: object = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise malformed(Message("server_not_json")) from error
    return only_object(value, "body")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


Body = Mapping[str, object]
NumberRange = tuple[float | None, float | None]
"""Smallest and largest value; None: there is no limit."""

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
        names = {"field": fields.IMAGE.name, "other": fields.MASK.name}
        raise Refused(400, Message("server_mask_without_image", names), 1400)
    return sources


def flag(body: Body, field: Field) -> bool:
    value = body.get(field.name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise out_of_range(Message("server_not_a_flag", {"field": field.name}))
    return value


def text(body: Body, field: Field) -> str | None:
    """Return a text field, else its default. Raise Refused for another type or choice."""
    value = body.get(field.name)
    if value is None:
        return cast("str | None", field.default)
    if isinstance(value, str):
        value = field.choice_aliases.get(value, value)
    if field.choices and value not in field.choices:
        raise out_of_range(Message("server_not_offered", {"field": field.name, "names": field.choices}))
    return string(field.name, value)


def integer(body: Body, field: Field) -> int | None:
    """Return an integer field, else its default. Raise Refused, for 28.0 and true too."""
    value = body.get(field.name)
    if value is None:
        return cast("int | None", field.default)
    return whole(field.name, value, (field.minimum, field.maximum))


def whole(name: str, value: object, limits: NumberRange) -> int:
    """Return an integer. Raise Refused for another type, for 28.0 and true too, and outside the limits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise out_of_range(Message("server_not_whole", {"field": name}))
    _check_range(name, value, limits)
    return value


def only_object(value: object, name: str) -> Body:
    """Return a JSON object. Raise Refused for any other value."""
    if not isinstance(value, dict):
        raise malformed(Message("server_not_an_object", {"field": name}))
    return cast("dict[str, object]", value)


def string(name: str, value: object) -> str:
    """Return a text. Raise Refused for another type, or a lone surrogate, which UTF-8 cannot encode."""
    if not isinstance(value, str):
        raise out_of_range(Message("server_not_text", {"field": name}))
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise out_of_range(Message("server_half_a_character", {"field": name}))
    return value


def _number(body: Body, field: Field) -> float | None:
    value = body.get(field.name)
    value = field.default if value is None else value
    return None if value is None else _checked_number(field.name, value, (field.minimum, field.maximum))


def _checked_number(name: str, value: object, limits: NumberRange) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise out_of_range(Message("server_not_a_number", {"field": name}))
    _check_range(name, value, limits)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise out_of_range(Message("server_not_a_number", {"field": name}))
    return number


def _check_range(name: str, value: float, limits: NumberRange) -> None:
    low, high = limits
    if low is not None and high is not None and not low <= value <= high:
        raise out_of_range(Message("server_outside", {"field": name, "low": low, "high": high}))
    if low is not None and value < low:
        raise out_of_range(Message("server_below", {"field": name, "low": low}))
    if high is not None and value > high:
        raise out_of_range(Message("server_above", {"field": name, "high": high}))


def _prompt(body: Body) -> str:
    prompt = text(body, fields.PROMPT)
    if prompt is None or not prompt.strip():
        raise missing(fields.PROMPT.name)
    return prompt


def _size(body: Body) -> tuple[int, int]:
    match = SIZE.fullmatch(text(body, fields.SIZE) or "")
    sides = tuple(int(side) for side in match.groups()) if match else (0, 0)
    if not all(fields.MIN_SIDE <= side <= fields.MAX_SIDE for side in sides):
        limits = {"field": fields.SIZE.name, "low": fields.MIN_SIDE, "high": fields.MAX_SIDE}
        raise out_of_range(Message("server_not_a_size", limits))
    return sides[0], sides[1]


def _loras(body: Body) -> tuple[LoraRef, ...]:
    value = body.get(fields.LORAS.name)
    if value is None:
        return ()
    if not isinstance(value, list) or len(cast("list[object]", value)) > MAX_LORAS:
        raise out_of_range(Message("server_not_loras", {"field": fields.LORAS.name, "most": MAX_LORAS}))
    return tuple(_lora(f"loras[{place}]", item) for place, item in enumerate(cast("list[object]", value)))


def _lora(name: str, item: object) -> LoraRef:
    if not isinstance(item, dict):
        raise out_of_range(Message("server_not_a_lora", {"field": name}))
    lora = cast("dict[str, object]", item)
    path, scale = lora.get("path"), lora.get("scale")
    if path is None or path == "":
        raise missing(f"{name}.path")
    if scale is None:
        raise missing(f"{name}.scale")
    return LoraRef(string(f"{name}.path", path), _checked_number(f"{name}.scale", scale, fields.SCALE_LIMITS))
