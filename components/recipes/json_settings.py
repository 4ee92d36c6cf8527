"""Settings as JSON: of Fooocus and forks, SwarmUI, InvokeAI, NovelAI, Easy Diffusion, Civitai and others. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.json_loras import is_lora_key, loras_of, unread_lists
from components.recipes.lora_tags import loras_in, without_tags_if_any
from components.recipes.parsed import ParsedRecipe, ParsedSampler, integer, number, size, text_value
from components.recipes.samplers import parsed_sampler

# Keys in lower case with `_` for a blank, the best first. `c`, `uc`, `scale`, `size`: Draw Things and NovelAI.
_PROMPT = ("prompt", "positive_prompt", "c")
_NEGATIVE = ("negative_prompt", "negativeprompt", "negative", "uc")
_STEPS = ("steps", "num_inference_steps")
_GUIDANCE = ("guidance_scale", "cfg_scale", "cfgscale", "cfg", "scale")
_SEED = ("seed",)
_SIZE = ("resolution", "size")
_SAMPLER = ("sampler", "sampler_name")
_SPREAD = ("scheduler", "noise_schedule")
_REFINER = ("refiner_model", "refinermodel")
_HANDOVER = ("refiner_switch", "refiner_start")
_IMAGE_MODES = re.compile(r"(?i).{0,40}(?:img2img|inpaint|outpaint|infill).{0,40}")
_MODES = ("generation_mode", "request_type", "type")
# The last two: SwarmUI and Easy Diffusion write them beside a source image alone.
_IMAGES = ("initimage", "init_image", "maskimage", "initimagecreativity", "prompt_strength")
_READ = frozenset(
    (*_PROMPT, *_NEGATIVE, *_STEPS, *_GUIDANCE, *_SEED, *_SIZE, *_REFINER, *_HANDOVER, *_MODES, *_IMAGES)
) | {"width", "height"}
_NO_SETTINGS = frozenset(
    ("version", "metadata_scheme", "created_by", "app_version", "swarm_version", "software", "generation_time", "date")
) | {"title", "description", "source", "full_prompt", "full_negative_prompt", "prompt_expansion", "workflowid"}
_EMPTY_TEXTS = frozenset(("", "none", "false", "null", "[]"))
_BRACKETS = re.compile(r"\[([^\[\]]{0,20000})\]")
_DREAM = re.compile(r"-([A-Za-z_]{1,20})\s{0,3}(\S{1,40})")
_SHORT_OPTIONS = {"s": "steps", "S": "seed", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler"}
"""Options of InvokeAI's first format."""


def read_json_settings(data: Mapping[str, Any]) -> ParsedRecipe | None:
    """Return the recipe in JSON metadata; None for any other JSON."""
    # Older versions of Fooocus wrote titles ("Guidance Scale") for keys.
    values = {key.lower().replace(" ", "_"): value for key, value in _unwrapped(data).items()}
    prompt = _first(values, _PROMPT)
    if not isinstance(prompt, str) or not {*_STEPS, *_GUIDANCE, *_SEED, *_SIZE} & set(values):
        return None
    refiner = _refiner(_first(values, _REFINER))
    loras = loras_of(values)
    names = {lora.name for lora in loras}
    return ParsedRecipe(
        prompt=without_tags_if_any(text_value(prompt)),
        negative=without_tags_if_any(text_value(_first(values, _NEGATIVE))),
        numbers={
            "num_inference_steps": integer(_first(values, _STEPS)),
            "guidance_scale": number(_first(values, _GUIDANCE)),
            "seed": integer(_first(values, _SEED)),
            "high_noise_frac": number(_first(values, _HANDOVER)) if refiner else None,
        },
        size=size(_first(values, _SIZE)) or size(f"{values.get('width')}x{values.get('height')}"),
        refiner=refiner,
        sampler=_sampler(values),
        loras=(*loras, *(lora for lora in loras_in(text_value(prompt)) if lora.name not in names)),
        is_from_image=_is_from_image(values),
        unused=tuple(_unused(values)),
    )


def read_dream(text: str) -> ParsedRecipe | None:
    """Return the recipe in InvokeAI's first format, `"a fox [blurry]" -s 20 -S 5 -W 832`; None for any other text."""
    end = text.rfind('"')
    if not text.startswith('"') or end < 1:
        return None
    found: list[tuple[str, str]] = _DREAM.findall(text[end + 1 :])
    options: dict[str, Any] = {_SHORT_OPTIONS.get(key, key): value for key, value in found}
    return read_json_settings(_prompts_apart(text[1:end]) | options)


def _sampler(values: Mapping[str, Any]) -> ParsedSampler | None:
    """Return the sampler; InvokeAI names it as `scheduler` alone."""
    keys = [key for key in (*_SAMPLER, *_SPREAD) if text_value(values.get(key))]
    names = [text_value(values[key]) for key in keys]
    return parsed_sampler(names[0], names[1] if len(names) > 1 else "", tuple(map(_title, keys))) if names else None


def _first(values: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((values[key] for key in keys if values.get(key) is not None), None)


def _unwrapped(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings themselves: SwarmUI, NovelAI and InvokeAI's second format write them into another object."""
    if swarm := as_mapping(data.get("sui_image_params")):
        return _swarm(swarm)
    if comment := text_value(data.get("Comment")):
        inner: object = None
        with suppress(ValueError, RecursionError):
            inner = json.loads(comment)
        return {"prompt": data.get("Description")} | dict(as_mapping(inner))
    if image := as_mapping(data.get("image")):
        prompts = as_list(image.get("prompt"))
        text = as_mapping(prompts[0]).get("prompt") if len(prompts) == 1 else image.get("prompt")
        return {**image, **(_prompts_apart(text) if isinstance(text, str) else {}), "model": data.get("model_weights")}
    return data


def _swarm(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return SwarmUI's settings with the refiner's part of the steps as the base model's."""
    share = number(params.get("refinercontrolpercentage"))
    if share is None or params.get("refinermethod") != "StepSwap":
        return {("refiner" if key == "refinermodel" else key): value for key, value in params.items()}
    rest = {key: value for key, value in params.items() if key not in ("refinercontrolpercentage", "refinermethod")}
    return {**rest, "refiner_switch": round(1 - share, 4)}


def _prompts_apart(text: str) -> dict[str, Any]:
    """Return the prompts of earlier versions of InvokeAI, where the negative one is in square brackets."""
    negative = ", ".join(part.strip() for part in _BRACKETS.findall(text))
    return {"prompt": " ".join(_BRACKETS.sub("", text).split()), "negative_prompt": negative}


def _refiner(value: Any) -> str:
    inner = as_mapping(value)
    name = text_value(value) or text_value(inner.get("model_name")) or text_value(inner.get("name"))
    return "" if name == "None" else name


def _is_from_image(values: Mapping[str, Any]) -> bool:
    modes = (text_value(values.get(key))[:80] for key in _MODES)
    return any(_IMAGE_MODES.fullmatch(mode) for mode in modes) or any(values.get(key) for key in _IMAGES)


def _unused(values: Mapping[str, Any]) -> Iterator[str]:
    read = _READ | _NO_SETTINGS | {key for key in values if is_lora_key(key)}
    unread = unread_lists(values)
    for key, value in values.items():
        if (key not in read and not _is_empty(value)) or key in unread:
            yield _title(key)


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _is_empty(value: Any) -> bool:
    """Return whether a value says that a setting was not used; a number is a value, also 0."""
    if isinstance(value, str):
        return value[:20].strip().lower() in _EMPTY_TEXTS
    return value is None or value is False or value in ([], {})
