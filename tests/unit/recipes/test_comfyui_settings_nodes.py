"""Nodes of ComfyUI graphs that hold the settings of others, with one output for each.

Sources: receyuki/comfyui-prompt-reader-node (`SDParameterGenerator` in `nodes.py`, `sdxl_example.json`),
comfyanonymous/ComfyUI_examples `sdxl_edit_model.png`,
xxmjskxx/ComfyUI_SaveImageWithMetaDataUniversal `metadata-stub-basic.json`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.domain.request import Sampler
from components.recipes.parsed import ParsedRecipe
from components.recipes.read import read
from tests.support.comfy_graphs import graph

NAMES = (
    *(
        "ckpt_name",
        "vae_name",
        "model_version",
        "config_name",
        "seed",
        "steps",
        "refiner_start",
        "cfg",
        "sampler_name",
    ),
    *("scheduler", "positive_ascore", "negative_ascore", "aspect_ratio", "width", "height", "batch_size"),
)
VALUES = (
    *("sd_xl_base_1.0.safetensors", "baked VAE", "SDXL 1024px", "none", 77, 50, 0.8, 6.5, "dpmpp_2m", "karras", 6, 6),
    *("9:16 - 768x1344", 768, 1344, 1),
)
SHOWN = ("Total steps: 50", "Optimal resolution: 512 x 512", None)
OUTPUTS = {"model": 2, "noise_seed": 5, "steps": 6, "end_at_step": 7, "cfg": 8, "sampler_name": 9, "scheduler": 10}
RESTORED = {"num_inference_steps": 50, "guidance_scale": 6.5, "seed": 77}


def recipe_of(text: str) -> ParsedRecipe:
    recipe = read(text)
    assert recipe is not None
    return recipe


def generated(**changed: Any) -> str:
    """A graph whose sampler and latent image have all numbers from one node, and a refiner after them."""
    values = dict(zip(NAMES, VALUES, strict=True)) | changed
    both = {"positive": ["positive", 0], "negative": ["negative", 0]}
    first = {name: ["settings", slot] for name, slot in OUTPUTS.items()} | both | {"latent_image": ["latent", 0]}
    second = {name: value for name, value in first.items() if name != "end_at_step"} | {
        **{"model": ["refiner", 0], "latent_image": ["base", 0], "start_at_step": ["settings", 7]}
    }
    return graph(
        None,
        settings=("SDParameterGenerator", values),
        latent=("EmptyLatentImage", {"width": ["settings", 13], "height": ["settings", 14]}),
        base=("KSamplerAdvanced", first),
        refiner=("CheckpointLoaderSimple", {"ckpt_name": "sd_xl_refiner_1.0.safetensors"}),
        sampler=("KSamplerAdvanced", second),
    )


def test_a_node_with_all_settings_is_no_sampler_and_gives_each_to_the_one_after_it():
    recipe = recipe_of(generated())

    assert (recipe.prompt, recipe.negative, recipe.size) == ("a fox", "blurry", (768, 1344))
    assert dict(recipe.numbers) == RESTORED | {"high_noise_frac": 0.8}
    assert recipe.refiner == "sd_xl_refiner_1.0.safetensors"
    assert recipe.sampler is not None
    assert recipe.sampler.sampler is Sampler.DPM_2M_KARRAS


def test_a_seed_that_is_drawn_at_each_run_is_not_in_the_file():
    assert recipe_of(generated(seed=-1)).numbers["seed"] is None


def test_a_refiner_from_the_last_step_on_is_none():
    recipe = recipe_of(generated(refiner_start=1))

    assert (recipe.refiner, dict(recipe.numbers)) == ("", RESTORED)


@pytest.mark.parametrize("ratio", ["custom", "9:16 - 384x672 | 576x1008 | 768x1344"])
def test_a_choice_of_several_sizes_is_none_and_the_numbers_beside_it_count(ratio):
    assert recipe_of(generated(aspect_ratio=ratio)).size == (768, 1344)


def test_widgets_of_such_a_node_in_a_workflow_are_known_with_what_it_shows_behind_them():
    slots = ((5, "seed"), (6, "steps"), (8, "cfg"), (2, "model"))
    names = [name for _, name in slots] + ["positive", "negative", "latent_image"]
    origins = [(1, slot) for slot, _ in slots] + [(2, 0), (3, 0), (4, 0)]
    inputs = [{"name": name, "type": "*", "link": at} for at, name in enumerate(names)]
    nodes = [
        {"id": 1, "type": "SDParameterGenerator", "widgets_values": [*VALUES, *SHOWN, *SHOWN[:2]]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["a fox"]},
        {"id": 3, "type": "CLIPTextEncode", "widgets_values": ["blurry"]},
        {"id": 4, "type": "EmptyLatentImage", "widgets_values": [832, 1216, 1]},
        {"id": 5, "type": "KSampler", "inputs": inputs, "widgets_values": [1, "fixed", 9, 9, "euler", "normal", 1]},
    ]
    links = [[at, *origin, 5, at, "*"] for at, origin in enumerate(origins)]

    recipe = recipe_of(json.dumps({"nodes": nodes, "links": links}))

    assert dict(recipe.numbers) == RESTORED


def test_a_node_that_has_words_beside_its_numbers_makes_the_image_itself():
    inputs = {"positive_prompt": "a fox", "negative_prompt": "blurry", "seed": 5, "steps": 20, "cfg": 7}
    nodes = {
        "all": {"class_type": "MetadataTestSampler", "inputs": inputs | {"width": 512, "height": 768}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["all", 0]}},
    }

    recipe = recipe_of(json.dumps(nodes))

    assert (recipe.prompt, recipe.negative, recipe.size) == ("a fox", "blurry", (512, 768))


def test_the_second_of_two_conditionings_with_a_scale_of_their_own_is_no_part_of_the_prompt():
    edited = ("InstructPixToPixConditioning", {"positive": ["positive", 0], "negative": ["negative", 0]})
    guider = {"cfg_conds": 5, "cfg_cond2_negative": 1.5, "cond1": ["edited", 0], "cond2": ["edited", 1]}
    parts = {"noise": ["noise", 0], "guider": ["guider", 0], "sigmas": ["sigmas", 0], "latent_image": ["latent", 0]}
    text = graph(
        None,
        edited=edited,
        guider=("DualCFGGuider", guider | {"model": ["model", 0], "negative": ["negative", 0]}),
        noise=("RandomNoise", {"noise_seed": 5}),
        sigmas=("BasicScheduler", {"scheduler": "normal", "steps": 20, "denoise": 1}),
        sampler=("SamplerCustomAdvanced", parts),
    )

    recipe = recipe_of(text)

    assert (recipe.prompt, recipe.negative) == ("a fox", "blurry")
    assert recipe.numbers["guidance_scale"] is None
