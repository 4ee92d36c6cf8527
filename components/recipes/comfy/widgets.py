"""Widgets of ComfyUI's nodes in a workflow: their values are a list there, and the names are not in the file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.parsed import text_value

_SEEDS = ("seed", "noise_seed")
_CONTROLS = ("fixed", "increment", "decrement", "randomize")
"""Values behind a seed: what becomes of it after a run. In older files it is a switch, or nothing."""
_NAMES = {
    "KSampler": "seed steps cfg sampler_name scheduler denoise",
    "KSampler (Efficient)": "seed steps cfg sampler_name scheduler denoise preview_method vae_decode",
    "KSampler //Inspire": "seed steps cfg sampler_name scheduler denoise",
    "KSampler SDXL (Eff.)": (
        "noise_seed steps cfg sampler_name scheduler start_at_step refine_at_step preview_method vae_decode"
    ),
    "KSampler Adv. (Efficient)": (
        "add_noise noise_seed steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise"
        " preview_method vae_decode"
    ),
    "ImpactKSamplerBasicPipe": "seed steps cfg sampler_name scheduler denoise",
    "ImpactKSamplerAdvancedBasicPipe": (
        "add_noise noise_seed steps cfg sampler_name scheduler start_at_step end_at_step return_with_leftover_noise"
    ),
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
    "Seed Everywhere": "seed",
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
    "PrimitiveStringMultiline": "value",
    "PrimitiveString": "value",
    "String Literal": "string",
    "PromptUtilitiesConstString": "string",
    "PromptUtilitiesConstStringMultiLine": "string",
    "Text Multiline": "text",
    "easy positive": "positive",
    "easy negative": "negative",
    "StringConcatenate": "string_a string_b delimiter",
    "ImpactWildcardProcessor": "wildcard_text populated_text mode seed",
    "Efficient Loader": (
        "ckpt_name vae_name clip_skip lora_name lora_model_strength lora_clip_strength positive negative"
        " token_normalization weight_interpretation empty_latent_width empty_latent_height batch_size"
    ),
    "Eff. Loader SDXL": (
        "base_ckpt_name base_clip_skip refiner_ckpt_name refiner_clip_skip positive_ascore negative_ascore vae_name"
        " positive negative token_normalization weight_interpretation"
        " empty_latent_width empty_latent_height batch_size"
    ),
    "SDParameterGenerator": (
        "ckpt_name vae_name model_version config_name seed steps refiner_start cfg sampler_name scheduler"
        " positive_ascore negative_ascore aspect_ratio width height batch_size"
    ),
    "SeargeGenerationParameters": (
        "seed image_size_preset image_width image_height steps cfg sampler_preset sampler_name scheduler"
        " base_vs_refiner_ratio"
    ),
    "SeargeOperatingMode": "workflow_mode prompting_mode batch_size",
    "SeargeModelSelector": "base_checkpoint refiner_checkpoint vae_checkpoint",
    "SeargeLoras": " ".join(f"lora_{at} lora_{at}_strength" for at in range(1, 6)),
    "SeargeTextInputV2": "prompt",
    "SeargeMagicBox": "stage input_from output_to",
    "SeargeHighResolution": (
        "hires_mode hires_scale hires_denoise hires_softness hires_detail_boost hires_contrast_factor"
        " hires_saturation_factor hires_latent_detailer final_upscale_size"
    ),
    "SeargeControlnetAdapterV2": (
        "controlnet_mode controlnet_preprocessor strength low_threshold high_threshold start_percent end_percent"
        " noise_augmentation revision_enhancer"
    ),
    "SeargeFreeU": "freeu_mode b1 b2 s1 s2 freeu_version",
    "BNK_CLIPTextEncodeAdvanced": "text token_normalization weight_interpretation",
    "SDXL Empty Latent Image": "resolution batch_size",
    "SDXL Empty Latent Image (rgthree)": "dimensions clip_scale batch_size",
    "EmptyLatentImageFromPresetsSD15": "preset batch_size",
    "EmptyLatentImageFromPresetsSDXL": "preset batch_size",
}
_LONGER = frozenset(
    (
        *("ImpactWildcardProcessor", "LoadImage", "PrimitiveNode", "PrimitiveInt", "KSampler (Efficient)"),
        *("KSampler //Inspire", "CLIPTextEncode", "SDParameterGenerator"),
    )
)
"""Nodes whose lists have more values behind these."""


def widget_values(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a workflow's node by the names of its inputs; those without known names are left out."""
    values: Any = node.get("widgets_values")
    if isinstance(values, dict):
        return dict(as_mapping(values))
    listed = [*as_list(values)]
    kind = text_value(node.get("type"))
    named = [text_value(as_mapping(as_mapping(one).get("widget")).get("name")) for one in as_list(node.get("inputs"))]
    for names in ([name for name in named if name], _NAMES.get(kind, "").split()):
        found = _by_names(names, listed)
        if names and (len(found) == len(names)) and (_count(names, listed) == len(listed) or kind in _LONGER):
            return found
    name = text_value(as_mapping(listed[0]).get("textWidgetName")) if len(listed) > 1 else ""
    if name:  # nodes of ComfyUI-Lora-Manager say which of their inputs the text behind it is
        return {name: listed[1]} | {f"value_{place}": value for place, value in enumerate(listed[2:])}
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
    if name not in _SEEDS or at + 1 >= len(values):
        return False
    return values[at + 1] in _CONTROLS or values[at + 1] is None or isinstance(values[at + 1], bool)


def _count(names: list[str], values: list[Any]) -> int:
    """Return how many values some names take, with those behind seeds."""
    at = 0
    for name in names:
        at += 1 + (at < len(values) and _has_control(name, values, at))
    return at
