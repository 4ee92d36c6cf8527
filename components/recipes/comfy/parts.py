"""Parts of a ComfyUI sampler: the nodes that have some of its settings, its checkpoint and its refiner. Pure."""

from __future__ import annotations

from typing import Any

from components.recipes.comfy.graph import CARRIERS, Graph, Node
from components.recipes.comfy.loras import follows_model
from components.recipes.comfy.samplers import STEPS
from components.recipes.comfy.values import first_number
from components.recipes.parsed import text_value

_LINKS = ("guider", "sampler", "sigmas", "noise", *CARRIERS)
_MAX_PARTS = 20
_CHECKPOINTS = ("ckpt_name", "base_ckpt_name", "unet_name", "model_name")
_LAST_STEPS = ("end_at_step", "step")
_NO_REFINER = ("", "None")


def parts_of(graph: Graph, sampler: Node) -> list[Node]:
    """Return a sampler, and the nodes from which it has guidance, noise, steps or all at once."""
    parts = [sampler]
    for part in parts:  # which grows meanwhile
        for name in _LINKS:
            source = graph.source(part.inputs.get(name))
            if source and source.node not in parts and len(parts) < _MAX_PARTS:
                parts.append(source.node)
    return parts


def model_links(parts: list[Node]) -> list[Any]:
    """Return the links of some nodes that lead to a model."""
    return [value for part in parts for name, value in part.inputs.items() if follows_model(name)]


def checkpoint_of(graph: Graph, parts: list[Node]) -> str:
    """Return the file name of the nearest checkpoint, without its folder; empty without one."""
    for node in (*parts, *graph.upstream(model_links(parts), follows_model)):
        for name in _CHECKPOINTS:
            if text := text_value(node.inputs.get(name)):
                graph.used.add(node.id)
                return text.replace("\\", "/").rpartition("/")[2]
    return ""


def refiner_of(graph: Graph, parts: list[Node], following: Node | None) -> tuple[str, float | None]:
    """Return the refiner's file name and the part of the steps before its start; an empty name without a refiner."""
    for part in parts:  # one sampler for both models
        name = text_value(part.inputs.get("refiner_ckpt_name"))
        if name not in _NO_REFINER:
            return name.replace("\\", "/").rpartition("/")[2], _share(graph, parts, ("refine_at_step",))
    if following is None:
        return "", None
    handover = _share(graph, parts, _LAST_STEPS)
    others = parts_of(graph, following)
    base, refiner = checkpoint_of(graph, parts), checkpoint_of(graph, others)
    if handover is None or handover == 1 or not _goes_on(graph, parts, following):
        return "", None
    graph.used.update(part.id for part in others)
    return (refiner, handover) if refiner != base else ("", None)


def _goes_on(graph: Graph, parts: list[Node], following: Node) -> bool:
    """Return whether a sampler does the rest of another one's steps: from the step at which that ended."""
    start, end = first_number(graph, following, ("start_at_step",)), _first(graph, parts, _LAST_STEPS)
    sigmas = graph.source(following.inputs.get("sigmas"))
    return (start is not None and start == end) or bool(sigmas and sigmas.node in parts)


def _share(graph: Graph, parts: list[Node], names: tuple[str, ...]) -> float | None:
    """Return a step as a part of all steps, 0 to 1; None without both."""
    step, steps = (_first(graph, parts, each) for each in (names, STEPS))
    return step / steps if step is not None and steps and 0 <= step <= steps else None


def _first(graph: Graph, parts: list[Node], names: tuple[str, ...]) -> float | None:
    numbers = (first_number(graph, part, names) for part in parts)
    return next((found for found in numbers if found is not None), None)
