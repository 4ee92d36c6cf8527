"""A recipe as any of the usual programs writes it, made settings of the form; what could not be is said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from components import messages
from components.comfy_recipe import read_comfy
from components.errors import InvalidRequest, Sentence
from components.fooocus_recipe import read_fooocus
from components.found_recipe import FoundLora, FoundRecipe, words
from components.generation import MAX_SEED, Preset, Refine
from components.infotext_recipe import read_infotext
from components.lora_link import understand
from components.schema import PROMPT_LIMIT, Schema, Span

_GRID = 8
_MOST_LORAS = 4
_SDXL_REFINER = ("sd_xl_refiner", "sdxl_refiner", "sdxl-refiner", "stable-diffusion-xl-refiner")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the form is filled with."""

    settings: Mapping[str, Any]
    """By the names of a request; every one of them is there."""
    left_out: tuple[Sentence, ...]
    """What was not restored, or not as it stood there, and why."""


def restore(text: str, schema: Schema, shelf: Mapping[str, str]) -> Recipe | None:
    """Return the settings in a recipe; None for a text that is none. `shelf` has LoRAs' paths by their names."""
    found = read(text)
    if found is None:
        return None
    told: list[Sentence] = []
    settings = _texts(found, told) | _numbers(found, schema, told) | _size(found, schema, told)
    settings |= {"loras": _loras(found, schema, shelf, told)} | _refiner(found, schema, told)
    settings |= {"preset": _preset(found, schema, told)}
    if found.is_of_picture:
        told.append(messages.RECIPE_OF_A_PICTURE)
    if found.others:
        told.append(messages.not_restored(_listed(found.others)))
    return Recipe(settings, tuple(told))


def read(text: str) -> FoundRecipe | None:
    """Return what a recipe says, whichever program wrote it."""
    if not text.lstrip().startswith("{"):
        return read_infotext(text)
    try:
        given = json.loads(text)
        told = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        inner = json.loads(told["extraMetadata"]) if isinstance(told.get("extraMetadata"), str) else None
    except (ValueError, RecursionError):
        return read_infotext(text)
    of_civitai = read_fooocus(cast("dict[str, Any]", inner)) if isinstance(inner, dict) else None
    return of_civitai or read_comfy(told) or read_fooocus(told)


def _texts(found: FoundRecipe, told: list[Sentence]) -> dict[str, Any]:
    texts = {"prompt": found.prompt, "negative_prompt": found.negative}
    if any(len(text) > PROMPT_LIMIT for text in texts.values()):
        told.append(messages.RECIPE_TOO_LONG)
    return {name: text[:PROMPT_LIMIT] for name, text in texts.items()}


def _numbers(found: FoundRecipe, schema: Schema, told: list[Sentence]) -> dict[str, Any]:
    seed = -1 if found.seed is None else found.seed
    if not -1 <= seed <= MAX_SEED:
        told.append(messages.moved("Seed", _written(seed), "-1, a random one"))
        seed = -1
    return {
        "guidance_scale": _within(schema.guidance_scale, found.guidance, told),
        "num_inference_steps": round(_within(schema.num_inference_steps, found.steps, told)),
        "seed": seed,
    }


def _size(found: FoundRecipe, schema: Schema, told: list[Sentence]) -> dict[str, Any]:
    """Return the size, made smaller or larger in its shape and brought to the grid."""
    if found.size is None:
        return {"width": round(schema.width.default), "height": round(schema.height.default)}
    most = min(schema.width.maximum / max(found.size[0], 1), schema.height.maximum / max(found.size[1], 1), 1.0)
    sides = [_on_grid(side * most, span) for side, span in zip(found.size, (schema.width, schema.height), strict=True)]
    if tuple(sides) != found.size:
        told.append(messages.moved("Size", f"{found.size[0]} x {found.size[1]}", f"{sides[0]} x {sides[1]}"))
    return {"width": sides[0], "height": sides[1]}


def _on_grid(side: float, span: Span) -> int:
    return round(min(max(round(side / _GRID) * _GRID, span.minimum), span.maximum))


def _loras(found: FoundRecipe, schema: Schema, shelf: Mapping[str, str], told: list[Sentence]) -> list[dict[str, Any]]:
    """Return the LoRAs that can be found, as many as there are rows."""
    placed = [*_placed(found.loras, schema, shelf, told)]
    most = min(schema.max_loras, _MOST_LORAS)
    if len(placed) > most:
        told.append(messages.more_loras(most))
    return placed[:most]


def _placed(
    loras: tuple[FoundLora, ...], schema: Schema, shelf: Mapping[str, str], told: list[Sentence]
) -> Iterator[dict[str, Any]]:
    for lora in loras:
        try:
            link = understand(lora.name, shelf)
        except InvalidRequest:
            link = None
        if link and link.is_ready:
            yield {"path": link.path, "scale": _within(schema.lora_scale, lora.scale, told)}
        else:
            told.append(messages.lora_not_restored(_clipped(lora.name)))


def _refiner(found: FoundRecipe, schema: Schema, told: list[Sentence]) -> dict[str, Any]:
    usual = {"high_noise_frac": schema.high_noise_frac.default, "refine_steps": round(schema.refine_steps.default)}
    way = _way(found)
    if found.refiner and (way is Refine.OFF or way not in schema.refine_ways):
        told.append(messages.refiner_not_restored(_clipped(found.refiner)))
        way = Refine.OFF
    if way is Refine.ENSEMBLE:
        usual["high_noise_frac"] = _within(schema.high_noise_frac, found.handover, told)
    if way is Refine.SECOND_PASS:
        usual["refine_steps"] = round(_within(schema.refine_steps, found.refiner_steps, told))
    return {"refine": way.value, **usual}


def _preset(found: FoundRecipe, schema: Schema, told: list[Sentence]) -> str | None:
    """Return how it was painted, None where there is but one way; whoever knows no presets paints in full."""
    is_fast = found.preset == Preset.FAST.value
    if schema.usual_preset is None:
        told += [messages.FAST_NOT_RESTORED] if is_fast else []
        return None
    return Preset.FAST.value if is_fast else Preset.FULL.value


def _way(found: FoundRecipe) -> Refine:
    if not found.refiner.lower().startswith(_SDXL_REFINER):
        return Refine.OFF
    return Refine.ENSEMBLE if found.refiner_steps is None else Refine.SECOND_PASS


def _within(span: Span, value: float | None, told: list[Sentence]) -> float:
    """Return a number as the form can hold it; the usual one where there is none."""
    if value is None:
        return span.default
    inside = min(max(value, span.minimum), span.maximum)
    if inside != value:
        told.append(messages.moved(span.label, _written(value), f"{inside:g}"))
    return inside


def _written(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.12g}"


def _clipped(text: str) -> str:
    plain = " ".join(words(text).split())
    return plain if len(plain) <= 40 else f"{plain[:39]}…"


def _listed(names: tuple[str, ...]) -> str:
    """Return names in one line of bounded length."""
    shown = ", ".join(_clipped(name) for name in names[:6])
    shown = shown if len(shown) <= 100 else f"{shown[:99]}…"
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown
