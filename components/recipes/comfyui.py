"""ComfyUI recipes: settings from a graph in API format, `{node id: {class_type, inputs}}`. Knows core nodes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from components.domain.json_values import as_mapping
from components.recipes.parsed import ParsedLora, ParsedRecipe, integer, number, text_value

_SAMPLERS = frozenset(("KSampler", "KSamplerAdvanced", "SamplerCustom"))
# Inputs with a prompt, the best first: `text_g` and `text_l` are of CLIPTextEncodeSDXL, the others of text nodes.
_TEXTS = ("text", "text_g", "string", "value", "prompt", "text_l")
_MAX_NODES = 300
"""Nodes that a search visits; a graph from a file may be huge or circular."""
Node = Mapping[str, Any]


def read_comfy(data: Mapping[str, Any]) -> ParsedRecipe | None:
    """Return the recipe in a graph; None for JSON that is no graph with a sampler."""
    graph = _Graph({str(key): as_mapping(value) for key, value in data.items()})
    sampler = graph.sampler()
    if sampler is None:
        return None
    inputs = as_mapping(sampler.get("inputs"))
    empty_latent = graph.empty_latent(inputs.get("latent_image"), ("width", "height"))
    values = {name: graph.resolve(inputs.get(name)) for name in ("seed", "noise_seed", "steps", "cfg", "denoise")}
    strength = number(values["denoise"])
    return ParsedRecipe(
        prompt=graph.text(inputs.get("positive")),
        negative=graph.text(inputs.get("negative")),
        numbers={
            "num_inference_steps": integer(values["steps"]),
            "guidance_scale": number(values["cfg"]),
            "seed": integer(values["noise_seed"] if values["seed"] is None else values["seed"]),
        },
        size=_size(graph, empty_latent),
        loras=tuple(graph.loras(inputs.get("model"))),
        is_from_image=empty_latent is None or (strength is not None and strength < 1),
        unused=tuple(name for name, key in (("Sampler", "sampler_name"), ("Scheduler", "scheduler")) if key in inputs),
    )


def _size(graph: _Graph, node: Node | None) -> tuple[int, int] | None:
    inputs = as_mapping(node.get("inputs")) if node else {}
    width, height = (integer(graph.resolve(inputs.get(name))) for name in ("width", "height"))
    return (width, height) if width and height else None


class _Graph:
    """Graph of nodes by id; an input is a value, or a link `[node id, output]` to another node."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes

    def sampler(self) -> Node | None:
        """Return the sampler that starts from an empty latent image, else the first one, None without any.

        Further samplers upscale or refine what that one generated.
        """
        samplers = [node for node in self._nodes.values() if str(node.get("class_type")) in _SAMPLERS]
        first = (
            node for node in samplers if self._is_empty_latent(as_mapping(node.get("inputs")).get("latent_image"))
        )
        return next(first, samplers[0] if samplers else None)

    def resolve(self, value: Any) -> Any:
        """Return an input's value, through up to ten nodes that only provide a value; None when it is computed."""
        for _ in range(10):
            node = self._source_of(value)
            if node is None:
                return value
            inputs = as_mapping(node.get("inputs"))
            value = next((inputs[name] for name in ("value", "seed", "int", "float", "Value") if name in inputs), None)
        return None

    def text(self, link: Any) -> str:
        """Return the nearest text upstream of a link; empty without one."""
        for node in self._upstream(link):
            inputs = as_mapping(node.get("inputs"))
            if text := next((text_value(inputs[name]) for name in _TEXTS if text_value(inputs.get(name))), ""):
                return text
        return ""

    def empty_latent(self, link: Any, names: tuple[str, ...]) -> Node | None:
        """Return the nearest node of an empty latent image upstream of a link, with all of these inputs, or None."""
        for node in self._upstream(link):
            if str(node.get("class_type")).startswith("Empty") and set(names) <= set(as_mapping(node.get("inputs"))):
                return node
        return None

    def loras(self, link: Any) -> Iterator[ParsedLora]:
        """Yield the LoRAs between a link and its model, the nearest first."""
        for node in self._upstream(link):
            inputs = as_mapping(node.get("inputs"))
            name, scale = text_value(inputs.get("lora_name")), number(self.resolve(inputs.get("strength_model")))
            if name and scale is not None:
                yield ParsedLora(name, scale)

    def _is_empty_latent(self, link: Any) -> bool:
        node = self._source_of(link)
        return node is not None and str(node.get("class_type")).startswith("Empty")

    def _upstream(self, link: Any) -> Iterator[Node]:
        """Yield the nodes upstream of a link in breadth-first order, each once."""
        queue, seen = [link], set[str]()
        while queue and len(seen) < _MAX_NODES:
            current = queue.pop(0)
            node = self._source_of(current)
            if node is None or str(current[0]) in seen:
                continue
            seen.add(str(current[0]))
            yield node
            queue += [value for value in as_mapping(node.get("inputs")).values() if isinstance(value, list)]

    def _source_of(self, value: Any) -> Node | None:
        if not isinstance(value, list) or not value:
            return None
        return self._nodes.get(str(cast("list[Any]", value)[0]))
