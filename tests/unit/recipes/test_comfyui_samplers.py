"""Samplers of ComfyUI graphs, of any pack by the shape of their inputs, with their latent images and refiners.

Sources: civitai/civitai#4623, xxmjskxx/ComfyUI_SaveImageWithMetaDataUniversal#89 and its tests' graphs,
zanllp/sd-webui-infinite-image-browsing#961, comfyanonymous/ComfyUI_examples (sdxl, sdturbo).
"""

from __future__ import annotations

from typing import Any

import pytest

from components import messages
from components.domain.schema import OWN_SERVER_SCHEMA
from components.recipes.restore import Recipe, restore_first
from tests.support.comfy_graphs import ENDS, MODEL, PLAIN, RESTORED, SAMPLING, graph, restored, without

BOTH = {"positive": ["positive", 0], "negative": ["negative", 0]}
START = {"latent_image": ["latent", 0]}
PARTS = {
    "noise": ("RandomNoise", {"noise_seed": 5}),
    "guider": ("CFGGuider", {"model": MODEL, "cfg": 7, **BOTH}),
    "select": ("KSamplerSelect", {"sampler_name": "euler"}),
    "sigmas": ("BasicScheduler", {"model": MODEL, "scheduler": "karras", "steps": 20, "denoise": 1}),
}
IN_PARTS = {"noise": ["noise", 0], "guider": ["guider", 0], "sampler": ["select", 0], "sigmas": ["sigmas", 0], **START}
CUSTOM = {"add_noise": True, "noise_seed": 5, "cfg": 7, "model": MODEL, "sampler": ["select", 0]} | BOTH | START
ADVANCED = (
    {"noise_seed": 5, "steps": 20, "cfg": 7, "start_at_step": 0, "end_at_step": 10000, "model": MODEL} | BOTH | START
)
LOADED = {
    "ckpt_name": "a.safetensors",
    "lora_name": "None",
    "positive": "a fox",
    "negative": "blurry",
    "empty_latent_width": 832,
    "empty_latent_height": 1216,
}
PIPED = {"seed": 5, "steps": 20, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}
SAMPLERS: dict[str, Any] = {
    "KSampler": graph(),
    "KSamplerAdvanced": graph(sampler=("KSamplerAdvanced", ADVANCED)),
    "SamplerCustomAdvanced": graph(sampler=("SamplerCustomAdvanced", IN_PARTS), **PARTS),
    "SamplerCustom": graph(sampler=("SamplerCustom", CUSTOM | {"sigmas": ["sigmas", 0]}), **PARTS),
    "SwarmKSampler": graph(sampler=("SwarmKSampler", ADVANCED | {"var_seed": 0, "sigma_max": -1})),
    "Efficient": graph(
        loader=("Efficient Loader", LOADED),
        sampler=(
            "KSampler (Efficient)",
            PIPED
            | {"model": ["loader", 0], "positive": ["loader", 1], "negative": ["loader", 2]}
            | {"latent_image": ["loader", 3]},
        ),
    ),
    "in a pipe": graph(
        loader=("easy fullLoader", LOADED),
        settings=("easy preSampling", PIPED | {"pipe": ["loader", 0]}),
        sampler=("easy kSampler", {"pipe": ["settings", 0], "image_output": "Hide"}),
    ),
    "of no known pack": graph(sampler=("SomeSampler", SAMPLING)),
    "numbers from other nodes": graph(
        {"seed": ["s", 0], "steps": ["n", 0], "cfg": ["c", 0]},
        s=("Seed (rgthree)", {"seed": 5}),
        n=("PrimitiveInt", {"value": 20}),
        c=("FloatConstant", {"value": 7}),
    ),
    "numbers in a pipe": graph(
        {"seed": ["far", 8], "cfg": ["far", 9]},
        s=("Seed (rgthree)", {"seed": 5}),
        near=("Context (rgthree)", {"model": MODEL, "seed": ["s", 0], "cfg": 7}),
        far=("Context (rgthree)", {"base_ctx": ["near", 0], **START}),
    ),
    "numbers of one node": graph(
        {"steps": ["config", 0], "cfg": ["config", 2]},
        config=("KSampler Config (rgthree)", {"steps_total": 20, "refiner_step": 16, "cfg": 7}),
    ),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_r07_r09_a_sampler_is_found_by_its_inputs(name):
    found = restored(SAMPLERS[name])
    assert found.agrees(RESTORED)
    assert {note.code for note in found.left_out} == {"not_restored"}
    assert set(found.names) <= {"Sampler", "Scheduler", "Model", "easy kSampler"}


def test_r08_the_steps_of_a_scheduler_of_its_own():
    sigmas = ("SDTurboScheduler", {"model": MODEL, "steps": 1, "denoise": 1})
    sampler = ("SamplerCustom", CUSTOM | {"cfg": 1, "sigmas": ["sigmas", 0]})
    found = restored(graph(**PARTS | {"sigmas": sigmas, "sampler": sampler}))
    assert (found.settings["num_inference_steps"], found.settings["guidance_scale"]) == (1, 1)


def test_r08_steps_that_are_not_in_the_file_are_told():
    sigmas = ("ManualSigmas", {"sigmas": "14.6, 0.0"})
    found = restored(
        graph(**PARTS | {"sigmas": sigmas, "sampler": ("SamplerCustom", CUSTOM | {"sigmas": ["sigmas", 0]})})
    )
    assert messages.not_in_file("num_inference_steps") in found.left_out


def test_a_guider_without_negative_prompt_is_one_of_no_guidance():
    guider = ("BasicGuider", {"model": MODEL, "conditioning": ["positive", 0]})
    found = restored(graph(**PARTS | {"guider": guider, "sampler": ("SamplerCustomAdvanced", IN_PARTS)}))
    expected = RESTORED | {"negative_prompt": "", "guidance_scale": 1}
    assert found.agrees(expected)


def test_a_number_that_is_computed_is_told_and_not_guessed():
    found = restored(
        graph({"steps": ["math", 0]}, math=("SimpleMath", {"a": ["n", 0], "value": "a*2"}), n=("X", {"n": 9}))
    )
    assert messages.not_in_file("num_inference_steps") in found.left_out
    assert "SimpleMath" in found.names


LATENTS = {
    "SDXLEmptyLatentSizePicker+": {"resolution": "832x1216 (0.68)", "width_override": 0, "height_override": 0},
    "picker with sides of its own": {"resolution": "1024x1024 (1.0)", "width_override": 832, "height_override": 1216},
    "SDXL Empty Latent Image (rgthree)": {"dimensions": " 832 x 1216  (portrait)", "clip_scale": 2.0},
    "CR SDXL Aspect Ratio": {"width": 832, "height": 1216, "aspect_ratio": "custom", "swap_dimensions": "Off"},
    "CR, swapped": {"width": 1216, "height": 832, "aspect_ratio": "custom", "swap_dimensions": "On"},
    "EmptyLatentImagePresets": {"dimensions": "1216 x 832  (SDXL)", "invert": True, "batch_size": 1},
    "EmptySD3LatentImage": {"width": 832, "height": 1216, "batch_size": 1},
    "SwarmX": {"width": ["wide", 0], "height": ["high", 0]},
    "from one node": {"width": ["picker", 1], "height": ["picker", 2]},
}
SIDES = {
    "wide": ("PrimitiveInt", {"value": 832}),
    "high": ("PrimitiveInt", {"value": 1216}),
    "picker": ("SDXLResolution", {"resolution": "832x1216"}),
}


@pytest.mark.parametrize("name", LATENTS)
def test_r10_a_latent_image_of_any_node_with_a_size(name):
    found = restored(graph(latent=(name, LATENTS[name]), **SIDES))
    assert found.agrees(RESTORED)
    assert messages.RECIPE_OF_A_PICTURE not in found.left_out


def test_r10_less_denoising_of_an_empty_image_is_named_and_no_other_picture_is_told_of():
    found = restored(graph({"denoise": 0.7}))
    assert "Denoise" in found.names
    assert messages.RECIPE_OF_A_PICTURE not in found.left_out


def test_r10_another_picture_is_told_of():
    nodes: Any = {"latent": ("VAEEncode", {"pixels": ["photo", 0]}), "photo": ("LoadImage", {"image": "a.png"})}
    assert messages.RECIPE_OF_A_PICTURE in restored(graph({"denoise": 0.5}, **nodes)).left_out


def test_r10_a_size_that_is_not_understood_is_told():
    found = restored(graph(latent=("SizeOfTheDay", {"seed": 4})))
    assert messages.not_in_file("size") in found.left_out


SECOND = SAMPLING | {"denoise": 0.5, "seed": 9, "steps": 8, "latent_image": ["larger", 0]}


def test_a_second_pass_is_named_and_the_first_one_restored():
    found = restored(
        graph(
            larger=("LatentUpscaleBy", {"samples": ["sampler", 0], "scale_by": 1.5}),
            again=("KSampler", SECOND),
            decode=("VAEDecode", {"samples": ["again", 0]}),
        )
    )
    assert found.agrees(RESTORED)
    assert {"LatentUpscaleBy", "KSampler"} <= set(found.names)


REFINER = ("CheckpointLoaderSimple", {"ckpt_name": "sdxl/sd_xl_refiner_1.0.safetensors"})
OF_REFINER = {"model": ["refiner", 0], "latent_image": ["sampler", 0]}


def two_models(handover: int = 16, words: str = "a fox", start: int | None = None) -> str:
    base = ADVANCED | {"end_at_step": handover}
    rest = ADVANCED | {"start_at_step": handover if start is None else start, "noise_seed": 0} | OF_REFINER
    return graph(
        sampler=("KSamplerAdvanced", base),
        refiner=REFINER,
        rest=("KSamplerAdvanced", rest | {"positive": ["positive2", 0], "negative": ["negative2", 0]}),
        positive2=("CLIPTextEncodeSDXLRefiner", {"ascore": 6, "text": words, "clip": ["refiner", 1]}),
        negative2=("CLIPTextEncodeSDXLRefiner", {"ascore": 2, "text": "blurry", "clip": ["refiner", 1]}),
        decode=("VAEDecode", {"samples": ["rest", 0]}),
    )


def test_r06_base_and_refiner_with_their_handover():
    found = restored(two_models())
    expected = RESTORED | {"refine": "expert_ensemble_refiner", "high_noise_frac": 0.8}
    assert found.agrees(expected)
    assert "Refiner prompts" not in found.names


def test_r06_other_words_for_the_refiner_are_named():
    assert "Refiner prompts" in restored(two_models(words="a fine fox")).names


def test_r06_a_refiner_that_starts_elsewhere_is_no_handover():
    found = restored(two_models(start=5))
    assert found.settings["refine"] == "no_refiner"
    assert "KSamplerAdvanced" in found.names


def test_r06_base_and_refiner_by_split_sigmas():
    found = restored(
        graph(
            **PARTS,
            split=("SplitSigmas", {"sigmas": ["sigmas", 0], "step": 15}),
            sampler=("SamplerCustom", CUSTOM | {"sigmas": ["split", 0]}),
            refiner=REFINER,
            rest=("SamplerCustom", CUSTOM | OF_REFINER | {"sigmas": ["split", 1]}),
            decode=("VAEDecode", {"samples": ["rest", 0]}),
        )
    )
    expected = RESTORED | {"refine": "expert_ensemble_refiner", "high_noise_frac": 0.75}
    assert found.agrees(expected)


def test_r06_another_refiner_is_named():
    written = two_models().replace("sdxl/sd_xl_refiner_1.0", "realistic")
    found = restored(written)
    assert found.settings["refine"] == "no_refiner"
    assert messages.refiner_not_restored("realistic.safetensors") in found.left_out


def test_of_several_images_only_what_they_share_is_restored():
    more: Any = {
        "other": ("KSampler", SAMPLING | {"seed": 6}),
        "decode2": ("VAEDecode", {"samples": ["other", 0]}),
        "save2": ("SaveImage", {"images": ["decode2", 0]}),
    }
    found = restored(graph(**more))
    assert found.agrees(RESTORED | {"seed": -1})
    assert messages.not_in_file("seed") in found.left_out


def test_an_image_that_is_only_previewed_is_not_the_saved_one():
    more: Any = {
        "other": ("KSampler", SAMPLING | {"seed": 6}),
        "decode2": ("VAEDecode", {"samples": ["other", 0]}),
        "show2": ("PreviewImage", {"images": ["decode2", 0]}),
    }
    found = restored(graph(**more))
    assert found.agrees(RESTORED)


@pytest.mark.parametrize(("nodes", "inputs"), [(5001, 1), (2, 40_001)])
def test_a_graph_of_more_than_people_make_is_not_read(nodes, inputs):
    more: Any = {
        f"n{number}": ("Reroute", {str(name): ["sampler", 0] for name in range(inputs)}) for number in range(nodes)
    }
    assert restore_first([graph(**more)], OWN_SERVER_SCHEMA, {}) == Recipe({}, (messages.RECIPE_UNREADABLE,))


def test_a_long_row_of_reroutes_is_followed():
    row: Any = {f"r{number}": ("Reroute", {"": [f"r{number + 1}", 0]}) for number in range(3000)}
    assert restored(graph({"positive": ["r0", 0]}, r3000=("Reroute", {"": ["positive", 0]}), **row)).agrees(RESTORED)


def test_a_graph_without_its_ends_is_read_too():
    found = restored(without(graph(), *ENDS))
    assert found.agrees(RESTORED)
    assert PLAIN.keys() & set(found.names) == set()
