"""A request as the infotext that A1111, Forge, ComfyUI, Civitai and their readers understand."""

from __future__ import annotations

from components.generation import GenerationRequest, LoraWeight, Preset, Refine
from components.recipe_lines import NEGATIVE, quoted, split

VERSION = "SDXL LoRA Playground"
EXACT = {"prompt": "Original prompt", "negative_prompt": "Original negative prompt"}
"""Pairs that are written only where the lines of text would not read back to the letter."""


def infotext(request: GenerationRequest, model: str) -> str:
    """Return the settings as text: the prompt, the negative prompt if any, then one line of `Key: value` pairs.

    LoRAs stand inline as `<lora:name:weight>`, as those tools write them, and once more in full at the end. What
    is not known (a sampler, a hash) is left out.
    """
    pairs = _pairs(request, model)
    text = _text(request, pairs)
    read = split(text)
    kept = {"prompt": read.prompt.removesuffix(inline(request.loras)) if read else None}
    kept["negative_prompt"] = read.negative if read else None
    lost = {EXACT[name]: getattr(request, name) for name, value in kept.items() if value != getattr(request, name)}
    return _text(request, lost | pairs) if lost else text


def inline(loras: tuple[LoraWeight, ...]) -> str:
    """Return LoRAs as they stand behind the prompt."""
    return "".join(f" <lora:{_short(lora.path)}:{_number(lora.scale)}>" for lora in loras)


def _text(request: GenerationRequest, pairs: dict[str, object]) -> str:
    lines = [request.prompt + inline(request.loras)]
    if request.negative_prompt:
        lines.append(f"{NEGATIVE} {request.negative_prompt}")
    lines.append(", ".join(f"{key}: {quoted(str(value))}" for key, value in pairs.items()))
    return "\n".join(lines)


def _pairs(request: GenerationRequest, model: str) -> dict[str, object]:
    pairs: dict[str, object] = {
        "Steps": request.num_inference_steps,
        "CFG scale": _number(request.guidance_scale),
        "Seed": request.seed,
        "Size": f"{request.width}x{request.height}",
        "Model": model,
    }
    pairs |= _of_picture(request) | _of_refiner(request) | _of_preset(request)
    loras = enumerate(request.loras, start=1)
    pairs |= {f"LoRA {number}": f"{lora.path}@{_number(lora.scale)}" for number, lora in loras}
    return pairs | {"Version": VERSION}


def _of_picture(request: GenerationRequest) -> dict[str, object]:
    pairs: dict[str, object] = {"Denoising strength": _number(request.prompt_strength)} if request.image else {}
    return pairs | ({"Mask blur": request.feather} if request.mask and request.feather else {})


def _of_refiner(request: GenerationRequest) -> dict[str, object]:
    if request.refine is Refine.OFF:
        return {}
    if request.refine is Refine.ENSEMBLE:
        return {"Refiner": "sd_xl_refiner_1.0", "Refiner switch at": _number(request.high_noise_frac)}
    steps = request.num_inference_steps if request.refine_steps is None else request.refine_steps
    return {"Refiner": "sd_xl_refiner_1.0", "Refiner steps": steps}


def _of_preset(request: GenerationRequest) -> dict[str, object]:
    return {"Preset": request.preset.value} if request.preset is Preset.FAST else {}


def _number(value: float) -> str:
    """Return the shortest text that reads back as this very number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def _short(path: str) -> str:
    """Return a LoRA's name as a file would be named, without folders and ending."""
    name = path.rstrip("/").rpartition("/")[2].removesuffix(".safetensors")
    return "".join("_" if sign in ":<>" or not sign.isprintable() else sign for sign in name)
