"""Graphs of SeargeSDXL 4 for ComfyUI: nodes of settings in one stream of data, and stages that use them.

Source: SeargeDP/SeargeSDXL (`examples/*.png`, `workflow/*.json`, `stage_clip_conditioning.py`, `ui.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.domain.request import Sampler
from components.recipes.parsed import ParsedRecipe
from components.recipes.read import read

NUMBERS = {"seed": 5, "num_inference_steps": 30, "guidance_scale": 6}
WORDS = {"main": "a fox", "second": "red fur", "style": "photo of <prompt>, sharp", "no": "blurry", "worse": "mud"}
ADAPTER = {
    **{"main_prompt": "main", "secondary_prompt": "second", "style_prompt": "style"},
    **{"negative_main_prompt": "no", "negative_secondary_prompt": "worse", "negative_style_prompt": "worse"},
}
STAGES = ("load checkpoints", "apply loras", "clip conditioning", "latent inputs", "sampling", "image saving")
PARAMETERS = {
    **{"seed": 5, "image_size_preset": "832x1216 (2:3)", "image_width": 640, "image_height": 704, "steps": 30},
    **{"cfg": 6, "sampler_preset": "2 - Euler a", "sampler_name": "dpmpp_2m", "scheduler": "karras"},
    "base_vs_refiner_ratio": 0.8,
}
MODELS = {"base_checkpoint": "sd_xl_base_1.0.safetensors", "refiner_checkpoint": "sd_xl_refiner_1.0.safetensors"}
LORAS = {"lora_1": "ink.safetensors", "lora_1_strength": 0.8, "lora_2": "none", "lora_2_strength": 0.5}


def graph(stages: tuple[str, ...] = STAGES, **changed: Mapping[str, Any]) -> str:
    """A graph with other inputs of its nodes by their names."""
    inputs: dict[str, tuple[str, dict[str, Any]]] = {
        "mode": (
            "SeargeOperatingMode",
            {"workflow_mode": "text-to-image", "prompting_mode": "default - all prompts", "batch_size": 1},
        ),
        "parameters": ("SeargeGenerationParameters", dict(PARAMETERS)),
        "models": ("SeargeModelSelector", dict(MODELS)),
        "loras": ("SeargeLoras", dict(LORAS)),
        "prompts": ("SeargePromptAdapterV2", {name: [text, 0] for name, text in ADAPTER.items()}),
        "hires": ("SeargeHighResolution", {"hires_mode": "none", "hires_denoise": 0.2}),
    }
    nodes = {
        name: {"class_type": kind, "inputs": {**one, **changed.get(name, {})}} for name, (kind, one) in inputs.items()
    }
    nodes |= {name: {"class_type": "SeargeTextInputV2", "inputs": {"prompt": text}} for name, text in WORDS.items()}
    chain = ["hires", *(f"stage {at}" for at in range(len(stages)))]
    nodes |= {
        name: {"class_type": "SeargeMagicBox", "inputs": {"stage": stage, "data": [chain[at], 0]}}
        for at, (name, stage) in enumerate(zip(chain[1:], stages, strict=True))
    }
    return json.dumps(nodes)


def recipe_of(text: str) -> ParsedRecipe:
    recipe = read(text)
    assert recipe is not None
    return recipe


def test_settings_of_the_stream_are_those_of_the_image():
    recipe = recipe_of(graph())

    assert (recipe.prompt, recipe.negative) == ("photo of a fox, sharp", "blurry")
    assert (dict(recipe.numbers), recipe.size) == (NUMBERS | {"high_noise_frac": 0.8}, (832, 1216))
    assert recipe.refiner == "sd_xl_refiner_1.0.safetensors"
    assert [(lora.name, lora.scale) for lora in recipe.loras] == [("ink.safetensors", 0.8)]
    assert recipe.sampler is not None
    assert recipe.sampler.sampler is Sampler.EULER_ANCESTRAL
    assert recipe.unused == ("Sampler", "Scheduler", "Model", "text_l")


@pytest.mark.parametrize(
    ("mode", "style", "prompt", "names_second"),
    [
        ("main and neg. only", WORDS["style"], "a fox", False),
        ("main, sec., and neg.", WORDS["style"], "a fox", True),
        ("all except sec.", WORDS["style"], "photo of a fox, sharp", True),
        ("default - all prompts", "film", "a fox. film", True),
        ("default - all prompts", "", "a fox", True),
    ],
)
def test_the_mode_says_which_prompts_count(mode, style, prompt, names_second):
    recipe = recipe_of(graph(mode={"prompting_mode": mode}, prompts={"style_prompt": style}))

    assert (recipe.prompt, recipe.negative) == (prompt, "blurry")
    assert ("text_l" in recipe.unused) == names_second


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"mode": {"prompting_mode": "custom"}}, id="a mode of the user's own"),
        pytest.param({"prompts": {"main_prompt": ["hires", 0]}}, id="a text that another node makes"),
    ],
)
def test_prompts_that_are_not_understood_are_told(changed):
    recipe = recipe_of(graph(**changed))

    assert (recipe.prompt, recipe.negative) == ("", "")
    assert recipe.unread == {"prompt", "negative_prompt"}
    assert dict(recipe.numbers) | NUMBERS == dict(recipe.numbers)


def test_a_size_without_a_preset_is_that_of_the_numbers():
    assert recipe_of(graph(parameters={"image_size_preset": "none - use settings"})).size == (640, 704)


def test_a_size_from_a_picture_is_not_in_the_file():
    assert recipe_of(graph(parameters={"image_size_preset": "from source image"})).size is None


def test_a_sampler_without_a_preset_is_that_beside_it():
    sampler = recipe_of(graph(parameters={"sampler_preset": "none - use settings"})).sampler

    assert sampler is not None
    assert sampler.sampler is Sampler.DPM_2M_KARRAS


def test_another_picture_is_told_of():
    assert recipe_of(graph(mode={"workflow_mode": "image-to-image"})).is_from_image


def test_what_changes_the_image_and_is_not_read_is_named():
    assert "SeargeHighResolution" in recipe_of(graph(hires={"hires_mode": "normal"})).unused


def test_without_a_refiner_there_is_none():
    recipe = recipe_of(graph(models={"refiner_checkpoint": "none"}))

    assert (recipe.refiner, dict(recipe.numbers)) == ("", NUMBERS)


def test_loras_count_where_a_stage_applies_them():
    assert recipe_of(graph(tuple(stage for stage in STAGES if stage != "apply loras"))).loras == ()


def test_without_its_stages_only_the_numbers_are_taken_and_the_prompts_told():
    recipe = recipe_of(graph(("image saving",), parameters={"data": ["mode", 0]}))

    assert (dict(recipe.numbers), recipe.prompt) == (NUMBERS, "")
    assert "prompt" in recipe.unread


def test_widgets_of_a_workflow_are_known_and_texts_come_through_reroutes():
    no_lora = [value for _ in range(4) for value in ("none", 0.5)]
    rows: list[tuple[str, list[Any]]] = [
        ("SeargeOperatingMode", ["text-to-image", "default - all prompts", 1]),
        ("SeargeGenerationParameters", [5, "increment", *[*PARAMETERS.values()][1:]]),
        ("SeargeModelSelector", [*MODELS.values(), "sdxl_vae.safetensors"]),
        ("SeargeLoras", ["ink.safetensors", 0.8, *no_lora]),
        *(("SeargeMagicBox", [stage, "data stream", "data stream"]) for stage in STAGES),
        *(("SeargeTextInputV2", [text]) for text in WORDS.values()),
    ]
    nodes: list[dict[str, Any]] = [
        {"id": at, "type": kind, "inputs": [], "widgets_values": values} for at, (kind, values) in enumerate(rows)
    ]
    texts = dict(zip(WORDS, range(len(rows) - len(WORDS), len(rows)), strict=True))
    links: list[list[Any]] = [[0, texts["main"], 0, 50, 0, "SRG_PROMPT_TEXT"]]
    nodes.append({"id": 50, "type": "Reroute", "inputs": [{"name": "", "type": "*", "link": 0}]})
    sockets = [{"name": name, "type": "SRG_PROMPT_TEXT", "link": at} for at, name in enumerate(ADAPTER, 1)]
    nodes.append({"id": 51, "type": "SeargePromptAdapterV2", "inputs": sockets})
    origins = [50 if text == "main" else texts[text] for text in ADAPTER.values()]
    links += [[at, origin, 0, 51, at - 1, "SRG_PROMPT_TEXT"] for at, origin in enumerate(origins, 1)]

    assert recipe_of(json.dumps({"nodes": nodes, "links": links})) == recipe_of(graph())
