"""Recipes in the graph of ComfyUI, as far as its own nodes name things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from components.found_recipe import FoundLora, FoundRecipe, number, whole, words

_SAMPLERS = frozenset(("KSampler", "KSamplerAdvanced", "SamplerCustom"))
_TEXTS = ("text", "text_g", "string", "value", "prompt", "text_l")
_MOST = 300
"""Nodes that are looked at on one way."""
Node = Mapping[str, Any]


def read_comfy(told: Mapping[str, Any]) -> FoundRecipe | None:
    """Return what a graph says; None for JSON that is no graph with a sampler."""
    graph = _Graph({str(key): _mapping(value) for key, value in told.items()})
    sampler = graph.sampler()
    if sampler is None:
        return None
    inputs = _mapping(sampler.get("inputs"))
    of_size = graph.first(inputs.get("latent_image"), ("width", "height"))
    found = {name: graph.plain(inputs.get(name)) for name in ("seed", "noise_seed", "steps", "cfg", "denoise")}
    strength = number(found["denoise"])
    return FoundRecipe(
        prompt=graph.text(inputs.get("positive")),
        negative=graph.text(inputs.get("negative")),
        steps=whole(found["steps"]),
        guidance=number(found["cfg"]),
        seed=whole(found["noise_seed"] if found["seed"] is None else found["seed"]),
        size=_size(graph, of_size),
        loras=tuple(graph.loras(inputs.get("model"))),
        is_of_picture=of_size is None or (strength is not None and strength < 1),
        others=tuple(name for name, key in (("Sampler", "sampler_name"), ("Scheduler", "scheduler")) if key in inputs),
    )


def _size(graph: _Graph, node: Node | None) -> tuple[int, int] | None:
    inputs = _mapping(node.get("inputs")) if node else {}
    width, height = (whole(graph.plain(inputs.get(name))) for name in ("width", "height"))
    return (width, height) if width and height else None


class _Graph:
    """Nodes by their names; an input is a value, or a link `[name, output]` to another node."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes

    def sampler(self) -> Node | None:
        """Return the sampler that begins with an empty picture, or else the first."""
        samplers = [node for node in self._nodes.values() if str(node.get("class_type")) in _SAMPLERS]
        own = (one for one in samplers if self._is_first(_mapping(one.get("inputs")).get("latent_image")))
        return next(own, samplers[0] if samplers else None)

    def plain(self, value: Any) -> Any:
        """Return a value, followed through the nodes that only hand one on."""
        for _ in range(10):
            node = self._linked(value)
            if node is None:
                return value
            inputs = _mapping(node.get("inputs"))
            value = next((inputs[name] for name in ("value", "seed", "int", "float", "Value") if name in inputs), None)
        return None

    def text(self, link: Any) -> str:
        """Return the first text on a way."""
        for node in self._along(link):
            inputs = _mapping(node.get("inputs"))
            if found := next((words(inputs[name]) for name in _TEXTS if words(inputs.get(name))), ""):
                return found
        return ""

    def first(self, link: Any, names: tuple[str, ...]) -> Node | None:
        """Return the first node of a new picture on a way that has these inputs."""
        for node in self._along(link):
            if str(node.get("class_type")).startswith("Empty") and set(names) <= set(_mapping(node.get("inputs"))):
                return node
        return None

    def loras(self, link: Any) -> Iterator[FoundLora]:
        """Go through the LoRAs on the way to the model."""
        for node in self._along(link):
            inputs = _mapping(node.get("inputs"))
            name, scale = words(inputs.get("lora_name")), number(self.plain(inputs.get("strength_model")))
            if name and scale is not None:
                yield FoundLora(name, scale)

    def _is_first(self, link: Any) -> bool:
        node = self._linked(link)
        return node is not None and str(node.get("class_type")).startswith("Empty")

    def _along(self, link: Any) -> Iterator[Node]:
        """Go through the nodes that lead to a link, the nearest first, each once."""
        queue, seen = [link], set[str]()
        while queue and len(seen) < _MOST:
            here = queue.pop(0)
            node = self._linked(here)
            if node is None or str(here[0]) in seen:
                continue
            seen.add(str(here[0]))
            yield node
            queue += [value for value in _mapping(node.get("inputs")).values() if isinstance(value, list)]

    def _linked(self, value: Any) -> Node | None:
        if not isinstance(value, list) or not value:
            return None
        return self._nodes.get(str(cast("list[Any]", value)[0]))


def _mapping(value: Any) -> Node:
    return cast("Node", value) if isinstance(value, dict) else {}
