"""Samplers in a ComfyUI graph, of any pack by the names of their inputs, and what they start from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from components.recipes.comfy.graph import CARRIERS, Graph, Node
from components.recipes.comfy.texts import POSITIVE, side_input
from components.recipes.comfy.values import is_link, size_of
from components.recipes.parsed import text_value

SEEDS = ("seed", "noise_seed")
STEPS = ("steps", "steps_total", "num_steps")
_LATENTS = ("latent_image", "latent", "samples", "latents", "optional_latent", "latent_opt", "init_latent")
_IMAGES = ("pixels", "image", "images", "source_image", "init_image", "IMAGE")
_SECOND_LATENTS = ("samples_from", "samples2", "latent2", "samples_2")
_NODES_IN_A_ROW = 100
_MAX_SAMPLERS = 30


@dataclass(frozen=True, slots=True)
class Origin:
    """Start of a sampler: an empty latent image, an image from a file, or what another sampler made."""

    size: tuple[int, int] | None = None
    """Pixels; None where it is unknown."""
    is_image: bool = False
    """True for an image from a file."""
    previous: Node | None = None
    """Sampler before, None for the first one."""
    is_direct: bool = False
    """True where nothing stands between the sampler before and this one."""


class Samplers:
    """Samplers of a graph, with their origins."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.all = [*islice((node for node in graph.nodes.values() if is_sampler(node)), _MAX_SAMPLERS)]
        self.origins = {node.id: _origin(graph, node) for node in self.all}
        self.taking_part = _taking_part(graph, {node.id for node in self.all})
        """Nodes that had a part in the saved image, by their ids."""

    def first(self) -> list[Node]:
        """Return the first sampler of the chain whose image is saved; several where the file may be of any of them.

        Further samplers of a chain upscale or refine what the first one made.
        """
        starts = [node for node in self.all if not self.origins[node.id].previous and node.id in self.taking_part]
        return [node for node in starts if not self.origins[node.id].is_image] or starts

    def after(self, sampler: Node) -> Node | None:
        """Return the sampler that goes straight on with the latent image of another one; None without one."""
        following = ((node, self.origins[node.id]) for node in self.all)
        return next((node for node, origin in following if origin.previous is sampler and origin.is_direct), None)


def is_sampler(node: Node) -> bool:
    """Return whether a node has the inputs of a sampler."""
    inputs = node.inputs
    if is_link(inputs.get("guider")):
        return is_link(inputs.get("sigmas"))
    has_steps = is_link(inputs.get("sigmas")) or any(name in inputs for name in STEPS)
    has_seed = any(name in inputs for name in SEEDS)
    if is_link(inputs.get("positive")) and is_link(inputs.get("latent_image")):
        return True  # also where the names of its numbers are not in the file
    if is_link(inputs.get("positive")) or (is_link(inputs.get("conditioning")) and has_seed):
        return has_steps
    has_words = side_input(inputs, POSITIVE) is not None or isinstance(inputs.get("prompt"), str | list)
    is_fed = has_words or any(is_link(inputs.get(name)) for name in (*CARRIERS, *_LATENTS, "model", "data"))
    # Nodes with these numbers and without what is sampled only hand them to a sampler.
    return has_steps and has_seed and "cfg" in inputs and is_fed


def _taking_part(graph: Graph, samplers: set[str]) -> dict[str, Node]:
    """Return the nodes upstream of those that save images, or of all at an end where those have no sampler."""
    linked = {source.node.id for node in graph.nodes.values() for source in graph.links(node)}
    ends = [node for node in graph.nodes.values() if node.id not in linked]
    for group in ([node for node in ends if "save" in node.kind.lower()], ends):
        links = [value for node in group for value in node.inputs.values()]
        found = {node.id: node for node in (*group, *graph.upstream(links))}
        if samplers & set(found):
            return found
    return graph.nodes


def _origin(graph: Graph, sampler: Node) -> Origin:
    node = sampler
    for between in range(_NODES_IN_A_ROW):
        if any(is_link(node.inputs.get(name)) for name in _SECOND_LATENTS):
            return Origin()
        source = graph.source(_link_before(graph, node))
        if source is None:
            return _start(graph, node)
        node = source.node
        if is_sampler(node):
            return Origin(previous=node, is_direct=not between)
    return Origin()


def _link_before(graph: Graph, node: Node) -> Any:
    """Return the link to the latent image, or image, that a node works on; None for one that starts with none."""
    links = (node.inputs[name] for name in (*_LATENTS, *_IMAGES) if is_link(node.inputs.get(name)))
    return next(links, None) or next(graph.carriers(node), None)


def _start(graph: Graph, node: Node) -> Origin:
    size = size_of(graph, node)
    is_image = size is None and bool(text_value(node.inputs.get("image")) or "loadimage" in node.kind.lower())
    if size or is_image:
        graph.used.add(node.id)
    return Origin(size, is_image)
