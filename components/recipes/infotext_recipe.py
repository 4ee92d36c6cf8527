"""Infotext recipes: settings from A1111's text format, as written by ourselves and by other programs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from components.domain.fields import FIELDS
from components.domain.json_values import as_list, as_mapping
from components.domain.request import LoraWeight
from components.loras.tags import without_tags
from components.recipes.infotext import EXACT_KEYS, inline
from components.recipes.infotext_parts import VERSION, InfotextParts, parse_infotext
from components.recipes.json_loras import LORA_KINDS
from components.recipes.lora_tags import loras_in
from components.recipes.parsed import (
    ParsedLora,
    ParsedRecipe,
    ParsedSampler,
    integer,
    number,
    number_of,
    size,
    text_value,
)
from components.recipes.samplers import parsed_sampler

_FIELDS = [field for field in FIELDS if field.recipe_key]
_LORA_KEY = re.compile(r"LoRA \d{1,2}")
_SAVER_LORA = re.compile(r"Lora_(\d{1,2}) (Model name|Strength model|Strength clip|Model hash)")
"""Keys of savers of ComfyUI, which write each property of a LoRA as a pair."""
_OWN_KEYS = ("Model", "Preset")
"""Keys with a meaning only where the app itself wrote them."""
_SAMPLER, _SPREAD = "Sampler", "Schedule type"
"""Keys that are used where the model offers the sampler."""
_USED_KEYS = {field.recipe_key for field in _FIELDS}.difference((*_OWN_KEYS, _SAMPLER)) | {
    *("Size", "Version", "Created Date", "Civitai resources", "Civitai metadata"),
    *EXACT_KEYS.values(),
}
# Keys of image-to-image and inpainting.
_IMAGE_KEYS = frozenset(("Mask blur", "Init image hash", "Mask mode", "Masked content", "Inpaint area"))
# Keys of Fooocus, whose prompt has its styles worked in, and is there without them too.
_RAW_PROMPT, _RAW_NEGATIVE, _LORA_WEIGHTS = "Raw prompt", "Raw negative prompt", "Lora weights"
_CORE_KEYS = frozenset(("Steps", "Sampler", "CFG scale", "Seed", "Size"))
"""Keys of which every program writes some: a line of pairs without any is part of a prompt."""
_SPELLINGS = {key.lower(): key for key in (*_CORE_KEYS, *_IMAGE_KEYS, "Denoising strength", "Refiner")}
_UNKNOWN = "unknown"
"""What giriss/comfy-image-saver writes for both prompts when nothing is linked to it."""
_UNLINKED = {"Steps": "20", "CFG scale": "8.0", "Seed": "0", "Size": "512x512"}
"""What it writes then for the rest: no settings of the image."""
_CHECKPOINTS = frozenset(("checkpoint", "model", ""))


def read_infotext(text: str) -> ParsedRecipe | None:
    """Return the recipe in an infotext; None for any other text."""
    parts = _with_usual_keys(parse_infotext(text))
    if parts is None or not _CORE_KEYS & set(parts.pairs):
        return None
    is_own = parts.pairs.get("Version") == VERSION
    loras = _own_loras(parts.pairs) if is_own else _foreign_loras(parts)
    prompts = _own_prompts(parts, loras) if is_own else _foreign_prompts(parts)
    is_unknown = parts.pairs.get("Version") == "ComfyUI" and {*prompts} == {_UNKNOWN}
    pairs = {key: value for key, value in parts.pairs.items() if not is_unknown or _UNLINKED.get(key) != value}
    if not _CORE_KEYS.difference(("Sampler",)) & set(pairs):
        return None
    return ParsedRecipe(
        prompt="" if is_unknown else prompts[0],
        negative="" if is_unknown else prompts[1],
        numbers={field.name: number_of(field, pairs.get(field.recipe_key)) for field in _FIELDS if field.is_number},
        size=size(pairs.get("Size")),
        refiner=text_value(pairs.get("Refiner")),
        preset=text_value(pairs.get("Preset")) if is_own else "",
        sampler=_sampler(pairs),
        loras=loras,
        is_from_image=bool(_IMAGE_KEYS & set(pairs)) or _has_image_strength(pairs),
        unused=tuple(_unused(parts, is_own=is_own)),
        unread=frozenset(("prompt", "negative_prompt") if is_unknown else ()),
    )


def _sampler(pairs: dict[str, Any]) -> ParsedSampler | None:
    # Fooocus has the spread of the steps under a key of its own.
    spread_key = _SPREAD if _SPREAD in pairs else "Scheduler"
    keys = tuple(key for key in (_SAMPLER, spread_key) if key in pairs)
    return parsed_sampler(text_value(pairs.get(_SAMPLER)), text_value(pairs.get(spread_key)), keys)


def _with_usual_keys(parts: InfotextParts | None) -> InfotextParts | None:
    """Return parts with A1111's spelling of its keys: some savers write `CFG Scale`."""
    if parts is None:
        return None
    usual = {_SPELLINGS.get(key.lower(), key): value for key, value in parts.pairs.items()}
    return replace(parts, pairs=usual | {key: value for key, value in parts.pairs.items() if key in usual})


def _has_image_strength(pairs: dict[str, Any]) -> bool:
    """Return whether a denoising strength belongs to a source image, and not to A1111's `Hires. fix`."""
    return "Denoising strength" in pairs and not any(key.startswith("Hires") for key in pairs)


def _unused(parts: InfotextParts, *, is_own: bool) -> Iterator[str]:
    pairs = parts.pairs
    is_raw = _is_of_fooocus(pairs)
    for key in pairs:
        is_lora = (
            bool(_LORA_KEY.fullmatch(key)) if is_own else key == _LORA_WEIGHTS or bool(_SAVER_LORA.fullmatch(key))
        )
        is_used = key in _USED_KEYS or key in _IMAGE_KEYS or (is_own and key in _OWN_KEYS)
        if not is_used and not is_lora and not (is_raw and key in (_RAW_PROMPT, _RAW_NEGATIVE)):
            yield key
    if is_raw and parts.prompt != pairs[_RAW_PROMPT] and "Styles" not in pairs:
        yield "Styles"
    yield from parts.templates
    for resource in map(as_mapping, as_list(pairs.get("Civitai resources"))):
        kind = text_value(resource.get("type")).lower()
        if kind not in LORA_KINDS | _CHECKPOINTS:
            yield text_value(resource.get("modelName")) or kind


def _own_prompts(parts: InfotextParts, loras: tuple[ParsedLora, ...]) -> tuple[str, str]:
    """Return the prompts without the tags that `infotext` appended; tags that the prompt itself has stay."""
    negative = text_value(parts.pairs.get(EXACT_KEYS["negative_prompt"], parts.negative))
    if (exact := parts.pairs.get(EXACT_KEYS["prompt"])) is not None:
        return text_value(exact), negative
    weights = tuple(LoraWeight(lora.name, lora.scale) for lora in loras if lora.name.strip())
    return text_value(parts.prompt.removesuffix(inline(weights))), negative


def _foreign_prompts(parts: InfotextParts) -> tuple[str, str]:
    prompts = parts.prompt, parts.negative
    if _is_of_fooocus(parts.pairs):
        prompts = parts.pairs[_RAW_PROMPT], parts.pairs.get(_RAW_NEGATIVE)
    return without_tags(text_value(prompts[0])), text_value(prompts[1])


def _is_of_fooocus(pairs: dict[str, Any]) -> bool:
    return bool(text_value(pairs.get(_RAW_PROMPT))) and text_value(pairs.get("Version")).startswith("Fooocus")


def _own_loras(pairs: dict[str, Any]) -> tuple[ParsedLora, ...]:
    # From the right: an address may have an `@` in its path.
    values = [text_value(value).rpartition("@") for key, value in pairs.items() if _LORA_KEY.fullmatch(key)]
    loras = [(path, number(end)) for path, _, end in values]
    return tuple(ParsedLora(path, scale, is_path=True) for path, scale in loras if scale is not None)


def _foreign_loras(parts: InfotextParts) -> tuple[ParsedLora, ...]:
    """Return the LoRAs of the list that has most: Civitai's has exact versions, tags and pairs have names."""
    listed = (_civitai_loras(parts.pairs.get("Civitai resources")), loras_in(parts.prompt))
    return max((*listed, tuple(_paired_loras(parts.pairs))), key=len)


def _paired_loras(pairs: dict[str, Any]) -> Iterator[ParsedLora]:
    """Yield the LoRAs of Fooocus's `Lora weights: "a: 0.9, b: 0.5"`, and of savers' `Lora_0 Model name` and so on."""
    for entry in text_value(pairs.get(_LORA_WEIGHTS)).split(",") if pairs.get(_LORA_WEIGHTS) else ():
        name, _, weight = entry.rpartition(":")
        if name.strip() and (scale := number(weight)) is not None:
            yield ParsedLora(name.strip(), scale)
    for key, value in pairs.items():
        if (found := _SAVER_LORA.fullmatch(key)) and found[2] == "Model name":
            scale = number(pairs.get(f"Lora_{found[1]} Strength model", 1))
            yield ParsedLora(text_value(value), 1.0 if scale is None else scale)


def _civitai_loras(resources: Any) -> tuple[ParsedLora, ...]:
    """Return the LoRAs in the value of `Civitai resources`: by AIR, else by version, else by name."""
    loras: list[ParsedLora] = []
    for resource in map(as_mapping, as_list(resources)):
        version, weight = integer(resource.get("modelVersionId")), number(resource.get("weight", 1))
        if text_value(resource.get("type")).lower() in LORA_KINDS and weight is not None:
            fallback = f"civitai:0@{version}" if version else text_value(resource.get("modelName"))
            loras.append(ParsedLora(text_value(resource.get("air")) or fallback, weight))
    return tuple(loras)
