"""Fooocus recipes: settings from its JSON metadata, also as its forks and Civitai write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from components.recipes.parsed import ParsedLora, ParsedRecipe, integer, number, size, text_value

_LORA = re.compile(r"lora(_combined)?_\d{1,2}")
# Keys that are read, and keys that need no mention. Any other key with a value is listed as unused.
_USED = frozenset(
    ("prompt", "negative_prompt", "negativeprompt", "full_prompt", "full_negative_prompt", "prompt_expansion", "steps")
) | {"guidance_scale", "cfg_scale", "cfgscale", "seed", "resolution", "width", "height", "refiner_model", "loras"}
_IGNORED = frozenset(("refiner_switch", "version", "metadata_scheme", "created_by"))


def read_fooocus(data: Mapping[str, Any]) -> ParsedRecipe | None:
    """Return the recipe in JSON metadata; None for any other JSON."""
    # Older versions wrote titles ("Guidance Scale") for keys.
    values = {str(key).lower().replace(" ", "_"): value for key, value in data.items()}
    if "prompt" not in values or not {"steps", "seed", "resolution", "guidance_scale", "cfgscale"} & set(values):
        return None
    refiner = text_value(values.get("refiner_model"))
    has_refiner = refiner not in ("", "None")
    return ParsedRecipe(
        prompt=text_value(values["prompt"]),
        negative=text_value(values.get("negative_prompt", values.get("negativeprompt"))),
        numbers={
            "num_inference_steps": integer(values.get("steps")),
            "guidance_scale": number(values.get("guidance_scale", values.get("cfgscale", values.get("cfg_scale")))),
            "seed": integer(values.get("seed")),
            "high_noise_frac": number(values.get("refiner_switch")) if has_refiner else None,
        },
        size=size(values.get("resolution")) or size(f"{values.get('width')}x{values.get('height')}"),
        refiner=refiner if has_refiner else "",
        loras=_loras(values),
        unused=tuple(_title(key) for key, value in values.items() if _is_other(key, value)),
    )


def _is_other(key: str, value: Any) -> bool:
    return key not in _USED | _IGNORED and not _LORA.fullmatch(key) and value not in ("", "None", None, [], "[]", {})


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _loras(values: Mapping[str, Any]) -> tuple[ParsedLora, ...]:
    """Return the LoRAs in `loras`, a list of [name, weight], and in `lora_combined_1` and so on: `name : weight`."""
    pairs: list[tuple[Any, Any]] = []
    listed: Any = values.get("loras")
    for entry in cast("list[Any]", listed) if isinstance(listed, list) else []:
        if isinstance(entry, list) and len(cast("list[Any]", entry)) >= 2:
            pairs.append((entry[0], entry[1]))
    for key, value in values.items():
        if _LORA.fullmatch(key):
            # From the right: a file's name may have a colon.
            name, _, weight = text_value(value).rpartition(" : ")
            pairs.append((name, weight))
    weights = {text_value(name): number(weight) for name, weight in pairs if text_value(name) not in ("", "None")}
    return tuple(ParsedLora(name, weight) for name, weight in weights.items() if weight is not None)
