"""Settings as further programs write them, all of one image."""

from __future__ import annotations

import html
import json
from typing import Any

SHELF = {"pixel-art-xl": "nerijs/pixel-art-xl"}
RESTORED: dict[str, Any] = {
    "prompt": "a fox",
    "negative_prompt": "blurry",
    "seed": 5,
    "num_inference_steps": 30,
    "guidance_scale": 8,
    "width": 832,
    "height": 1216,
}
LORA = {"loras": [{"path": "nerijs/pixel-art-xl", "scale": 0.8}]}
FLAT: dict[str, Any] = {"prompt": "a fox", "steps": 30, "seed": 5, "width": 832, "height": 1216}
INVOKE: dict[str, Any] = {
    "generation_mode": "sdxl_txt2img",
    "positive_prompt": "a fox",
    "negative_prompt": "blurry",
    "width": 832,
    "height": 1216,
    "seed": 5,
    "cfg_scale": 8,
    "steps": 30,
    "scheduler": "euler",
    "app_version": "5.4.3",
}
EARLIER_INVOKE: dict[str, Any] = {
    "model": "stable diffusion",
    "model_weights": "sdxl",
    "app_version": "2.3.5",
    "image": {
        "prompt": [{"prompt": "a fox [blurry]", "weight": 1.0}],
        "steps": 30,
        "cfg_scale": 8,
        "seed": 5,
        "width": 832,
        "height": 1216,
        "sampler": "k_lms",
        "type": "txt2img",
    },
}
SWARM: dict[str, Any] = FLAT | {
    "negativeprompt": "blurry",
    "cfgscale": 8,
    "model": "sd_xl_base_1.0",
    "loras": ["pixel-art-xl"],
    "loraweights": ["0.8"],
    "swarm_version": "0.9.6",
}
NOVELAI = {
    "Title": "AI generated image",
    "Description": "a fox",
    "Software": "NovelAI",
    "Source": "Stable Diffusion XL",
    "Comment": json.dumps(
        {"steps": 30, "height": 1216, "width": 832, "scale": 8, "seed": 5, "sampler": "k_euler", "uc": "blurry"}
    ),
}
DRAW_THINGS = {
    "c": "a fox",
    "uc": "blurry",
    "seed": 5,
    "steps": 30,
    "scale": 8,
    "size": "832x1216",
    "sampler": "Euler a",
    "strength": 1,
    "model": "sd_xl_base_1.0_f16.ckpt",
    "lora": [{"model": "pixel-art-xl", "weight": 0.8}],
}
TENSOR_ART = FLAT | {
    "negativePrompt": "blurry",
    "cfgScale": 8,
    "samplerName": "Euler a",
    "models": [
        {"type": "BASE_MODEL", "modelFileName": "sdxl", "weight": 1},
        {"type": "LORA", "modelFileName": "pixel-art-xl", "weight": 0.8},
    ],
}
RUINED: dict[str, Any] = {
    "Prompt": "a fox",
    "Negative": "blurry",
    "steps": 30,
    "cfg": 8,
    "width": 832,
    "height": 1216,
    "seed": 5,
    "sampler_name": "dpmpp_2m_sde_gpu",
    "loras": [["abc123", "pixel-art-xl.safetensors - 0.8"]],
    "software": "RuinedFooocus",
}
EASY: dict[str, Any] = {
    "prompt": "a fox",
    "negative_prompt": "blurry",
    "seed": 5,
    "use_stable_diffusion_model": "sd_xl_base_1.0",
    "clip_skip": False,
    "use_vae_model": None,
    "sampler_name": "euler_a",
    "width": 832,
    "height": 1216,
    "num_inference_steps": 30,
    "guidance_scale": 8,
    "use_lora_model": "pixel-art-xl",
    "lora_alpha": 0.8,
    "tiling": "none",
}
EASY_TITLES = {
    "Prompt": "a fox",
    "Negative Prompt": "blurry",
    "Seed": 5,
    "Stable Diffusion model": "sd_xl_base_1.0",
    "Clip Skip": False,
    "VAE model": None,
    "Sampler": "euler_a",
    "Width": 832,
    "Height": 1216,
    "Steps": 30,
    "Guidance Scale": 8,
    "LoRA model": "pixel-art-xl",
    "LoRA Strength": 0.8,
}
LINE = "Steps: 30, Sampler: Euler a, CFG scale: 8, Seed: 5, Size: 832x1216"
A1111 = f"a fox\nNegative prompt: blurry\n{LINE}"
FOOOCUS_A1111 = (
    "a fox, cinematic still\nNegative prompt: blurry, anime\nSteps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 5, "
    'Size: 832x1216, CFG scale: 8, Sharpness: 2, ADM Guidance: "(1.5, 0.8, 0.3)", Model: juggernautXL, '
    "Performance: Speed, Scheduler: karras, VAE: Default (model), Raw prompt: a fox, Raw negative prompt: blurry, "
    'Clip skip: 2, Lora hashes: "pixel-art-xl: bbf3", Lora weights: "pixel-art-xl: 0.8", Version: Fooocus v2.5.5'
)
PAIRS = (
    f"{A1111}, Lora_0 Model name: pixel-art-xl.safetensors, Lora_0 Model hash: abc, Lora_0 Strength model: 0.8, "
    "Lora_0 Strength clip: 0.5, Metadata generator version: 1.3"
)
TEXTS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "SwarmUI": (json.dumps({"sui_image_params": SWARM, "sui_extra_data": {}}), LORA, ("Model",)),
    "InvokeAI": (
        json.dumps(INVOKE | {"loras": [{"model": {"name": "pixel-art-xl"}, "weight": 0.8}]}),
        LORA,
        ("Scheduler",),
    ),
    "InvokeAI 3": (
        json.dumps(INVOKE | {"loras": [{"lora": {"model_name": "pixel-art-xl"}, "weight": 0.8}]}),
        LORA,
        ("Scheduler",),
    ),
    "InvokeAI 2": (json.dumps(EARLIER_INVOKE), {}, ("Model", "Sampler")),
    "InvokeAI 1": ('"a fox [blurry]" -s 30 -S 5 -W 832 -H 1216 -C 8 -A k_lms', {}, ("Sampler",)),
    "InvokeAI's refiner": (
        json.dumps(INVOKE | {"refiner_model": {"model_name": "sd-xl-refiner-1-0"}, "refiner_start": 0.7}),
        {"refine": "expert_ensemble_refiner", "high_noise_frac": 0.7},
        ("Scheduler",),
    ),
    "NovelAI": (json.dumps(NOVELAI), {}, ("Sampler",)),
    "Draw Things": (json.dumps(DRAW_THINGS), LORA, ("Sampler", "Strength", "Model")),
    "tensor.art": (json.dumps(TENSOR_ART) + "\0", LORA, ("Samplername",)),
    "Easy Diffusion": (json.dumps(EASY), LORA, ("Use stable diffusion model", "Sampler name")),
    "Easy Diffusion, a list of LoRAs": (
        json.dumps(EASY | {"use_lora_model": ["styles/pixel-art-xl"], "lora_alpha": [0.8]}),
        LORA,
        ("Use stable diffusion model", "Sampler name"),
    ),
    "Easy Diffusion, titles": (json.dumps(EASY_TITLES), LORA, ("Stable diffusion model", "Sampler")),
    "a Space's own JSON": (
        json.dumps(
            FLAT | {"steps": None, "num_inference_steps": 30, "negative_prompt": "blurry", "cfg": 8, "sampler": "x"}
        ),
        {},
        ("Sampler",),
    ),
    "a setting of 0": (json.dumps(FLAT | {"negative_prompt": "blurry", "cfg": 8, "sharpness": 0}), {}, ("Sharpness",)),
    "a guidance in capitals": (
        f"a fox\nNegative prompt: blurry\n{LINE.replace('CFG scale', 'CFG Scale')}",
        {},
        ("Sampler",),
    ),
    "RuinedFooocus": (json.dumps(RUINED), LORA, ("Sampler name",)),
    "Fooocus, scheme a1111": (
        FOOOCUS_A1111,
        LORA,
        (
            *("Sampler", "Sharpness", "ADM Guidance", "Model", "Performance", "Scheduler", "VAE", "Clip skip"),
            *("Lora hashes", "Styles"),
        ),
    ),
    "LoRAs as pairs": (PAIRS, LORA, ("Sampler", "Metadata generator version")),
    "a template behind": (
        f"{A1111}\nTemplate: a __animal__, style: ink, mood: dark, light: low\nNegative Template: __bad__, a: b, c: d",
        {},
        ("Sampler", "Template", "Negative Template"),
    ),
    "text behind": (f"{A1111}\n\nSaved by a tool on Monday", {}, ("Sampler",)),
    "broken inside": (
        "a fox\nNegative prompt: blurry\nSteps: 30, Sampler: Euler a, Hires prompt: one\ntwo, CFG scale: 8, Seed: 5, "
        "Size: 832x1216",
        {},
        ("Sampler", "Hires prompt"),
    ),
    "broken inside quotes": (
        'a fox\nNegative prompt: blurry\nSteps: 30, CFG scale: 8, ADetailer prompt: "one\ntwo, three", Seed: 5, '
        "Size: 832x1216",
        {},
        ("ADetailer prompt",),
    ),
    "all in one line": (f"a fox Negative prompt: blurry {LINE}, Clip skip: 2", {}, ("Sampler", "Clip skip")),
    "a prompt that looks like settings": (f"a fox\nNegative prompt: blurry\n{LINE}", {}, ("Sampler",)),
    "LyCORIS": (
        f"a fox <lyco:pixel-art-xl:0.8>\nNegative prompt: blurry\n{LINE}",
        LORA,
        ("Sampler",),
    ),
    "weights by name": (
        f"a fox <lora:pixel-art-xl:te=0.5:unet=0.8>\nNegative prompt: blurry\n{LINE}",
        LORA,
        ("Sampler",),
    ),
    "a tag with a folder": (
        f"a fox <lora:styles/pixel-art-xl:0.8>\nNegative prompt: blurry\n{LINE}",
        LORA,
        ("Sampler",),
    ),
}


def xmp(text: str) -> str:
    """Return XMP data with a text as its user comment."""
    item = f'<rdf:Alt><rdf:li xml:lang="x-default">{html.escape(text)}</rdf:li></rdf:Alt>'
    return (
        f"<x:xmpmeta><rdf:RDF><rdf:Description><exif:UserComment>{item}</exif:UserComment></rdf:Description></rdf:RDF>"
    )
