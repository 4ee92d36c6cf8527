"""Settings as further programs write them.

Sources: adieyal/sd-dynamic-prompts#177 (template lines), AUTOMATIC1111/stable-diffusion-webui#12128 (a break inside),
A1111#12668 and Forge PR 41 (lyco), ComfyUI-Lora-Manager's tests after Civitai (one line), Fooocus
modules/meta_parser.py (scheme a1111), Civitai's parser of RuinedFooocus, nkchocoai's and Universal savers (pairs),
sd-prompt-reader, infinite-image-browsing#502, #771 and DiffusionToolkit#274 (SwarmUI,
InvokeAI, NovelAI, Draw Things, tensor.art), easydiffusion/easydiffusion `ui/easydiffusion/utils/save_utils.py` and
easydiffusion/sdkit `sdkit/utils/file_utils.py`, enslo/sd-metadata `samples` (a Space, comfy-image-saver).
"""

from __future__ import annotations

import json

import pytest

from components import messages
from tests.support.comfy_graphs import restored
from tests.support.program_samples import (
    A1111,
    DRAW_THINGS,
    EASY,
    INVOKE,
    LINE,
    NOVELAI,
    RESTORED,
    SHELF,
    SWARM,
    TEXTS,
)


@pytest.mark.parametrize("name", TEXTS)
def test_r03_r13_to_r18_what_a_program_writes(name):
    text, more, names = TEXTS[name]
    found = restored(text, SHELF)
    assert found.agrees(RESTORED | {"loras": [], "refine": "no_refiner"} | more)
    assert set(found.names) == set(names)
    assert [note.code for note in found.left_out] == ["not_restored"]


def test_r03_of_two_lines_of_settings_the_last_one_counts():
    found = restored(f"a fox\nSteps: 1, Seed: 2, CFG scale: 3\nNegative prompt: blurry\n{LINE}")
    assert found.agrees(RESTORED | {"prompt": "a fox\nSteps: 1, Seed: 2, CFG scale: 3"})


def test_r13_all_names_are_listed():
    keys = [f"Key {number}" for number in range(40)]
    found = restored(A1111 + "".join(f", {key}: 1" for key in keys))
    assert found.names == ("Sampler", *keys)


def test_r15_a_refiner_of_swarmui_takes_the_rest_of_the_steps():
    refiner = {"refinermodel": "sd_xl_refiner_1.0", "refinercontrolpercentage": 0.25, "refinermethod": "StepSwap"}
    found = restored(json.dumps({"sui_image_params": SWARM | refiner}), SHELF)
    assert found.agrees({"refine": "expert_ensemble_refiner", "high_noise_frac": 0.75})
    again = restored(json.dumps({"sui_image_params": SWARM | refiner | {"refinermethod": "PostApply"}}), SHELF)
    assert again.agrees({"refine": "no_refiner"})
    assert {"Refiner", "Refinermethod", "Refinercontrolpercentage"} <= set(again.names)


FROM_IMAGES = {
    "InvokeAI": json.dumps(INVOKE | {"generation_mode": "sdxl_img2img"}),
    "NovelAI": json.dumps(NOVELAI | {"Comment": '{"steps": 30, "seed": 5, "request_type": "Img2ImgRequest"}'}),
    "SwarmUI": json.dumps({"sui_image_params": SWARM | {"initimage": "a.png"}}),
    "SwarmUI, whose image is not in the file": json.dumps({"sui_image_params": SWARM | {"initimagecreativity": 0.4}}),
    "Easy Diffusion": json.dumps(EASY | {"prompt_strength": 0.6}),
}


@pytest.mark.parametrize("name", FROM_IMAGES)
def test_r15_an_image_made_from_another_one(name):
    assert messages.RECIPE_OF_A_PICTURE in restored(FROM_IMAGES[name]).left_out


def test_r15_numbers_that_are_not_in_the_file_are_told():
    found = restored(json.dumps({key: value for key, value in DRAW_THINGS.items() if key not in ("steps", "size")}))
    assert {messages.not_in_file("num_inference_steps"), messages.not_in_file("size")} <= set(found.left_out)


def test_r15_a_lora_that_is_not_understood_is_told_of():
    found = restored(json.dumps(INVOKE | {"loras": [{"key": "0815"}]}))
    assert "Loras" in found.names


def test_r05_an_embedding_of_civitai_is_named():
    resources = '[{"type":"embed","modelVersionId":9,"modelName":"EasyNegative"}]'
    assert "EasyNegative" in restored(f"{A1111}, Civitai resources: {resources}").names
