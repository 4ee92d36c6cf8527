"""Widgets of ComfyUI's nodes in a workflow: their values are a list there, and the names are not in the file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.parsed import text_value

_SEEDS = ("seed", "noise_seed")
_CONTROLS = ("fixed", "increment", "decrement", "randomize")
"""Values behind a seed: what becomes of it after a run."""
_CORE = {
    "KSampler": "seed steps cfg sampler_name scheduler denoise",
    "KSampler (Efficient)": "seed steps cfg sampler_name scheduler denoise preview_method vae_decode",
    "KSamplerAdvanced": (
        "add_noise noise_seed steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise"
    ),
    "SamplerCustom": "add_noise noise_seed cfg",
    "KSamplerSelect": "sampler_name",
    "BasicScheduler": "scheduler steps denoise",
    "KarrasScheduler": "steps sigma_max sigma_min rho",
    "SDTurboScheduler": "steps denoise",
    "SplitSigmas": "step",
    "AlignYourStepsScheduler": "model_type steps denoise",
    "CFGGuider": "cfg",
    "RandomNoise": "noise_seed",
    "CLIPTextEncode": "text",
    "CLIPTextEncodeSDXL": "width height crop_w crop_h target_width target_height text_g text_l",
    "CLIPTextEncodeSDXLRefiner": "ascore width height text",
    "CLIPSetLastLayer": "stop_at_clip_layer",
    "ConditioningAverage": "conditioning_to_strength",
    "ControlNetApply": "strength",
    "ControlNetApplyAdvanced": "strength start_percent end_percent",
    "EmptyLatentImage": "width height batch_size",
    "EmptySD3LatentImage": "width height batch_size",
    "LatentUpscale": "upscale_method width height crop",
    "LatentUpscaleBy": "upscale_method scale_by",
    "LoadImage": "image upload",
    "LoraLoader": "lora_name strength_model strength_clip",
    "LoraLoaderModelOnly": "lora_name strength_model",
    "CheckpointLoaderSimple": "ckpt_name",
    "PrimitiveNode": "value",
    "PrimitiveInt": "value",
    "PrimitiveFloat": "value",
    "PrimitiveString": "value",
    "PrimitiveStringMultiline": "value",
    "StringConcatenate": "string_a string_b delimiter",
    "ImpactWildcardProcessor": "wildcard_text populated_text mode seed",
    "Efficient Loader": (
        "ckpt_name vae_name clip_skip lora_name lora_model_strength lora_clip_strength positive negative"
        " token_normalization weight_interpretation empty_latent_width empty_latent_height batch_size"
    ),
}
_LONGER = frozenset(("ImpactWildcardProcessor", "LoadImage", "PrimitiveNode", "KSampler (Efficient)"))
"""Nodes whose lists have more values behind these."""


def widget_values(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a workflow's node by the names of its inputs; those without known names are left out."""
    values: Any = node.get("widgets_values")
    if isinstance(values, dict):
        return dict(as_mapping(values))
    listed = [*as_list(values)]
    kind = text_value(node.get("type"))
    named = [text_value(as_mapping(as_mapping(one).get("widget")).get("name")) for one in as_list(node.get("inputs"))]
    for names in ([name for name in named if name], _CORE.get(kind, "").split()):
        found = _by_names(names, listed)
        if names and (len(found) == len(names)) and (_count(names, listed) == len(listed) or kind in _LONGER):
            return found
    # Loaders of packs list each LoRA as an object, which names its parts itself.
    return {f"value_{place}": value for place, value in enumerate(listed) if isinstance(value, dict | list)}


def _by_names(names: list[str], values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    at = 0
    for name in names:
        if at >= len(values):
            break
        found[name] = values[at]
        at += 1 + _has_control(name, values, at)
    return found


def _has_control(name: str, values: list[Any], at: int) -> bool:
    return name in _SEEDS and at + 1 < len(values) and values[at + 1] in _CONTROLS


def _count(names: list[str], values: list[Any]) -> int:
    """Return how many values some names take, with those behind seeds."""
    at = 0
    for name in names:
        at += 1 + (at < len(values) and _has_control(name, values, at))
    return at
