"""A request as the infotext that A1111, Forge, ComfyUI, Civitai and their readers understand."""

from __future__ import annotations

import json

from components.generation import GenerationRequest, Refine


def infotext(request: GenerationRequest, model: str) -> str:
    """Return the settings as text: the prompt, the negative prompt if any, then one line of `Key: value` pairs.

    LoRAs stand inline as `<lora:name:weight>`, as those tools write them, and once more in full at the end. What
    is not known (a sampler, a hash) is left out.
    """
    inline = "".join(f" <lora:{_short(lora.path)}:{lora.scale:g}>" for lora in request.loras)
    lines = [request.prompt + inline]
    if request.negative_prompt:
        lines.append(f"Negative prompt: {request.negative_prompt}")
    pairs: dict[str, object] = {
        "Steps": request.num_inference_steps,
        "CFG scale": f"{request.guidance_scale:g}",
        "Seed": request.seed,
        "Size": f"{request.width}x{request.height}",
        "Model": model,
    }
    pairs |= _of_picture(request) | _of_refiner(request)
    pairs |= {f"LoRA {number}": f"{lora.path}@{lora.scale:g}" for number, lora in enumerate(request.loras, start=1)}
    pairs["Version"] = "SDXL LoRA Playground"
    lines.append(", ".join(f"{key}: {_quoted(str(value))}" for key, value in pairs.items()))
    return "\n".join(lines)


def _of_picture(request: GenerationRequest) -> dict[str, object]:
    pairs: dict[str, object] = {"Denoising strength": f"{request.prompt_strength:g}"} if request.image else {}
    return pairs | ({"Mask blur": request.feather} if request.mask and request.feather else {})


def _of_refiner(request: GenerationRequest) -> dict[str, object]:
    if request.refine is Refine.OFF:
        return {}
    if request.refine is Refine.ENSEMBLE:
        return {"Refiner": "sd_xl_refiner_1.0", "Refiner switch at": f"{request.high_noise_frac:g}"}
    steps = request.num_inference_steps if request.refine_steps is None else request.refine_steps
    return {"Refiner": "sd_xl_refiner_1.0", "Refiner steps": steps}


def _short(path: str) -> str:
    """Return a LoRA's name as a file would be named, without folders and ending."""
    return path.rstrip("/").rpartition("/")[2].removesuffix(".safetensors").replace(":", "_").replace(">", "_")


def _quoted(value: str) -> str:
    """Quote as JSON what a reader of the line would take apart."""
    return json.dumps(value, ensure_ascii=False) if any(sign in value for sign in ',:\n"') else value
