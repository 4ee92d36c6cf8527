"""ComfyUI graphs built from a plain one: checkpoint, two prompts, empty latent image, sampler."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from components.domain.schema import OWN_SERVER_SCHEMA
from components.messages.message import Message
from components.recipes.restore import restore

Node = tuple[str, dict[str, Any]]
MODEL, CLIP = ["model", 0], ["model", 1]
PLAIN: dict[str, Node] = {
    "model": ("CheckpointLoaderSimple", {"ckpt_name": "sd_xl_base_1.0.safetensors"}),
    "positive": ("CLIPTextEncode", {"text": "a fox", "clip": CLIP}),
    "negative": ("CLIPTextEncode", {"text": "blurry", "clip": CLIP}),
    "latent": ("EmptyLatentImage", {"width": 832, "height": 1216, "batch_size": 1}),
}
SAMPLING: dict[str, Any] = {
    "seed": 5,
    "steps": 20,
    "cfg": 7,
    "sampler_name": "euler",
    "scheduler": "normal",
    "denoise": 1,
    "model": MODEL,
    "positive": ["positive", 0],
    "negative": ["negative", 0],
    "latent_image": ["latent", 0],
}
ENDS: dict[str, Node] = {
    "decode": ("VAEDecode", {"samples": ["sampler", 0]}),
    "save": ("SaveImage", {"images": ["decode", 0], "filename_prefix": "a"}),
}
RESTORED = {
    "prompt": "a fox",
    "negative_prompt": "blurry",
    "seed": 5,
    "num_inference_steps": 20,
    "guidance_scale": 7,
    "width": 832,
    "height": 1216,
}


def nodes_of(sampler: dict[str, Any] | None = None, /, **nodes: Node) -> dict[str, Any]:
    """Return the plain graph with other inputs of its sampler, and further nodes or others in place of its own."""
    chosen = PLAIN | {"sampler": ("KSampler", SAMPLING | (sampler or {}))} | ENDS | nodes
    return {name: {"class_type": kind, "inputs": inputs} for name, (kind, inputs) in chosen.items()}


def graph(sampler: dict[str, Any] | None = None, /, **nodes: Node) -> str:
    """Return the graph of `nodes_of` as text."""
    return json.dumps(nodes_of(sampler, **nodes))


def without(text: str, *names: str) -> str:
    """Return a graph without some nodes."""
    return json.dumps({name: node for name, node in json.loads(text).items() if name not in names})


@dataclass(frozen=True)
class Reading:
    """What was restored of a recipe."""

    settings: dict[str, Any]
    left_out: tuple[Message, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of settings that the app does not have."""
        lists = [note.params["names"] for note in self.left_out if note.code == "not_restored"]
        return cast("tuple[str, ...]", lists[0]) if lists else ()

    def agrees(self, expected: Mapping[str, Any]) -> bool:
        """Return whether the settings have these values."""
        return self.settings == self.settings | dict(expected)


def restored(text: str, known_names: Mapping[str, str] | None = None) -> Reading:
    """Return what is restored of a text that is a recipe."""
    found = restore(text, OWN_SERVER_SCHEMA, known_names or {})
    assert found is not None
    return Reading(dict(found.settings), found.left_out)
