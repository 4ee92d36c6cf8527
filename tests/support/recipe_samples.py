"""Recipes as other programs write them, with the settings they restore to and the warnings."""

from __future__ import annotations

import json
from typing import Any

from components import messages
from components.messages.catalogue import Text

SHELF = {"pixel-art-xl": "nerijs/pixel-art-xl"}
USUAL: dict[str, Any] = {
    "prompt": "a fox",
    "negative_prompt": "",
    "guidance_scale": 7,
    "num_inference_steps": 20,
    "seed": 1,
    "width": 1024,
    "height": 1024,
    "loras": [],
    "refine": "no_refiner",
    "high_noise_frac": 0.8,
    "refine_steps": 28,
    "preset": None,
    "sampler": None,
}
LINE = "Steps: 20, CFG scale: 7, Seed: 1, Size: 1024x1024"
COMFY: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 156680208700286,
            "steps": 20,
            "cfg": 8,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 832, "height": 1216, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 1]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {
            "lora_name": "pixel-art-xl.safetensors",
            "strength_model": 0.7,
            "strength_clip": 1,
            "model": ["4", 0],
            "clip": ["4", 1],
        },
    },
}
FOOOCUS: dict[str, Any] = {
    "adm_guidance": "(1.5, 0.8, 0.3)",
    "base_model": "juggernautXL_v8Rundiffusion",
    "full_prompt": ["a fox", "cinematic still"],
    "guidance_scale": 4,
    "loras": [["pixel-art-xl", 0.1, "abc"], ["None", 1.0, ""]],
    "metadata_scheme": "fooocus",
    "negative_prompt": "",
    "performance": "Speed",
    "prompt": "a fox",
    "refiner_model": "None",
    "refiner_switch": 0.5,
    "resolution": "(1152, 896)",
    "sampler": "dpmpp_2m_sde_gpu",
    "seed": "123",
    "sharpness": 2,
    "steps": 30,
    "styles": "['Fooocus V2']",
    "version": "Fooocus v2.5.5",
}
CIVITAI = (
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 1024x1024, Clip skip: 2, Created Date: 2024-11-02T1,"
    ' Civitai resources: [{"type":"checkpoint","modelVersionId":290640,"modelName":"Pony, V6"},'
    '{"type":"lora","weight":0.8,"modelVersionId":456,"modelName":"Ink"}], Civitai metadata: {}'
)


def size(width: int, height: int) -> Text:
    return Text("shared.size", {"width": width, "height": height})


def not_found(name: str) -> messages.Message:
    return messages.lora_not_restored(name)


CASES: dict[str, tuple[str, dict[str, Any], tuple[Any, ...]]] = {
    "a1111": (
        f"a fox\nNegative prompt: blurry, text\n{LINE}, Sampler: DPM++ 2M Karras, Model hash: 31e35c80fc, "
        "Model: sd_xl_base_1.0, Clip skip: 2, Version: v1.6.0",
        {"negative_prompt": "blurry, text"},
        (messages.not_restored(("Sampler", "Model hash", "Model", "Clip skip")),),
    ),
    "several lines": (
        f"a fox,\nin the snow\nNegative prompt: blurry,\ntext\n{LINE}",
        {"prompt": "a fox,\nin the snow", "negative_prompt": "blurry,\ntext"},
        (),
    ),
    "windows lines": (f"a fox\r\nNegative prompt: text\r\n{LINE}", {"negative_prompt": "text"}, ()),
    "a lora of the starter set": (
        f'a fox <lora:pixel-art-xl:0.8>\n{LINE}, Lora hashes: "pixel-art-xl: bbf3d8defbfb"',
        {"loras": [{"path": "nerijs/pixel-art-xl", "scale": 0.8}]},
        (messages.not_restored(("Lora hashes",)),),
    ),
    "a lora by its name": (f"a fox, <lora:inkSketch_v2:1>\n{LINE}", {}, (not_found("inkSketch_v2"),)),
    "a lora below 0": (f"a fox <lora:pixel-art-xl:-1>\n{LINE}", {}, (not_found("<lora:pixel-art-xl:-1>"),)),
    "a lora at 0": (
        f"a fox <lora:pixel-art-xl:0>\n{LINE}",
        {"loras": [{"path": "nerijs/pixel-art-xl", "scale": 0}]},
        (),
    ),
    "weights stay": (f"a (fox:1.2) BREAK [snow]\n{LINE}", {"prompt": "a (fox:1.2) BREAK [snow]"}, ()),
    "forge": (
        f"a fox\n{LINE}, Sampler: Euler, Schedule type: Simple, Distilled CFG Scale: 3.5, Version: f2.0.1v1.10.1",
        {},
        (messages.not_restored(("Sampler", "Schedule type", "Distilled CFG Scale")),),
    ),
    "a refiner": (
        f"a fox\n{LINE}, Refiner: sd_xl_refiner_1.0 [7440042bbd], Refiner switch at: 0.6",
        {"refine": "expert_ensemble_refiner", "high_noise_frac": 0.6},
        (),
    ),
    "a refiner by the model's own name": (
        f"a fox\n{LINE}, Refiner: base_model_refiner, Refiner switch at: 0.6",
        {"refine": "expert_ensemble_refiner", "high_noise_frac": 0.6},
        (),
    ),
    "a handover at 0": (
        f"a fox\n{LINE}, Refiner: sd_xl_refiner_1.0, Refiner switch at: 0",
        {"refine": "expert_ensemble_refiner", "high_noise_frac": 0},
        (),
    ),
    "another refiner": (
        f"a fox\n{LINE}, Refiner: realistic [abc], Refiner switch at: 0.6",
        {},
        (messages.refiner_not_restored("realistic [abc]"),),
    ),
    "zeros": (
        "a fox\nSteps: 0, CFG scale: 0, Seed: 0, Size: 1024x1024",
        {"num_inference_steps": 1, "guidance_scale": 1, "seed": 0},
        (messages.moved("guidance_scale", 0, 1), messages.moved("num_inference_steps", 0, 1)),
    ),
    "a seed and a size too large": (
        "a fox\nSteps: 20, CFG scale: 7, Seed: 4294967295, Size: 2048x1024",
        {"seed": -1, "width": 1536, "height": 768},
        (
            messages.moved("seed", "4294967295", Text("recipe.random_seed")),
            messages.moved("size", size(2048, 1024), size(1536, 768)),
        ),
    ),
    "image to image": (f"a fox\n{LINE}, Denoising strength: 0.4", {}, (messages.RECIPE_OF_A_PICTURE,)),
    "a second look": (
        f"a fox\n{LINE}, Denoising strength: 0.4, Hires upscale: 2, Hires upscaler: Latent",
        {},
        (messages.not_restored(("Hires upscale", "Hires upscaler")),),
    ),
    "civitai": (
        f"a fox\n{CIVITAI}",
        {"loras": [{"path": "https://civitai.com/api/download/models/456", "scale": 0.8}]},
        (messages.not_restored(("Sampler", "Clip skip")),),
    ),
    "civitai with a tag": (
        f"a fox <lora:ink:0.8>\n{CIVITAI}",
        {"loras": [{"path": "https://civitai.com/api/download/models/456", "scale": 0.8}]},
        (messages.not_restored(("Sampler", "Clip skip")),),
    ),
    "five loras": (
        "a fox "
        + "".join(f"<lora:https://huggingface.co/o/n/resolve/main/{name}.safetensors:1>" for name in "abcde")
        + f"\n{LINE}",
        {
            "loras": [
                {"path": f"https://huggingface.co/o/n/resolve/main/{name}.safetensors", "scale": 1} for name in "abcd"
            ]
        },
        (messages.more_loras(4),),
    ),
    "only the numbers": (LINE, {"prompt": ""}, ()),
    "fooocus": (
        json.dumps(FOOOCUS),
        {
            "guidance_scale": 4,
            "num_inference_steps": 30,
            "seed": 123,
            "width": 1152,
            "height": 896,
            "loras": [{"path": "nerijs/pixel-art-xl", "scale": 0.1}],
        },
        (messages.not_restored(("Adm guidance", "Base model", "Performance", "Sampler", "Sharpness", "Styles")),),
    ),
    "an older fooocus": (
        json.dumps(
            {"Prompt": "a fox", "Negative Prompt": "text", "Resolution": "(1024, 1024)", "Guidance Scale": 7}
            | {"Steps": 20, "Seed": 1, "lora_combined_1": "pixel-art-xl : 0.5"}
        ),
        {"negative_prompt": "text", "loras": [{"path": "nerijs/pixel-art-xl", "scale": 0.5}]},
        (),
    ),
    "comfyui": (
        json.dumps(COMFY),
        {
            "negative_prompt": "blurry",
            "guidance_scale": 8,
            "seed": -1,
            "width": 832,
            "height": 1216,
            "loras": [{"path": "nerijs/pixel-art-xl", "scale": 0.7}],
        },
        (
            messages.moved("seed", "156680208700286", Text("recipe.random_seed")),
            messages.not_restored(("Sampler", "Scheduler", "Model")),
        ),
    ),
    "civitai's comfyui": (
        json.dumps(
            {"1": {"class_type": "X"}, "extraMetadata": json.dumps({"prompt": "a fox", "steps": 20, "cfgScale": 7})}
        ),
        {"seed": -1},
        (messages.not_in_file("seed"), messages.not_in_file("size")),
    ),
}
