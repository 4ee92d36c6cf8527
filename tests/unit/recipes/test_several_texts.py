"""Files with several texts: the one whose prompt is known counts, and what it lacks comes from the others.

Sources: enslo/sd-metadata `samples` (comfy-image-saver, Power Prompt of rgthree/rgthree-comfy),
pythongosssss/ComfyUI-Custom-Scripts `py/show_text.py`, whose node writes what it shows into the workflow while it
runs; the graph beside it has the text of an earlier run.
"""

from __future__ import annotations

import json
from typing import Any

from components import messages
from components.domain.schema import OWN_SERVER_SCHEMA
from components.recipes.restore import restore_first
from tests.support.comfy_graphs import CLIP, RESTORED, Reading, graph, restored, without

SAVER = "Steps: 20, Sampler: euler_simple, CFG Scale: 8.0, Seed: 0, Size: 512x512, Model: x, Version: ComfyUI"
WRITTEN: dict[str, Any] = {
    "writer": ("GeminiChatNode", {"prompt": "say something of a fox", "temperature": 0.7}),
    "show": ("ShowText|pysssss", {"text": ["writer", 0], "text_0": "of another run"}),
    "positive": ("CLIPTextEncode", {"text": ["show", 0], "clip": CLIP}),
}


def first(*texts: str) -> Reading:
    found = restore_first(texts, OWN_SERVER_SCHEMA, {})
    assert found is not None
    return Reading(dict(found.settings), found.left_out)


def workflow(shown: Any, kind: str = "ShowText|pysssss") -> str:
    """Return a workflow in which a language model's text goes through a node that shows it."""
    names = ("writer", "show", "positive", "negative", "latent", "sampler", "decode", "save")
    links = [[1, "writer", 0, "show", 0, "STRING"], [2, "show", 0, "positive", 0, "STRING"]]
    links += [[3, "positive", 0, "sampler", 0, "CONDITIONING"], [4, "negative", 0, "sampler", 1, "CONDITIONING"]]
    links += [[5, "latent", 0, "sampler", 2, "LATENT"], [6, "sampler", 0, "decode", 0, "LATENT"]]
    links += [[7, "decode", 0, "save", 0, "IMAGE"]]
    inputs = {"show": [("text", 1)], "positive": [("text", 2)], "decode": [("samples", 6)], "save": [("images", 7)]}
    inputs["sampler"] = [("positive", 3), ("negative", 4), ("latent_image", 5)]
    kinds = ("GeminiChatNode", kind, "CLIPTextEncode", "CLIPTextEncode", "EmptyLatentImage", "KSampler", "VAEDecode")
    values: tuple[Any, ...] = (["say something"], shown, [""], ["blurry"], [832, 1216, 1])
    values += ([5, "fixed", 20, 7, "euler", "normal", 1], [], ["a"])
    nodes = [
        {
            "id": name,
            "type": kind,
            "widgets_values": value,
            "inputs": [{"name": of, "link": link} for of, link in inputs.get(name, [])],
        }
        for name, kind, value in zip(names, (*kinds, "SaveImage"), values, strict=True)
    ]
    return json.dumps({"nodes": nodes, "links": links})


def test_a_text_that_a_node_shows_in_the_workflow_is_the_prompt() -> None:
    for shown in ([["a fox"], "a fox"], [["a fox"]], ["a fox"]):
        assert restored(workflow(shown)).agrees(RESTORED)
    assert restored(workflow(["a fox"], "easy showAnything")).agrees(RESTORED)


def test_the_graph_s_text_of_an_earlier_run_is_not_the_prompt() -> None:
    found = restored(graph(None, **WRITTEN))
    assert found.settings["prompt"] == ""
    assert messages.not_in_file("prompt") in found.left_out
    assert restored(workflow([])).settings["prompt"] == ""


def test_of_a_graph_and_its_workflow_the_one_with_the_prompt_counts() -> None:
    found = first(graph({"seed": 77}, **WRITTEN), workflow([["a fox"]]))
    assert found.agrees(RESTORED)
    assert messages.not_in_file("prompt") not in found.left_out


def test_what_the_text_with_the_prompt_lacks_comes_from_the_other() -> None:
    plain = workflow([["a fox"]]).replace("[832, 1216, 1]", "[]")
    assert first(graph(None, **WRITTEN), plain).agrees(RESTORED)


def test_a_graph_is_what_was_run_and_words_beside_it_add_what_it_lacks() -> None:
    """enslo/sd-metadata `stability-matrix-hires.png`: its words have the size behind an upscaler, and a remark."""
    words = (
        "a fox, #remark\nNegative prompt: blurry\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 1248x1824"
    )
    found = first(words, graph())
    assert found.agrees(RESTORED)
    computed = graph({"seed": ["of", 0]}, of=("SeedOfTheDay", {"a": 1, "b": 2}))
    assert first(words, computed).agrees(RESTORED)
    unknown = without(graph({"positive": ["a", 0]}, a=("Mystery", {"x": 1})), "positive")
    assert first(words, unknown).agrees(RESTORED | {"prompt": "a fox, #remark"})


def test_settings_in_a_graph_s_texts_are_not_its_own() -> None:
    """receyuki/comfyui-prompt-reader-node `lora_example.json`: a node shows the settings of another file."""
    shown = workflow([["a cat\nSteps: 35, Sampler: Euler, CFG scale: 7.5, Seed: 23, Size: 512x512"]], "Reader")
    mystery = shown.replace('"KSampler"', '"Mystery"')
    found = restore_first([mystery], OWN_SERVER_SCHEMA, {})
    assert found is not None
    assert found.left_out == (messages.RECIPE_UNREADABLE,)


def test_a_saver_without_its_inputs_says_nothing() -> None:
    text = f"unknown\nNegative prompt: unknown\n{SAVER}"
    assert first(text, graph()).agrees(RESTORED)
    assert first(text).left_out == (messages.RECIPE_UNREADABLE,)
    linked = first(text.replace("Seed: 0", "Seed: 5").replace("Steps: 20", "Steps: 30"))
    assert linked.agrees({"prompt": "", "seed": 5, "num_inference_steps": 30, "width": 1024})
    told = {messages.not_in_file(name) for name in ("prompt", "negative_prompt", "guidance_scale", "size")}
    assert told <= set(linked.left_out)


def test_a_prompt_that_is_that_word_stays() -> None:
    assert first(f"unknown\nNegative prompt: blurry\n{SAVER}").agrees({"prompt": "unknown"})
    assert first(f"unknown\nNegative prompt: unknown\n{SAVER.replace('ComfyUI', 'v1.10')}").agrees(
        {"prompt": "unknown"}
    )


def test_a_power_prompt_is_read() -> None:
    inputs = {"prompt": "a fox", "insert_lora": "CHOOSE", "insert_embedding": "CHOOSE", "opt_clip": CLIP}
    assert restored(graph(None, positive=("Power Prompt (rgthree)", inputs))).agrees(RESTORED)
