"""Workflows of ComfyUI's editor, where a file has no graph in API format: widgets, bypassed nodes, subgraphs.

Sources: comfyanonymous/ComfyUI_examples (files with a workflow alone), zanllp/infinite-image-browsing#961.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

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


def sampled(workflow: Workflow, source: str = "model") -> Workflow:
    links: dict[str, Any] = {"model": (source, 0), "positive": ("positive", 0), "negative": ("negative", 0)}
    values = [5, "randomize", 20, 7, "euler", "normal", 1]
    workflow.add("sampler", "KSampler", values, **links, latent_image=("latent", 0))
    workflow.add("decode", "VAEDecode", [], samples=("sampler", 0), vae=("model", 2))
    return workflow.add("save", "SaveImage", ["ComfyUI"], images=("decode", 0))


LORA = ("LoraLoader", [INK, 0.8, 1], 0)
POWER: Any = [{}, {"type": "PowerLoraLoaderHeaderWidget"}, {"on": True, "lora": INK, "strength": 0.8}, {}, ""]
WORKFLOWS: dict[str, tuple[Workflow, dict[str, Any]]] = {
    "plain": (sampled(plain()), {"loras": []}),
    "a LoRA": (sampled(plain(LORA), "lora"), ROW),
    "a loader of a pack": (sampled(plain(("Power Lora Loader (rgthree)", POWER, 0)), "lora"), ROW),
    "a bypassed LoRA": (sampled(plain((*LORA[:2], 4)), "lora"), ROW_OFF),
    "a bypassed loader of a pack": (sampled(plain(("Power Lora Loader (rgthree)", POWER, 4)), "lora"), ROW_OFF),
    "named values": (sampled(plain(words={"text": "a fox"})), {"loras": []}),
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


def test_r07_widgets_that_the_file_names_itself():
    workflow = sampled(plain())
    node = workflow.nodes[-3]
    node["type"] = "SamplerOfTheDay"
    names = ("seed", "steps", "cfg", "sampler_name", "scheduler", "denoise")
    node["inputs"] += [{"name": name, "widget": {"name": name}, "link": None} for name in names]
    assert restored(workflow.text()).agrees(RESTORED)


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
