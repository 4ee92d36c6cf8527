"""LoRAs of ComfyUI graphs: of every loader that names files and weights.

Sources: xxmjskxx/ComfyUI_SaveImageWithMetaDataUniversal#27, #79, #83, ComfyUI-Lora-Manager (tests),
civitai/civitai (comfy.metadata.ts: `urn:air` names).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import messages
from tests.support.comfy_graphs import CLIP, MODEL, Reading, graph, restored

INK, WOOD = "ink.safetensors", "wood.safetensors"
SHELF = {"ink": "https://example.org/ink.safetensors", "wood": "https://example.org/wood.safetensors"}
ROWS = [{"path": SHELF["ink"], "scale": 0.8}, {"path": SHELF["wood"], "scale": 0.5}]
OFF = [ROWS[0], ROWS[1] | {"on": False}]
LOADED = {"model": ["loader", 0]}


def loaded(kind: str, inputs: dict[str, Any], **nodes: Any) -> str:
    return graph(LOADED, loader=(kind, {"model": MODEL, "clip": CLIP, **inputs}), **nodes)


def entry(name: str, weight: float | str, **more: Any) -> dict[str, Any]:
    return {"name": name, "strength": weight, **more}


STACK = {"lora_stack": ["stack", 0]}
TWO = {
    "Lora Loader Stack (rgthree)": loaded(
        "Lora Loader Stack (rgthree)",
        {"lora_01": INK, "strength_01": 0.8, "lora_02": WOOD, "strength_02": 0.5, "lora_03": "None", "strength_03": 1},
    ),
    "Power Lora Loader (rgthree)": loaded(
        "Power Lora Loader (rgthree)",
        {
            "PowerLoraLoaderHeaderWidget": {"type": "PowerLoraLoaderHeaderWidget"},
            "lora_1": {"on": True, "lora": INK, "strength": 0.8},
            "lora_2": {"on": True, "lora": WOOD, "strength": 0.5, "strengthTwo": 1},
            "➕ Add Lora": "",
        },
    ),
    "CR LoRA Stack": loaded(
        "CR Apply LoRA Stack",
        STACK,
        stack=(
            "CR LoRA Stack",
            {"switch_1": "On", "lora_name_1": INK, "model_weight_1": 0.8, "clip_weight_1": 1}
            | {"switch_2": "On", "lora_name_2": WOOD, "model_weight_2": 0.5, "switch_3": "Off", "lora_name_3": "None"},
        ),
    ),
    "LoRA Stacker, simple": loaded(
        "CR Apply LoRA Stack",
        STACK,
        stack=(
            "LoRA Stacker",
            {"input_mode": "simple", "lora_count": 2, "lora_name_1": INK, "lora_wt_1": 0.8, "model_str_1": 0.1}
            | {"lora_name_2": WOOD, "lora_wt_2": 0.5, "lora_name_3": "other.safetensors", "lora_wt_3": 1},
        ),
    ),
    "LoRA Stacker, advanced": loaded(
        "CR Apply LoRA Stack",
        STACK,
        stack=(
            "LoRA Stacker",
            {"input_mode": "advanced", "lora_count": 2, "lora_name_1": INK, "lora_wt_1": 0.1, "model_str_1": 0.8}
            | {"lora_name_2": WOOD, "lora_wt_2": 0.1, "model_str_2": 0.5},
        ),
    ),
    "Lora Manager": loaded(
        "Lora Loader (LoraManager)",
        {
            "text": "<lora:ink:0.8> <lora:wood:0.5>",
            "loras": {"__value__": [entry("ink", 0.8, active=True), entry("wood", "0.50", active=True)]},
        },
    ),
    "tags": loaded("LoraTagLoader", {"text": "<lora:ink:0.8> <lora:wood:0.5>"}),
    "easy loraStack": loaded(
        "easy loraStackApply",
        STACK,
        stack=(
            "easy loraStack",
            {"toggle": True, "mode": "simple", "num_loras": 2, "lora_1_name": INK, "lora_1_strength": 0.8}
            | {"lora_2_name": WOOD, "lora_2_strength": 0.5, "lora_3_name": INK, "lora_3_strength": 1},
        ),
    ),
    "two in a row": graph(
        LOADED,
        loader=("LoraLoader", {"lora_name": INK, "strength_model": 0.8, "model": ["more", 0]}),
        more=(
            "LoraLoaderModelOnly",
            {"lora_name": f"folder\\{WOOD}", "strength_model": ["weight", 0], "model": MODEL},
        ),
        weight=("PrimitiveFloat", {"value": 0.5}),
    ),
}
ONE_IS_OFF = {
    "Power Lora Loader (rgthree)": TWO["Power Lora Loader (rgthree)"].replace(
        '{"on": true, "lora": "wood', '{"on": false, "lora": "wood'
    ),
    "CR LoRA Stack": TWO["CR LoRA Stack"].replace('"switch_2": "On"', '"switch_2": "Off"'),
    "Lora Manager": TWO["Lora Manager"].replace('"0.50", "active": true', '"0.50", "active": false'),
}


def read(written: str) -> Reading:
    return restored(written, SHELF)


@pytest.mark.parametrize("name", TWO)
def test_r05_a_loader_of_two_loras(name):
    found = read(TWO[name])
    assert found.settings["loras"] == ROWS
    assert {note.code for note in found.left_out} == {"not_restored"}


@pytest.mark.parametrize("name", ONE_IS_OFF)
def test_r05_a_lora_that_is_switched_off_gets_a_row_that_is_off(name):
    assert read(ONE_IS_OFF[name]).settings["loras"] == OFF


def test_r04_civitais_names():
    name = "urn:air:sdxl:lora:civitai:123@456"
    found = read(loaded("LoraLoader", {"lora_name": name, "strength_model": 0.8}))
    assert found.settings["loras"] == [{"path": "https://civitai.com/api/download/models/456", "scale": 0.8}]


def test_r04_civitais_generator_keeps_the_loras_of_its_graph():
    checkpoint = {"model": ("CheckpointLoaderSimple", {"ckpt_name": "urn:air:sdxl:checkpoint:civitai:101@128"})}
    lora = {"lora_name": "urn:air:sdxl:lora:civitai:123@456", "strength_model": 0.8}
    outer = {"prompt": "a fox", "negativePrompt": "text", "steps": 30, "cfgScale": 4, "seed": 6, "sampler": "Euler"}
    resources = [{"modelVersionId": version, "strength": 0.8} for version in (128, 456)]
    for written in (loaded("LoraLoader", lora, **checkpoint), graph(**checkpoint)):
        nodes = json.loads(written) | {"extraMetadata": json.dumps(outer | {"resources": resources})}
        found = read(json.dumps(nodes))
        assert found.settings["loras"] == [{"path": "https://civitai.com/api/download/models/456", "scale": 0.8}]
        assert (found.settings["num_inference_steps"], found.settings["width"]) == (30, 832)
        assert messages.not_restored(("Sampler", "Scheduler", "Model")) in found.left_out


def test_r04_resources_of_which_it_is_unknown_what_they_are_are_named():
    outer = {
        "prompt": "a fox",
        "steps": 30,
        "cfgScale": 4,
        "seed": 6,
        "resources": [{"modelVersionId": 7, "strength": 1}],
    }
    found = read(json.dumps(json.loads(graph()) | {"extraMetadata": json.dumps(outer)}))
    assert found.settings["loras"] == []
    assert "Resources" in found.names


@pytest.mark.parametrize("name", ["styles/other", "SDXL\\style\\other.safetensors", "models/Lora/other.safetensors"])
def test_r02_a_name_in_a_folder_is_nobodys_repository(name):
    found = read(loaded("LoraLoader", {"lora_name": name, "strength_model": 1}))
    assert found.settings["loras"] == []
    assert messages.lora_not_restored(name) in found.left_out


@pytest.mark.parametrize("name", ["styles/ink", "SDXL\\style\\ink.safetensors", "Ink.safetensors"])
def test_r02_a_file_in_a_folder_is_found_by_its_last_part(name):
    assert read(loaded("LoraLoader", {"lora_name": name, "strength_model": 0.8})).settings["loras"] == ROWS[:1]


def test_r05_a_loader_that_is_not_understood_is_named():
    found = read(loaded("LoraOfTheDay", {"which": 4}))
    assert "LoraOfTheDay" in found.names


def test_r05_trigger_words_of_a_loader_are_not_its_tags():
    join = ("StringConcatenate", {"string_a": "a fox", "string_b": ["loader", 2], "delimiter": ", "})
    manager = {"text": "<lora:ink:0.8>", "loras": [entry("ink", 0.8, active=True)]}
    positive = ("CLIPTextEncode", {"text": ["join", 0], "clip": CLIP})
    found = read(loaded("Lora Loader (LoraManager)", manager, join=join, positive=positive))
    assert found.settings["prompt"] == "a fox"
    assert found.settings["loras"] == ROWS[:1]


def test_a_tag_that_the_graph_does_not_load_is_off():
    found = read(graph(positive=("CLIPTextEncode", {"text": "a fox <lora:ink:0.8>", "clip": CLIP})))
    assert found.settings["prompt"] == "a fox"
    assert found.settings["loras"] == [ROWS[0] | {"on": False}]
