"""Graphs of SeargeSDXL 4 for ComfyUI, whose settings go through one stream of data, as plain graphs. Pure.

Rules: https://github.com/SeargeDP/SeargeSDXL (`stage_clip_conditioning.py`, `stage_pre_processing.py`, `ui.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.domain.json_values import as_mapping
from components.recipes.comfy.graph import Graph, Node
from components.recipes.parsed import number, text_value

_PARAMETERS, _MODELS, _LORAS, _MODE = (
    *("SeargeGenerationParameters", "SeargeModelSelector", "SeargeLoras", "SeargeOperatingMode"),
)
_PROMPTS = "SeargePromptAdapterV2"
_READ = (_PARAMETERS, _MODELS, _LORAS, _MODE, _PROMPTS)
_CHANGES = (
    *("SeargeHighResolution", "SeargeControlnetAdapterV2", "SeargeFreeU", "SeargeAdvancedParameters"),
    *("SeargeConditioningParameters",),
)
"""Kinds of nodes with settings that change the image and that are not read."""
_STAGES, _LORA_STAGE = frozenset(("clip conditioning", "latent inputs", "sampling")), "apply loras"
_PLACE = "<prompt>"
_FROM_WORDS = "text-to-image"
_SETTINGS_COUNT = "none - use settings"
# What of the main, secondary and style prompt, and of the negative ones, each mode uses; it repeats the main one
# where it has no secondary one.
_MODES = {
    "default - all prompts": (True, True, True),
    "main and neg. only": (False, False, False),
    "main, sec., and neg.": (True, False, False),
    "all except sec.": (False, True, True),
}
_PRESETS = {
    "DPM++ 2M Karras": ("dpmpp_2m", "karras"),
    "Euler a": ("euler_ancestral", "normal"),
    "DPM++ 2M SDE Karras": ("dpmpp_2m_sde", "karras"),
    "DPM++ 3M SDE Exp": ("dpmpp_3m_sde", "exponential"),
    "DDIM Uniform": ("ddim", "ddim_uniform"),
}
_MODEL, _LATENT = "searge model", "searge latent"
_Settings = Mapping[str, Mapping[str, Any]]
"""Inputs of the nodes that are read, by their kinds."""


def plain_graph(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a graph of SeargeSDXL with a sampler, prompts and models of its own kinds; any other one as it is."""
    if not any(as_mapping(node).get("class_type") == _PARAMETERS for node in data.values()):
        return data
    graph = Graph(data)
    nodes = graph.nodes.values()
    found = {kind: [node.inputs for node in nodes if node.kind == kind] for kind in _READ}
    stages = {text_value(node.inputs.get("stage")) for node in nodes if node.kind == "SeargeMagicBox"}
    if any(len(inputs) != 1 for inputs in found.values()) or not stages >= _STAGES:
        return data
    settings = {kind: inputs[0] for kind, inputs in found.items()}
    changes = [node for node in nodes if node.kind in _CHANGES and not _is_off(node)]
    made = _models(settings, has_loras=_LORA_STAGE in stages) | _latent(settings) | _prompts(graph, settings)
    made["searge sampler"] = _node("KSampler", _sampling(settings, made))
    made["searge save"] = _node(
        "SaveImage", {"images": ["searge sampler", 0]} | {one.id: [one.id, 0] for one in changes}
    )
    return made | {one.id: _node(one.kind, {}) for one in changes}


def _node(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"class_type": kind, "inputs": dict(inputs)}


def _is_off(node: Node) -> bool:
    return any(node.inputs.get(name) == "none" for name in ("hires_mode", "controlnet_mode", "freeu_mode"))


def _models(settings: _Settings, *, has_loras: bool) -> dict[str, Any]:
    checkpoint = _node("CheckpointLoaderSimple", {"ckpt_name": settings[_MODELS].get("base_checkpoint")})
    loras = {name: value for name, value in settings[_LORAS].items() if has_loras and name.startswith("lora_")}
    return {"searge checkpoint": checkpoint, _MODEL: _node("LoraLoader", {"model": ["searge checkpoint", 0], **loras})}


def _latent(settings: _Settings) -> dict[str, Any]:
    if settings[_MODE].get("workflow_mode") != _FROM_WORDS:
        return {_LATENT: _node("LoadImage", {"image": "a file"})}
    parameters = settings[_PARAMETERS]
    preset = parameters.get("image_size_preset")
    if preset != _SETTINGS_COUNT:
        return {_LATENT: _node("EmptyLatentImage", {"resolution": preset})}
    return {
        _LATENT: _node("EmptyLatentImage", {side: parameters.get(f"image_{side}") for side in ("width", "height")})
    }


def _sampling(settings: Mapping[str, Mapping[str, Any]], made: Mapping[str, Any]) -> dict[str, Any]:
    parameters = settings[_PARAMETERS]
    names = ("seed", "steps", "cfg", *(() if _preset(parameters) else ("sampler_name", "scheduler")))
    inputs: dict[str, Any] = {name: parameters[name] for name in names if name in parameters}
    links = {"model": [_MODEL, 0], "latent_image": [_LATENT, 0]}
    sides = {side: [side, 0] for side in ("positive", "negative") if side in made}
    return inputs | _preset(parameters) | links | sides | _refiner(settings)


def _preset(parameters: Mapping[str, Any]) -> dict[str, str]:
    name = text_value(parameters.get("sampler_preset")).partition(" - ")[2]
    return dict(zip(("sampler_name", "scheduler"), _PRESETS[name], strict=True)) if name in _PRESETS else {}


def _refiner(settings: _Settings) -> dict[str, Any]:
    name, parameters = text_value(settings[_MODELS].get("refiner_checkpoint")), settings[_PARAMETERS]
    share, steps = number(parameters.get("base_vs_refiner_ratio")), number(parameters.get("steps"))
    if name in ("", "none") or share is None or steps is None or share == 1:
        return {}
    return {"refiner_ckpt_name": name, "refine_at_step": int(steps * (share + 0.0001))}


def _prompts(graph: Graph, settings: _Settings) -> dict[str, Any]:
    """Return the nodes of both prompts; none for a mode or a text that is not understood."""
    mode = _MODES.get(text_value(settings[_MODE].get("prompting_mode")))
    inputs = settings[_PROMPTS]
    found = {name: _text(graph, inputs.get(name)) for name in inputs if name.endswith("_prompt")}
    if mode is None or not found or None in found.values():
        return {}
    has_second, has_negative_second, has_style = mode
    texts = {name: text or "" for name, text in found.items()}
    style = texts.get("style_prompt", "") if has_style else ""
    main, negative = texts.get("main_prompt", ""), texts.get("negative_main_prompt", "")
    second = texts.get("secondary_prompt", main) if has_second else main
    negative_second = texts.get("negative_secondary_prompt", negative) if has_negative_second else negative
    return {
        "positive": _encoder(_styled(main, style), _styled(second, style)),
        "negative": _encoder(negative, negative_second),
    }


def _encoder(larger: str, smaller: str) -> dict[str, Any]:
    return _node("CLIPTextEncodeSDXL", {"clip": [_MODEL, 1], "text_g": larger, "text_l": smaller})


def _styled(text: str, style: str) -> str:
    if _PLACE in style:
        return style.replace(_PLACE, text)
    return f"{text}. {style}" if text and style else text or style


def _text(graph: Graph, value: Any) -> str | None:
    """Return a text that stands at an input, or in the node linked to it; None for any other one."""
    source = graph.source(value)
    found = source.node.inputs.get("prompt") if source else value
    return found if isinstance(found, str) else None
