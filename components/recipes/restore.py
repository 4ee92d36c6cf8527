"""Recipe restore: settings for the form from the text in an image file, and messages for what was left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from components import messages
from components.domain.field import Condition, Field, Kind
from components.domain.fields import FIELDS, LORA_SCALE, MAX_LORAS, MAX_SEED, field_of
from components.domain.request import OPTIONS, Preset, Refine
from components.domain.schema import ModelSchema, Range
from components.errors import InvalidRequest
from components.loras.link import parse_lora
from components.messages.catalogue import Text
from components.messages.message import Message
from components.recipes.parsed import ParsedLora, ParsedRecipe, text_value
from components.recipes.read import looks_like_recipe, read, read_first

_GRID = 8
_EXPECTED = ("num_inference_steps", "guidance_scale", "seed")
"""Numbers that every image was made with."""
_MAX_LORAS_TRIED = 20
"""LoRAs of a recipe that are looked at: each that is not restored gets a note."""
_LARGE = 1e12
_FORM_NUMBERS = [
    field
    for field in FIELDS
    if field.has_range and field.in_links and field.kind is not Kind.SIDE and field.name != "seed"
]
_REFINER_NUMBERS = [field for field in _FORM_NUMBERS if field.used_with and field.used_with.field == "refine"]
_NUMBERS = [field for field in _FORM_NUMBERS if field not in _REFINER_NUMBERS]
_ADDRESS = re.compile(r"(?i)https?://|hf://|(?:urn:)?air:|civitai:\d")
# Beginnings of the SDXL refiner's name in lower case, as other programs write it.
_SDXL_REFINER = ("sd_xl_refiner", "sdxl_refiner", "sdxl-refiner", "sd-xl-refiner", "stable-diffusion-xl-refiner")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings for the form."""

    settings: Mapping[str, Any]
    """Values by the field names of GenerationRequest; all fields of the form are set."""
    left_out: tuple[Message, ...]
    """Messages for settings that were not restored, or changed to be legal."""


def restore(text: str, schema: ModelSchema, known_names: Mapping[str, str]) -> Recipe | None:
    """Return the settings in a recipe, within the model's ranges; None for a text that is no recipe.

    `known_names` has paths of LoRAs by lower-case names.
    """
    parsed = read(text)
    return None if parsed is None else _restored(parsed, schema, known_names)


def restore_first(texts: Sequence[str], schema: ModelSchema, known_names: Mapping[str, str]) -> Recipe | None:
    """Return the settings in the texts of one file, see `read_first`; None for texts without settings.

    A recipe without settings has a message: there are some, which could not be read.
    """
    parsed = read_first(texts)
    if parsed is None and any(looks_like_recipe(text) for text in texts):
        return Recipe({}, (messages.RECIPE_UNREADABLE,))
    return None if parsed is None else _restored(parsed, schema, known_names)


def _restored(parsed: ParsedRecipe, schema: ModelSchema, known_names: Mapping[str, str]) -> Recipe:
    notes: list[Message] = []
    settings = _texts(parsed, notes) | _numbers(parsed, schema, notes) | _size(parsed, schema, notes)
    settings |= {"loras": _loras(parsed, schema, known_names, notes)} | _refiner(parsed, schema, notes)
    settings |= {"preset": _preset(parsed, schema, notes)}
    sampler = parsed.sampler if parsed.sampler and parsed.sampler.sampler in schema.samplers else None
    settings |= {"sampler": sampler.sampler.value if sampler else None}
    notes += [messages.not_in_file(name) for name in _missing(parsed)]
    if parsed.is_from_image:
        notes.append(messages.RECIPE_OF_A_PICTURE)
    if unused := [name for name in parsed.unused if not sampler or name not in sampler.keys]:
        notes.append(messages.not_restored(tuple(map(_clipped, unused))))
    return Recipe(settings, tuple(notes))


def _missing(parsed: ParsedRecipe) -> Iterator[str]:
    """Yield the fields that got their usual values because the recipe has none that was understood."""
    yield from sorted(parsed.unread - {"seed", "size"})
    yield from (name for name in _EXPECTED if parsed.numbers.get(name) is None)
    if parsed.size is None:
        yield "size"


def _texts(parsed: ParsedRecipe, notes: list[Message]) -> dict[str, Any]:
    texts = {"prompt": parsed.prompt, "negative_prompt": parsed.negative}
    shortened = {name: text[: field_of(name).max_length] for name, text in texts.items()}
    if shortened != texts:
        notes.append(messages.RECIPE_TOO_LONG)
    return shortened


def _numbers(parsed: ParsedRecipe, schema: ModelSchema, notes: list[Message]) -> dict[str, Any]:
    """Return the numbers of the form but for its size and the refiner's."""
    seed = {"seed": _seed(parsed, notes)}
    return seed | {field.name: _number(field, parsed, schema, notes) for field in _NUMBERS}


def _seed(parsed: ParsedRecipe, notes: list[Message]) -> float:
    found = parsed.numbers.get("seed")
    seed = -1 if found is None else found
    # ComfyUI's seeds have 64 bits. Any other seed makes another image, so none is put in its place.
    if not -1 <= seed <= MAX_SEED:
        notes.append(messages.moved("seed", _digits(seed), Text("recipe.random_seed")))
        return -1
    return seed


def _number(field: Field, parsed: ParsedRecipe, schema: ModelSchema, notes: list[Message]) -> float | None:
    """Return a number within the model's range, its default for a missing one; a missing option stays so."""
    value = parsed.numbers.get(field.name)
    if field in OPTIONS and value is not None and field.api_name not in schema.fields:
        notes.append(messages.not_restored((field.recipe_key,)))
        value = None
    if field in OPTIONS and value is None:
        return None
    inside = _within(schema.range(field.name), value, notes)
    return round(inside) if field.is_whole else inside


def _size(parsed: ParsedRecipe, schema: ModelSchema, notes: list[Message]) -> dict[str, Any]:
    """Return the size, scaled down with its aspect ratio where it is too large, on the grid and within the ranges."""
    if parsed.size is None:
        return {"width": round(schema.range("width").default), "height": round(schema.range("height").default)}
    ranges = schema.range("width"), schema.range("height")
    scale = min(*(allowed.maximum / max(side, 1) for side, allowed in zip(parsed.size, ranges, strict=True)), 1.0)
    sides = [_on_grid(side * scale, allowed) for side, allowed in zip(parsed.size, ranges, strict=True)]
    if tuple(sides) != parsed.size:
        notes.append(messages.moved("size", _size_text(*parsed.size), _size_text(*sides)))
    return {"width": sides[0], "height": sides[1]}


def _on_grid(side: float, allowed: Range) -> int:
    return round(min(max(round(side / _GRID) * _GRID, allowed.minimum), allowed.maximum))


def _loras(
    parsed: ParsedRecipe, schema: ModelSchema, known_names: Mapping[str, str], notes: list[Message]
) -> list[dict[str, Any]]:
    """Return the LoRAs whose paths are known, up to the number of rows; those switched off have no row to lose."""
    tried = parsed.loras[:_MAX_LORAS_TRIED]
    rows = [*_resolved_loras(tried, schema, known_names, notes)]
    limit = min(schema.max_loras, MAX_LORAS)
    if len(rows) > limit or len(parsed.loras) > _MAX_LORAS_TRIED:
        notes.append(messages.more_loras(limit))
        rows.sort(key=lambda row: "on" in row)
    return rows[:limit]


def _resolved_loras(
    loras: tuple[ParsedLora, ...], schema: ModelSchema, known_names: Mapping[str, str], notes: list[Message]
) -> Iterator[dict[str, Any]]:
    for lora in loras:
        path = _path_of(lora, known_names)
        if path:
            row = {"path": path, "scale": _within(schema.range(LORA_SCALE.name), lora.scale, notes)}
            yield row if lora.is_on else row | {"on": False}
        else:
            notes.append(messages.lora_not_restored(_clipped(lora.name)))


def _path_of(lora: ParsedLora, known_names: Mapping[str, str]) -> str | None:
    """Return a LoRA's path; None for one that is unknown here.

    In other programs' recipes `a/b` is a file in a folder, which is found by its last part too, and no repository.
    """
    name = lora.name.strip()
    if not lora.is_path and not _ADDRESS.match(name):
        whole = name.replace("\\", "/")
        name = whole if whole.lower().removesuffix(".safetensors") in known_names else whole.rpartition("/")[2]
    try:
        link = parse_lora(name, known_names)
    except InvalidRequest:
        return None
    # The page of a Civitai model, or of a revision, would need a request; nothing is fetched here.
    return link.path if link.is_ready else None


def _refiner(parsed: ParsedRecipe, schema: ModelSchema, notes: list[Message]) -> dict[str, Any]:
    mode = _refine_mode(parsed)
    if parsed.refiner and (mode is Refine.OFF or mode not in schema.refine_modes):
        notes.append(messages.refiner_not_restored(_clipped(parsed.refiner)))
        mode = Refine.OFF
    # The numbers of other modes have no effect: they get their defaults, without a note.
    of_mode = {field.name for field in _REFINER_NUMBERS if field.used_with == Condition("refine", mode.value)}
    numbers = {name: number for name, number in parsed.numbers.items() if name in of_mode}
    used = replace(parsed, numbers=numbers)
    return {"refine": mode.value} | {field.name: _number(field, used, schema, notes) for field in _REFINER_NUMBERS}


def _preset(parsed: ParsedRecipe, schema: ModelSchema, notes: list[Message]) -> str | None:
    """Return the preset, None for a model without presets. FULL for a recipe without one."""
    is_fast = parsed.preset == Preset.FAST.value
    if schema.default_preset is None:
        notes += [messages.FAST_NOT_RESTORED] if is_fast else []
        return None
    return Preset.FAST.value if is_fast else Preset.FULL.value


def _refine_mode(parsed: ParsedRecipe) -> Refine:
    with suppress(ValueError):  # the API's name of a mode, in place of the refiner's file name
        return Refine(parsed.refiner)
    if not parsed.refiner.lower().startswith(_SDXL_REFINER):
        return Refine.OFF
    return Refine.ENSEMBLE if parsed.numbers.get("refine_steps") is None else Refine.SECOND_PASS


def _within(allowed: Range, value: float | None, notes: list[Message]) -> float:
    """Return a value within a range; the range's default for None."""
    if value is None:
        return allowed.default
    inside = min(max(value, allowed.minimum), allowed.maximum)
    if inside != value:
        notes.append(messages.moved(allowed.label, value if abs(value) < _LARGE else _digits(value), inside))
    return inside


def _digits(value: float) -> str:
    """Return a seed, or another large number, without separators."""
    return str(value) if isinstance(value, int) else f"{value:.12g}"


def _size_text(width: int, height: int) -> Text:
    return Text("shared.size", {"width": width, "height": height})


def _clipped(text: str) -> str:
    single_line = " ".join(text_value(text).split())
    return single_line if len(single_line) <= 40 else f"{single_line[:39]}…"
