"""Numbers and sizes in a ComfyUI graph, also where another node provides them. Pure."""

from __future__ import annotations

import re
from typing import Any

from components.recipes.comfy.graph import Graph, Node, Source
from components.recipes.parsed import integer, number

_NODES_IN_A_ROW = 20
_SIZES_IN_A_ROW = 3
_PRIMITIVES = ("value", "seed", "int", "float", "Value", "number")
_HANDOVERS = frozenset(("end_at_step", "start_at_step"))
_PAIRS = (
    ("width_override", "height_override"),
    ("width", "height"),
    ("empty_latent_width", "empty_latent_height"),
    ("Width", "Height"),
)
_SIDES_IN_TEXT = re.compile(r"(?<!\d)(\d{2,5})\s{0,3}[x×*]\s{0,3}(\d{2,5})(?!\d)")
_TEXT_NAMES = (
    "resolution",
    "dimensions",
    "size",
    "aspect_ratio",
    "Resolution",
    "preset",
    "resolution_preset",
    "ratio",
)
_SWAPS = ("swap_dimensions", "invert", "swap", "swap_sides")
_FACTORS = ("prescale_factor", "multiplier", "scale", "scale_by", "scale_factor")


def is_link(value: Any) -> bool:
    """Return whether an input is a link, or looks like one."""
    return isinstance(value, list)


def number_at(graph: Graph, value: Any, names: tuple[str, ...]) -> float | None:
    """Return an input's number, through nodes that provide it under one of these names, or carry it with others.

    None when it is computed.
    """
    passed: list[str] = []
    for _ in range(_NODES_IN_A_ROW):
        source = graph.source(value)
        if source is None:
            break
        passed.append(source.node.id)
        value = _provided(source.node, names)
        if value is None:
            value = next(graph.carriers(source.node), None)
    found = integer(value)
    found = number(value) if found is None else found
    graph.used.update(passed if found is not None else ())
    return found


def first_number(graph: Graph, node: Node, names: tuple[str, ...]) -> float | None:
    """Return the number of the first of these inputs that a node has."""
    return next((number_at(graph, node.inputs[name], names) for name in names if name in node.inputs), None)


def _provided(node: Node, names: tuple[str, ...]) -> Any:
    """Return what a node has under one of these names, or the one number that it has at all."""
    for name in names:
        if name in node.inputs:
            return node.inputs[name]
    if _HANDOVERS & set(names) and "refiner_start" in node.inputs:
        return _handover(node)
    if any(is_link(value) for value in node.inputs.values()) and len(node.inputs) > 1:
        return None  # computed from others
    plain = [value for value in node.inputs.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    named = [node.inputs[name] for name in _PRIMITIVES if name in node.inputs]
    return named[0] if named else plain[0] if len(plain) == 1 else None


def _handover(node: Node) -> int | None:
    """Return the step at which the refiner starts, of a node that has it as a part of the steps."""
    share, steps = number(node.inputs.get("refiner_start")), integer(node.inputs.get("steps"))
    return None if share is None or steps is None else int(steps * share)


def size_of(graph: Graph, node: Node, depth: int = 0) -> tuple[int, int] | None:
    """Return width and height in pixels of a node that makes a latent image; None for one without them."""
    inputs = node.inputs
    if depth > _SIZES_IN_A_ROW or any(number(inputs.get(name, 1)) != 1 for name in _FACTORS):
        return None
    found = _pair(graph, node, _PAIRS[0], depth) or _size_in_text(node)
    found = found or next((pair for names in _PAIRS[1:] if (pair := _pair(graph, node, names, depth))), None)
    is_swapped = any(inputs.get(name) in (True, "On", "on", "true") for name in _SWAPS)
    return (found[1], found[0]) if found and is_swapped else found


def _size_in_text(node: Node) -> tuple[int, int] | None:
    for name in _TEXT_NAMES:
        text = node.inputs.get(name)
        # A long text is no size; a long row of digits would be looked through from each of them.
        found = set(_SIDES_IN_TEXT.findall(text[:100])) if isinstance(text, str) else set[tuple[str, str]]()
        if len(found) == 1:  # a choice that lists one size for each kind of model says none
            width, height = found.pop()
            return int(width), int(height)
    return None


def _pair(graph: Graph, node: Node, names: tuple[str, str], depth: int) -> tuple[int, int] | None:
    wide, high = (graph.source(node.inputs.get(name)) for name in names)
    if wide and high and wide.node is high.node:
        return _size_from_one(graph, wide, high, depth)
    width, height = (_side(graph, node.inputs.get(name), place, depth) for place, name in enumerate(names))
    return (width, height) if width and height else None


def _size_from_one(graph: Graph, wide: Source, high: Source, depth: int) -> tuple[int, int] | None:
    """Return the sides that two outputs of one node provide: the width comes first in every pack."""
    graph.used.add(wide.node.id)
    sides = size_of(graph, wide.node, depth + 1)
    if wide.slot == high.slot:  # one number for both
        side = number_at(graph, [wide.node.id, wide.slot], ("width", "height"))
        return (round(side), round(side)) if side and not sides else None
    return sides if sides is None or wide.slot < high.slot else (sides[1], sides[0])


def _side(graph: Graph, value: Any, place: int, depth: int) -> int | None:
    source = graph.source(value)
    sides = size_of(graph, source.node, depth + 1) if source else None
    if source and sides:
        graph.used.add(source.node.id)
        return sides[place]
    found = number_at(graph, value, (("width", "height")[place],))
    return None if found is None else round(found)
