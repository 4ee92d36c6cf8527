"""ComfyUI graph: nodes in API format, `{node id: {class_type, inputs}}`, and the links between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from components.domain.json_values import as_mapping

_STEPS_THROUGH = 50
"""Nodes in a row that only hand a value on; a graph from a file may be circular."""
_MAX_NODES = 5000
"""Nodes that a search visits."""
_TRAILING_NUMBER = re.compile(r"(\d{1,3})$")
_SWITCH_NUMBERS = ("select", "Input", "index", "selected", "input")
_SWITCH_FLAGS = ("switch", "boolean", "condition", "bool")
# Inputs that carry model, conditioning and latent image of a node at once, by the packs that have such links.
CARRIERS = (
    *("pipe", "basic_pipe", "detailer_pipe", "base_ctx", "ctx", "context", "sdxl_tuple", "opt_pipe", "pipe_line"),
    *(f"ctx_{number:02}" for number in range(1, 10)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Node of a graph."""

    id: str
    kind: str
    """Its `class_type`."""
    inputs: Mapping[str, Any]
    """Values, or links `[node id, output slot]`."""


@dataclass(frozen=True, slots=True)
class Source:
    """End of a link: a node and one of its outputs."""

    node: Node
    slot: int


class Graph:
    """Graph of nodes by id. `used` has the ids of nodes whose settings were read."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.nodes: dict[str, Node] = {}
        self.used: set[str] = set()
        for key, value in data.items():
            node = as_mapping(value)
            if isinstance(kind := node.get("class_type"), str):
                self.nodes[key] = Node(key, kind, as_mapping(node.get("inputs")))

    def source(self, value: Any) -> Source | None:
        """Return the end of a link, through nodes that only hand a value on; None for a value that is no link."""
        for _ in range(_STEPS_THROUGH):
            end = self._end(value)
            if end is None:
                return None
            handed_on = self._handed_on(end.node)
            if handed_on is None:
                return end
            self.used.add(end.node.id)
            value = handed_on
        return None

    def links(self, node: Node, follows: Callable[[str], bool] = bool) -> Iterator[Source]:
        """Yield the ends of a node's links whose input names are followed."""
        for name, value in node.inputs.items():
            if (follows(name) or not name) and (source := self.source(value)):
                yield source

    def upstream(self, starts: Iterable[Any], follows: Callable[[str], bool] = bool) -> Iterator[Node]:
        """Yield the nodes upstream of some links in breadth-first order, each once."""
        queue = [source.node for start in starts if (source := self.source(start))]
        seen = {node.id for node in queue}
        for node in queue:  # which grows meanwhile
            yield node
            for source in self.links(node, follows):
                if source.node.id not in seen and len(seen) < _MAX_NODES:
                    seen.add(source.node.id)
                    queue.append(source.node)

    def carriers(self, node: Node) -> Iterator[Any]:
        """Yield the links of a node that carry several things at once."""
        yield from (node.inputs[name] for name in CARRIERS if isinstance(node.inputs.get(name), list))

    def _end(self, value: Any) -> Source | None:
        link = cast("list[Any]", value) if isinstance(value, list) else []
        if len(link) != 2 or not isinstance(link[1], int):
            return None
        node = self.nodes.get(str(link[0]))
        return Source(node, link[1]) if node else None

    def _handed_on(self, node: Node) -> Any:
        """Return the link that a reroute or switch hands on; None for any other node."""
        if "switch" in node.kind.lower() or "ifelse" in node.kind.lower():
            return self._chosen(node)
        if node.kind.startswith("Reroute") or (len(node.inputs) == 1 and next(iter(node.inputs)) in ("", "anything")):
            return next((value for value in node.inputs.values() if isinstance(value, list)), None)
        return None

    def _chosen(self, node: Node) -> Any:
        links = {name: value for name, value in node.inputs.items() if self._end(value)}
        flag = next((node.inputs[name] for name in _SWITCH_FLAGS if isinstance(node.inputs.get(name), bool)), None)
        if flag is not None:
            return next((links[name] for name in _names_of(flag=flag) if name in links), None)
        number = next((node.inputs[name] for name in _SWITCH_NUMBERS if isinstance(node.inputs.get(name), int)), None)
        numbered = {int(found[1]): value for name, value in links.items() if (found := _TRAILING_NUMBER.search(name))}
        if number is not None:
            return numbered.get(number)
        # Without a number the first one that is there counts; more inputs of any kind would be a choice of its own.
        is_plain = len(numbered) == len(node.inputs)
        return numbered[min(numbered)] if numbered and is_plain else None


def _names_of(*, flag: bool) -> tuple[str, ...]:
    return ("on_true", "true", "value_true", "if_true") if flag else ("on_false", "false", "value_false", "if_false")
