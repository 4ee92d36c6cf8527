"""Workflows of ComfyUI's editor, where a file has no graph in API format: widgets, bypassed nodes, subgraphs.

Sources: comfyanonymous/ComfyUI_examples (files with a workflow alone), zanllp/infinite-image-browsing#961,
wyrde/wyrde-comfyui-workflows (a switch behind the seed in place of a word), jags111/efficiency-nodes-comfyui,
ltdrdata/ComfyUI-extension-tutorials, willmiao/ComfyUI-Lora-Manager `Lora_Cycler.json`,
nkchocoai/ComfyUI-SaveImageWithMetaData `everywhere_prompt_utilities.json` and `extra_metadata.json`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from components import messages
from tests.support.comfy_graphs import RESTORED, restored

INK = "ink.safetensors"
SHELF = {"ink": "https://example.org/ink.safetensors"}
ROW = {"loras": [{"path": SHELF["ink"], "scale": 0.8}]}
ROW_OFF = {"loras": [ROW["loras"][0] | {"on": False}]}


class Workflow:
    """Workflow that is built node by node; a link is named by its node and output."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[Any] = []
        self.ids: dict[str, int] = {}

    def add(self, name: str, kind: str, values: Any, /, mode: int = 0, **links: Any) -> Workflow:
        """Add a node with the values of its widgets and its links."""
        self.ids[name] = len(self.ids) + 1
        inputs: list[dict[str, Any]] = []
        for socket, (origin, slot) in links.items():
            number = len(self.links) + 1
            origin_id = origin if isinstance(origin, int) else self.ids[origin]
            self.links.append([number, origin_id, slot, self.ids[name], len(inputs), socket.upper()])
            inputs.append({"name": socket, "type": socket.upper(), "link": number})
        outputs = [{"type": one} for one in ("MODEL", "CLIP", "VAE")]
        node = {"id": self.ids[name], "type": kind, "mode": mode, "inputs": inputs, "outputs": outputs}
        self.nodes.append(node | {"widgets_values": values})
        return self

    def text(self, **more: Any) -> str:
        """Return the workflow as JSON."""
        return json.dumps({"nodes": self.nodes, "links": self.links, "version": 0.4, **more})


def plain(lora: tuple[str, Any, int] | None = None, words: Any = None) -> Workflow:
    """A workflow with a checkpoint, perhaps a LoRA, two prompts and an empty latent image."""
    workflow = Workflow().add("model", "CheckpointLoaderSimple", ["sd_xl_base_1.0.safetensors"])
    source = "model"
    if lora:
        kind, values, mode = lora
        workflow.add("lora", kind, values, mode=mode, model=("model", 0), clip=("model", 1))
        source = "lora"
    workflow.add("positive", "CLIPTextEncode", words or ["a fox"], clip=(source, 1))
    workflow.add("negative", "CLIPTextEncode", ["blurry"], clip=(source, 1))
    workflow.add("latent", "EmptyLatentImage", [832, 1216, 1])
    return workflow


VALUES = [5, "randomize", 20, 7, "euler", "normal", 1]


def sampled(workflow: Workflow, source: str = "model", kind: str = "KSampler", values: Any = VALUES) -> Workflow:
    links: dict[str, Any] = {"model": (source, 0), "positive": ("positive", 0), "negative": ("negative", 0)}
    workflow.add("sampler", kind, values, **links, latent_image=("latent", 0))
    workflow.add("decode", "VAEDecode", [], samples=("sampler", 0), vae=("model", 2))
    return workflow.add("save", "SaveImage", ["ComfyUI"], images=("decode", 0))


def piped(kind: str, values: Any) -> Workflow:
    links: dict[str, Any] = {"model": ("model", 0), "positive": ("positive", 0), "negative": ("negative", 0)}
    workflow = plain().add("pipe", "ToBasicPipe", [], **links)
    return workflow.add("sampler", kind, values, basic_pipe=("pipe", 0), latent_image=("latent", 0))


def efficient() -> Workflow:
    """The Efficiency Nodes' loader and sampler for SDXL with its refiner."""
    files = ["sd_xl_base_1.0.safetensors", -2, "sd_xl_refiner_1.0.safetensors", -2, 6, 2, "Baked VAE"]
    workflow = Workflow().add("loader", "Eff. Loader SDXL", [*files, "a fox", "blurry", "none", "comfy", 832, 1216, 1])
    values = [5, None, 20, 7, "euler", "normal", 0, 16, "auto", "true"]
    links: dict[str, Any] = {"sdxl_tuple": ("loader", 0), "latent_image": ("loader", 1)}
    return workflow.add("sampler", "KSampler SDXL (Eff.)", values, **links)


LORA = ("LoraLoader", [INK, 0.8, 1], 0)
POWER: Any = [{}, {"type": "PowerLoraLoaderHeaderWidget"}, {"on": True, "lora": INK, "strength": 0.8}, {}, ""]
WORKFLOWS: dict[str, tuple[Workflow, dict[str, Any]]] = {
    "plain": (sampled(plain()), {"loras": []}),
    "a LoRA": (sampled(plain(LORA), "lora"), ROW),
    "a loader of a pack": (sampled(plain(("Power Lora Loader (rgthree)", POWER, 0)), "lora"), ROW),
    "a bypassed LoRA": (sampled(plain((*LORA[:2], 4)), "lora"), ROW_OFF),
    "a bypassed loader of a pack": (sampled(plain(("Power Lora Loader (rgthree)", POWER, 4)), "lora"), ROW_OFF),
    "named values": (sampled(plain(words={"text": "a fox"})), {"loras": []}),
    "a value behind the text": (sampled(plain(words=["a fox", [True]])), {"loras": []}),
    "a switch behind the seed": (sampled(plain(), values=[5, False, 20, 7, "euler", "normal", 1]), {"loras": []}),
    "nothing behind the seed": (sampled(plain(), values=[5, None, 20, 7, "euler", "normal", 1]), {"loras": []}),
    "a sampler with variation": (
        sampled(plain(), kind="KSampler //Inspire", values=[*VALUES, "GPU(=A1111)", "incremental", 1, 0.3, "linear"]),
        {"loras": []},
    ),
    "in a pipe": (piped("ImpactKSamplerBasicPipe", VALUES), {"loras": []}),
    "in a pipe, advanced": (
        piped("ImpactKSamplerAdvancedBasicPipe", [True, *VALUES[:-1], 0, 10000, False]),
        {"loras": []},
    ),
    "two models in one sampler": (
        efficient(),
        {"loras": [], "refine": "expert_ensemble_refiner", "high_noise_frac": 0.8},
    ),
    "another sampler beside it": (
        sampled(plain()).add("other", "KSampler", [6, "fixed", 1, 1, "euler", "normal", 1], mode=2),
        {"loras": []},
    ),
}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_r07_a_workflow_alone(name):
    workflow, more = WORKFLOWS[name]
    found = restored(workflow.text(), SHELF)
    assert found.agrees(RESTORED | more)
    assert set(found.names) <= {"Sampler", "Scheduler", "Model"}


TEXTS = {
    "Text Multiline": ["a fox"],
    "PromptUtilitiesConstStringMultiLine": ["a fox"],
    "String Literal": ["a fox"],
    "easy positive": ["a fox"],
    "PrimitiveStringMultiline": ["a fox"],
    "Text of a manager": [{"version": 1, "textWidgetName": "text"}, "a fox"],
}


@pytest.mark.parametrize("kind", TEXTS)
def test_r09_a_text_of_its_own_node(kind):
    workflow = Workflow().add("words", kind, TEXTS[kind]).add("model", "CheckpointLoaderSimple", ["a.safetensors"])
    workflow.add("positive", "CLIPTextEncode", [""], text=("words", 0))
    workflow.add("negative", "CLIPTextEncode", ["blurry"]).add("latent", "EmptyLatentImage", [832, 1216, 1])
    assert restored(sampled(workflow).text()).agrees(RESTORED)


@pytest.mark.parametrize("kind", ["SDXL Empty Latent Image", "EmptyLatentImageFromPresetsSDXL"])
def test_r10_a_size_in_words(kind):
    workflow = sampled(plain())
    latent = next(node for node in workflow.nodes if node["type"] == "EmptyLatentImage")
    latent |= {"type": kind, "widgets_values": ["832 x 1216 (0.68)", 1]}
    assert restored(workflow.text()).agrees(RESTORED)


def test_r07_widgets_that_the_file_names_itself():
    workflow = sampled(plain())
    node = workflow.nodes[-3]
    node["type"] = "SamplerOfTheDay"
    names = ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise")
    node["inputs"] += [{"name": name, "widget": {"name": name}, "link": None} for name in names]
    assert restored(workflow.text()).agrees(RESTORED)


def test_r01_prompts_that_come_without_links_are_told():
    workflow = sampled(plain())
    workflow.links = [link for link in workflow.links if link[5] not in ("POSITIVE", "NEGATIVE")]
    told = [note for note in restored(workflow.text()).left_out if note.code == "not_in_file"]
    assert told == [messages.not_in_file("negative_prompt"), messages.not_in_file("prompt")]


def test_r07_widgets_without_known_names_are_not_guessed():
    workflow = sampled(plain())
    workflow.nodes[-3]["widgets_values"] = [5, 20, 7]
    found = restored(workflow.text())
    assert found.agrees({"prompt": "a fox", "num_inference_steps": 28, "seed": -1})
    assert [note.code for note in found.left_out].count("not_in_file") == 3


def inside() -> dict[str, Any]:
    """A subgraph that encodes a text, which is one of its inputs, or that of its own node."""
    inner = Workflow().add("encode", "CLIPTextEncode", ["a cat"], clip=(-10, 0), text=(-10, 1))
    inner.nodes[0]["inputs"][1]["widget"] = {"name": "text"}
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
    links = [dict(zip(keys, link, strict=False)) for link in inner.links]
    links.append({"id": 9, "origin_id": 1, "origin_slot": 0, "target_id": -20, "target_slot": 0})
    sockets = [{"name": "clip"}, {"name": "text"}]
    return {"id": "9d1e", "nodes": inner.nodes, "links": links, "inputs": sockets, "outputs": [{"name": "C"}]}


@pytest.mark.parametrize(("is_linked", "prompt"), [(True, "a fox"), (False, "a cat")])
def test_r07_a_subgraph_is_read_in_its_place(is_linked, prompt):
    workflow = Workflow().add("model", "CheckpointLoaderSimple", ["a.safetensors"])
    workflow.add("words", "PrimitiveStringMultiline", ["a fox"])
    links: dict[str, Any] = {"clip": ("model", 1)} | ({"text": ("words", 0)} if is_linked else {})
    workflow.add("positive", "9d1e", [], **links)
    workflow.add("negative", "CLIPTextEncode", ["blurry"], clip=("model", 1))
    sampled(workflow.add("latent", "EmptyLatentImage", [832, 1216, 1]))
    assert restored(workflow.text(definitions={"subgraphs": [inside()]})).agrees(RESTORED | {"prompt": prompt})


def test_subgraphs_in_themselves_end():
    one = inside()
    one["nodes"].append({"id": 7, "type": "9d1e", "inputs": [], "widgets_values": []})
    workflow = sampled(plain()).add("again", "9d1e", [])
    assert restored(workflow.text(definitions={"subgraphs": [one]})).agrees(RESTORED)
