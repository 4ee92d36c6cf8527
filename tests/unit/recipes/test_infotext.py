"""The recipe as text that other tools read."""

from __future__ import annotations

from components.domain.request import GenerationRequest, LoraWeight
from components.recipes.infotext import infotext, parse_infotext


def test_a_whole_request() -> None:
    request = GenerationRequest(
        prompt="pixel art, a fox",
        negative_prompt="blurry, text",
        width=832,
        height=1216,
        guidance_scale=3.5,
        num_inference_steps=28,
        seed=7,
        loras=(LoraWeight("nerijs/pixel-art-xl", 0.8), LoraWeight("https://example.org/a/ink.safetensors", 1.0)),
    )
    assert infotext(request, "stability-ai/sdxl-lora") == (
        "pixel art, a fox <lora:pixel-art-xl:0.8> <lora:ink:1>\n"
        "Negative prompt: blurry, text\n"
        "Steps: 28, CFG scale: 3.5, Seed: 7, Size: 832x1216, Model: stability-ai/sdxl-lora, "
        'LoRA 1: nerijs/pixel-art-xl@0.8, LoRA 2: "https://example.org/a/ink.safetensors@1", '
        "Version: SDXL LoRA Playground"
    )


def test_a_bare_request_has_the_line_of_the_negative_prompt() -> None:
    text = infotext(GenerationRequest("a fox", seed=1), "m")
    assert text == (
        "a fox\nNegative prompt:\n"
        "Steps: 28, CFG scale: 3.5, Seed: 1, Size: 1024x1024, Model: m, Version: SDXL LoRA Playground"
    )


def test_c01_pairs_are_counted_those_of_one_name_too() -> None:
    parts = parse_infotext("a fox\nFirst: 1, Last: 2, " + "Again: [1, " * 5000 + "Last: 3")
    assert parts is not None
    assert parts.pairs == {"First": "1", "Last": "2", "Again": "[1"}
