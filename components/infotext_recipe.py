"""Recipes in the infotext of this app, A1111, Forge and Civitai."""

from __future__ import annotations

import re
from typing import Any, cast

from components.errors import InvalidRequest
from components.found_recipe import FoundLora, FoundRecipe, number, size, whole, words
from components.generation import LoraWeight
from components.lora_link import read_tag
from components.lora_tags import tags_of, without_tags
from components.recipe import EXACT, VERSION, inline
from components.recipe_lines import Lines, split

_LORA = re.compile(r"LoRA \d{1,2}")
_USED = frozenset(("Steps", "CFG scale", "Seed", "Size", "Refiner", "Refiner switch at", "Refiner steps")) | {
    *("Version", "Created Date", "Denoising strength", "Civitai resources", "Civitai metadata"),
    *EXACT.values(),
}
_OF_PICTURE = frozenset(("Mask blur", "Init image hash", "Mask mode", "Masked content", "Inpaint area"))


def read_infotext(text: str) -> FoundRecipe | None:
    """Return what an infotext says; None for a text that is none."""
    lines = split(text)
    if lines is None:
        return None
    pairs = lines.pairs
    is_ours = pairs.get("Version") == VERSION
    loras = _ours(pairs) if is_ours else _theirs(lines)
    return FoundRecipe(
        prompt=_own_prompt(lines, loras) if is_ours else words(without_tags(lines.prompt)),
        negative=words(pairs.get(EXACT["negative_prompt"], lines.negative)),
        steps=whole(pairs.get("Steps")),
        guidance=number(pairs.get("CFG scale")),
        seed=whole(pairs.get("Seed")),
        size=size(pairs.get("Size")),
        refiner=words(pairs.get("Refiner")),
        handover=number(pairs.get("Refiner switch at")),
        refiner_steps=whole(pairs.get("Refiner steps")),
        preset=words(pairs.get("Preset")) if is_ours else "",
        loras=loras,
        is_of_picture=bool(_OF_PICTURE & set(pairs)) or _is_repainted(pairs),
        others=tuple(key for key in pairs if not _is_used(key, is_ours=is_ours)),
    )


def _is_repainted(pairs: dict[str, Any]) -> bool:
    """Tell a strength over another picture from that of a second look at the same one, larger."""
    return "Denoising strength" in pairs and not any(key.startswith("Hires") for key in pairs)


def _is_used(key: str, *, is_ours: bool) -> bool:
    return (
        key in _USED or key in _OF_PICTURE or (is_ours and (key in ("Model", "Preset") or bool(_LORA.fullmatch(key))))
    )


def _own_prompt(lines: Lines, loras: tuple[FoundLora, ...]) -> str:
    if (exact := lines.pairs.get(EXACT["prompt"])) is not None:
        return words(exact)
    weights = tuple(LoraWeight(lora.name, lora.scale) for lora in loras if lora.name.strip())
    return words(lines.prompt.removesuffix(inline(weights)))


def _ours(pairs: dict[str, Any]) -> tuple[FoundLora, ...]:
    found = [words(value).rpartition("@") for key, value in pairs.items() if _LORA.fullmatch(key)]
    return tuple(FoundLora(path, scale) for path, _, end in found if (scale := number(end)) is not None)


def _theirs(lines: Lines) -> tuple[FoundLora, ...]:
    """Return the LoRAs by their places at Civitai if those stand there, else by what the prompt's tags name."""
    tagged = tuple(lora for tag in tags_of(lines.prompt) if (lora := _tagged(tag)))
    placed = _at_civitai(lines.pairs.get("Civitai resources"))
    return placed if len(placed) >= len(tagged) else tagged


def _tagged(tag: str) -> FoundLora | None:
    try:
        name, weight = read_tag(tag)
    except InvalidRequest:  # a weight below 0, or none that can be read
        return FoundLora(tag, 1.0)
    return FoundLora(words(name), 1.0 if weight is None else weight)


def _at_civitai(resources: Any) -> tuple[FoundLora, ...]:
    found: list[FoundLora] = []
    for one in cast("list[Any]", resources) if isinstance(resources, list) else []:
        told = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
        version, weight = whole(told.get("modelVersionId")), number(told.get("weight", 1))
        if str(told.get("type")).lower() in ("lora", "lycoris", "locon", "dora") and weight is not None:
            place = f"civitai:0@{version}" if version else words(told.get("modelName"))
            found.append(FoundLora(words(told.get("air")) or place, weight))
    return tuple(found)
