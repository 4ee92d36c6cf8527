"""Files of the page are read by A1111, Forge, ComfyUI and Civitai: by the rules of their own readers."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from PIL import Image

from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine, SourceImage
from components.images.metadata import write_text
from components.recipes.infotext import infotext
from tests.support.other_readers import (
    Reading,
    a1111_loras,
    a1111_text,
    civitai_loras,
    civitai_text,
    comfy_loras,
    comfy_text,
    read_by_a1111,
    read_by_civitai,
    read_by_comfy,
)

IMAGE = SourceImage("a.png", "digest", 1024, 1024)
PLAIN = GenerationRequest("a red fox", seed=7)
LORAS = (LoraWeight("nerijs/pixel-art-xl", 0.8), LoraWeight("https://example.org/a,b/ink_v2.safetensors", 1.25))
PROMPTS = {
    "commas, quotes and colons": 'a "fox": red, (at night:1.2), 16:9, C:\\path\\',
    "emoji and other alphabets": "狐 🦊 für ночь",
    "Latin letters with marks": "ein Fuchs für später, café",
    "lines": "a fox\n\nin the snow,\n  at night",
    "a line like the settings": "a fox\nSteps: 3, Sampler: Euler, Seed: 4, Size: 64x64",
    "settings at the beginning": "Steps: to the temple",
    "a line like a negative prompt": "a fox\nNegative prompt: blurry",
    "a negative prompt inside": "a sign that says Negative prompt: none",
    "a line like a template": "a fox\nTemplate: __animal__\nin the snow\nNegative Template: x",
    "keys of extensions": 'a fox, Hashes: {oops}, Resources: two, Civitai metadata: {"a\n ',
}
REQUESTS = {
    **{f"prompt: {name}": replace(PLAIN, prompt=words) for name, words in PROMPTS.items()},
    **{f"negative: {name}": replace(PLAIN, negative_prompt=words) for name, words in PROMPTS.items()},
    "with LoRAs": replace(PLAIN, negative_prompt="blurry", loras=LORAS),
    "with LoRAs behind lines": replace(PLAIN, prompt="a fox\nSteps: 3", loras=LORAS),
    "from an image": replace(PLAIN, image=IMAGE, prompt_strength=0.55),
    "inside a mask": replace(PLAIN, image=IMAGE, mask=IMAGE, feather=12, prompt_strength=0.55),
    "refined": replace(PLAIN, refine=Refine.ENSEMBLE, high_noise_frac=0.7),
    "polished": replace(PLAIN, refine=Refine.SECOND_PASS, refine_steps=9),
    "fast": replace(PLAIN, preset=Preset.FAST).with_preset_applied(),
}


def words_of(text: str) -> str:
    """Return a prompt as the model reads it: blanks beside a colon and between words make no difference."""
    return re.sub(r"\s*:", ":", " ".join(text.split()))


def check(found: Reading | None, request: GenerationRequest, loras: list[tuple[str, float]]) -> None:
    assert found is not None
    tags = "".join(f" <lora:{name}:{weight:g}>" for name, weight in loras)
    assert words_of(found.prompt) == words_of(request.prompt + tags)
    assert words_of(found.negative) == words_of(request.negative_prompt)
    assert [weight for _, weight in loras] == [lora.scale for lora in request.loras]
    keys = {key.lower(): value for key, value in found.pairs.items()}
    assert keys["steps"] == str(request.num_inference_steps)
    assert float(keys["cfg scale"]) == request.guidance_scale
    assert keys["seed"] == str(request.seed)
    size = keys.get("size") or f"{keys['size-1']}x{keys['size-2']}"
    assert size == f"{request.width}x{request.height}"
    assert keys.get("denoising strength") == ("0.55" if request.image else None)
    assert keys.get("refiner") == (None if request.refine is Refine.OFF else "sd_xl_refiner_1.0")


def made(kind: str, request: GenerationRequest) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    return write_text(file.getvalue(), infotext(request, "stability-ai/sdxl-lora"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("name", REQUESTS)
def test_a1111_and_forge(kind: str, name: str) -> None:
    found = read_by_a1111(a1111_text(made(kind, REQUESTS[name])))
    check(found, REQUESTS[name], a1111_loras(found.prompt))


@pytest.mark.parametrize("name", REQUESTS)
def test_comfyui(name: str) -> None:
    found = read_by_comfy(comfy_text(made("PNG", REQUESTS[name])))
    check(found, REQUESTS[name], comfy_loras(found.prompt) if found else [])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("name", REQUESTS)
def test_civitai(kind: str, name: str) -> None:
    found = read_by_civitai(civitai_text(made(kind, REQUESTS[name])))
    check(found, REQUESTS[name], civitai_loras(found.prompt))
