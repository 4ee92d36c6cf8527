"""Recipes in the JSON of Fooocus and its kin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from components.found_recipe import FoundLora, FoundRecipe, number, size, whole, words

_LORA = re.compile(r"lora(_combined)?_\d{1,2}")
_USED = frozenset(
    ("prompt", "negative_prompt", "negativeprompt", "full_prompt", "full_negative_prompt", "prompt_expansion", "steps")
) | {"guidance_scale", "cfg_scale", "cfgscale", "seed", "resolution", "width", "height", "refiner_model", "loras"}
_SILENT = frozenset(("refiner_switch", "version", "metadata_scheme", "created_by"))


def read_fooocus(told: Mapping[str, Any]) -> FoundRecipe | None:
    """Return what the JSON says; None for JSON of something else. Older versions wrote titles for names."""
    values = {str(key).lower().replace(" ", "_"): value for key, value in told.items()}
    if "prompt" not in values or not {"steps", "seed", "resolution", "guidance_scale", "cfgscale"} & set(values):
        return None
    refiner = words(values.get("refiner_model"))
    has_refiner = refiner not in ("", "None")
    return FoundRecipe(
        prompt=words(values["prompt"]),
        negative=words(values.get("negative_prompt", values.get("negativeprompt"))),
        steps=whole(values.get("steps")),
        guidance=number(values.get("guidance_scale", values.get("cfgscale", values.get("cfg_scale")))),
        seed=whole(values.get("seed")),
        size=size(values.get("resolution")) or size(f"{values.get('width')}x{values.get('height')}"),
        refiner=refiner if has_refiner else "",
        handover=number(values.get("refiner_switch")) if has_refiner else None,
        loras=_loras(values),
        others=tuple(_title(key) for key, value in values.items() if _is_other(key, value)),
    )


def _is_other(key: str, value: Any) -> bool:
    return key not in _USED | _SILENT and not _LORA.fullmatch(key) and value not in ("", "None", None, [], "[]", {})


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _loras(values: Mapping[str, Any]) -> tuple[FoundLora, ...]:
    """Return the LoRAs, from pairs of name and weight or from `name : weight`."""
    pairs: list[tuple[Any, Any]] = []
    listed: Any = values.get("loras")
    for one in cast("list[Any]", listed) if isinstance(listed, list) else []:
        if isinstance(one, list) and len(cast("list[Any]", one)) >= 2:
            pairs.append((one[0], one[1]))
    for key, value in values.items():
        if _LORA.fullmatch(key):
            name, _, weight = words(value).rpartition(" : ")
            pairs.append((name, weight))
    named = {words(name): number(weight) for name, weight in pairs if words(name) not in ("", "None")}
    return tuple(FoundLora(name, weight) for name, weight in named.items() if weight is not None)
