"""Prompts of ComfyUI graphs: each node upstream is followed along the output that is linked.

Sources: comfyanonymous/ComfyUI_examples (ControlNet, inpainting, area composition, noisy latents),
xxmjskxx/ComfyUI_SaveImageWithMetaDataUniversal#94, edelvarden/comfyui_image_metadata_extension#1,
ComfyAssets/ComfyUI_PromptManager#35, MajoorWaldi/ComfyUI-Majoor-AssetsManager#18.
"""

from __future__ import annotations

import json

import pytest

from components import messages
from tests.support.comfy_graphs import CLIP, MODEL, graph, nodes_of, restored

NEXT = {"positive": ["next", 0], "negative": ["next", 1]}
BOTH = {"positive": ["positive", 0], "negative": ["negative", 0]}


def encoded(link: str, slot: int = 0):
    return {"positive": ("CLIPTextEncode", {"text": [link, slot], "clip": CLIP})}


def text(value: str):
    return ("PrimitiveStringMultiline", {"value": value})


def prompts(written: str) -> tuple[str, str]:
    found = restored(written)
    return found.settings["prompt"], found.settings["negative_prompt"]


def names(written: str) -> tuple[str, ...]:
    return restored(written).names


TWO_SIDES = {
    "ControlNetApplyAdvanced": graph(NEXT, next=("ControlNetApplyAdvanced", {"strength": 0.8, **BOTH})),
    "InpaintModelConditioning": graph(NEXT, next=("InpaintModelConditioning", {**BOTH, "pixels": ["photo", 0]})),
    "of no known pack": graph(NEXT, next=("AnythingAtAll", BOTH)),
    "behind a model output": graph(
        {"positive": ["next", 4], "negative": ["next", 5]}, next=("Context (rgthree)", {"model": ["model", 0], **BOTH})
    ),
    "through a pipe": graph(
        {"positive": ["next", 3], "negative": ["next", 4]},
        pipe=("ToBasicPipe", {"model": ["model", 0], **BOTH}),
        next=("FromBasicPipe", {"basic_pipe": ["pipe", 0]}),
    ),
    "two in a row": graph(
        NEXT,
        inner=("ControlNetApplyAdvanced", BOTH),
        next=("ControlNetApplyAdvanced", {"positive": ["inner", 0], "negative": ["inner", 1]}),
    ),
}


@pytest.mark.parametrize("name", TWO_SIDES)
def test_r01_a_node_with_both_prompts_keeps_them_apart(name):
    assert prompts(TWO_SIDES[name]) == ("a fox", "blurry")


def test_r01_outputs_that_are_exchanged_on_purpose_are_followed():
    crossed = {"positive": ["next", 1], "negative": ["next", 0]}
    assert prompts(graph(crossed, next=("ControlNetApplyAdvanced", BOTH))) == ("blurry", "a fox")


def test_r01_a_node_that_changes_both_prompts_is_named():
    assert "ControlNetApplyAdvanced" in names(
        graph(NEXT, next=("ControlNetApplyAdvanced", {**BOTH, "control_net": ["c", 0]}))
    )


def test_r01_a_reroute_without_a_name_tells_no_side():
    """ltdrdata/ComfyUI-extension-tutorials `pipe-refine.png`: a VAE of the pipe goes through an old reroute."""
    pipe = {
        "pipe": ("ToBasicPipe", {"model": MODEL, **BOTH}),
        "next": ("FromBasicPipe", {"basic_pipe": ["pipe", 0]}),
        "vae": ("Reroute", {"": ["next", 2]}),
        "decode": ("VAEDecode", {"samples": ["sampler", 0], "vae": ["vae", 0]}),
    }
    assert prompts(graph({"positive": ["next", 3], "negative": ["next", 4]}, **pipe)) == ("a fox", "blurry")


MIXED = {
    "BNK_CutoffSetRegions": (
        graph(
            {"positive": ["cond", 0]},
            base=("BNK_CutoffBasePrompt", {"text": "a fox", "clip": CLIP}),
            regions=(
                "BNK_CutoffSetRegions",
                {"region_text": "red", "target_text": "red", "clip_regions": ["base", 0]},
            ),
            cond=("BNK_CutoffRegionsToConditioning", {"mask_token": "", "clip_regions": ["regions", 0]}),
        ),
        ("a fox", "blurry"),
    ),
    "ConditioningZeroOut": (
        graph({"negative": ["zero", 0]}, zero=("ConditioningZeroOut", {"conditioning": ["positive", 0]})),
        ("a fox", ""),
    ),
    "ConditioningCombine": (
        graph(
            {"positive": ["mix", 0]},
            other=("CLIPTextEncode", {"text": "in the snow", "clip": CLIP}),
            mix=("ConditioningCombine", {"conditioning_1": ["positive", 0], "conditioning_2": ["other", 0]}),
        ),
        ("a fox, in the snow", "blurry"),
    ),
    "ConditioningConcat": (
        graph(
            {"positive": ["mix", 0]},
            other=("CLIPTextEncode", {"text": "in the snow", "clip": CLIP}),
            mix=("ConditioningConcat", {"conditioning_to": ["positive", 0], "conditioning_from": ["other", 0]}),
        ),
        ("a fox, in the snow", "blurry"),
    ),
    "ConditioningAverage": (
        graph(
            {"positive": ["mix", 0]},
            other=("CLIPTextEncode", {"text": "in the snow", "clip": CLIP}),
            mix=(
                "ConditioningAverage",
                {
                    "conditioning_to": ["positive", 0],
                    "conditioning_from": ["other", 0],
                    "conditioning_to_strength": 0.5,
                },
            ),
        ),
        ("a fox, in the snow", "blurry"),
    ),
    "ConditioningSetTimestepRange": (
        graph({"positive": ["mix", 0]}, mix=("ConditioningSetTimestepRange", {"conditioning": ["positive", 0]})),
        ("a fox", "blurry"),
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_r01_r09_mixed_conditioning_has_all_its_texts(name):
    written, expected = MIXED[name]
    assert prompts(written) == expected
    assert (name in names(written)) == (name != "ConditioningZeroOut")


JOINED = {
    "StringConcatenate": ("StringConcatenate", {"string_a": ["a", 0], "string_b": ["b", 0], "delimiter": ", "}),
    "Text Concatenate": (
        "Text Concatenate",
        {"delimiter": ", ", "clean_whitespace": "true", "text_a": ["a", 0], "text_b": ["b", 0]},
    ),
    "JoinStringMulti": (
        "JoinStringMulti",
        {"inputcount": 2, "string_2": ["b", 0], "string_1": ["a", 0], "delimiter": ", ", "return_list": False},
    ),
    "CR Text Concatenate": ("CR Text Concatenate", {"text1": ["a", 0], "text2": ["b", 0], "separator": ", "}),
    "easy promptConcat": ("easy promptConcat", {"prompt1": ["a", 0], "prompt2": "in the snow", "separator": ", "}),
}


@pytest.mark.parametrize("name", JOINED)
def test_r09_r11_joined_texts(name):
    written = graph(a=text("a fox"), b=text("in the snow"), join=JOINED[name], **encoded("join"))
    assert prompts(written) == ("a fox, in the snow", "blurry")


ENCODERS = {
    "both encoders": ("CLIPTextEncodeSDXL", {"text_g": "a fox", "text_l": "a fox", "width": 1024, "clip": CLIP}),
    "the larger encoder": ("CLIPTextEncodeSDXL", {"text_g": "a fox", "text_l": "", "width": 1024, "clip": CLIP}),
    "the smaller encoder": ("CLIPTextEncodeSDXL", {"text_g": "", "text_l": "a fox", "width": 1024, "clip": CLIP}),
    "populated": ("ImpactWildcardEncode", {"wildcard_text": "a {fox|cat}", "populated_text": "a fox", "clip": CLIP}),
    "SwarmUI": ("SwarmClipTextEncodeAdvanced", {"clip": CLIP, "steps": 20, "prompt": "a fox", "width": 832}),
    "random without choices": ("CLIPTextEncode", {"text": ["random", 0], "clip": CLIP}),
    "shown on the way": ("CLIPTextEncode", {"text": ["show", 0], "clip": CLIP}),
    "replaced on the way": ("CLIPTextEncode", {"text": ["replace", 0], "clip": CLIP}),
    "a choice": ("CLIPTextEncode", {"text": ["switch", 0], "clip": CLIP}),
}
TEXTS = {
    "random": ("DPRandomGenerator", {"text": "a fox", "seed": 4, "autorefresh": "No"}),
    "show": ("ShowText|pysssss", {"text": ["a", 0], "text_0": "of another run"}),
    "a": text("a fox"),
    "b": text("a cat"),
    "replace": ("Text Find and Replace", {"text": ["b", 0], "find": "cat", "replace": "fox"}),
    "switch": ("ImpactSwitch", {"select": 2, "sel_mode": False, "input1": ["b", 0], "input2": ["a", 0]}),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_r09_texts_that_are_in_the_file(name):
    assert prompts(graph(positive=ENCODERS[name], **TEXTS)) == ("a fox", "blurry")


def test_r09_a_second_text_of_the_encoders_is_named():
    written = graph(positive=("CLIPTextEncodeSDXL", {"text_g": "a fox", "text_l": "fur", "clip": CLIP}))
    assert prompts(written) == ("a fox", "blurry")
    assert "text_l" in names(written)


def test_r09_a_styler_with_two_texts_keeps_them_apart_and_is_named():
    styler = ("SDXLPromptStyler", {"text_positive": "a fox", "text_negative": "text", "style": "anime"})
    written = graph(
        styler=styler,
        positive=("CLIPTextEncode", {"text": ["styler", 0], "clip": CLIP}),
        negative=("CLIPTextEncode", {"text": ["styler", 1], "clip": CLIP}),
    )
    assert prompts(written) == ("a fox", "text")
    assert "SDXLPromptStyler" in names(written)


COMPUTED = {
    "wildcards whose result is not in the file": ("DPRandomGenerator", {"text": "a {fox|cat}", "seed": 4}),
    "a language model": ("OllamaGenerate", {"prompt": "describe a fox", "model_name": "x", "temperature": 1}),
    "a caption": ("Florence2Run", {"text_input": "", "image": ["photo", 0], "task": "caption"}),
    "a part of a text": ("StringSubstring", {"string": "a fox", "start": 2, "end": 5}),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_r09_a_text_that_is_computed_is_told_and_not_guessed(name):
    written = graph(source=COMPUTED[name], **encoded("source"))
    found = restored(written)
    assert found.settings["prompt"] == ""
    assert messages.not_in_file("prompt") in found.left_out
    assert COMPUTED[name][0] in names(written)


def test_r09_of_a_joined_text_the_known_part_is_restored_and_the_other_named():
    join = ("StringConcatenate", {"string_a": "a fox", "string_b": ["random", 0], "delimiter": ", "})
    written = graph(join=join, random=("DPRandomGenerator", {"text": "{a|b}", "seed": 1}), **encoded("join"))
    assert prompts(written) == ("a fox", "blurry")
    assert {"StringConcatenate", "DPRandomGenerator"} <= set(names(written))


def test_a_circle_ends():
    around = {"one": ("Reroute", {"": ["two", 0]}), "two": ("Reroute", {"": ["one", 0]})}
    mixed = ("ConditioningCombine", {"conditioning_1": ["positive", 0], "conditioning_2": ["mix", 0]})
    assert prompts(graph({"positive": ["mix", 0]}, mix=mixed)) == ("a fox", "blurry")
    assert prompts(graph({"positive": ["one", 0]}, **around)) == ("", "blurry")


def test_texts_that_double_with_each_node_end():
    nodes = nodes_of(None, **encoded("join40"), join0=text("a fox"))
    for n in range(1, 41):
        inputs = {"string_a": [f"join{n - 1}", 0], "string_b": [f"join{n - 1}", 0], "delimiter": ", "}
        nodes[f"join{n}"] = {"class_type": "StringConcatenate", "inputs": inputs}
    found = restored(json.dumps(nodes))
    assert messages.not_in_file("prompt") in found.left_out
