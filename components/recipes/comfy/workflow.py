"""ComfyUI workflow: the graph as its editor stores it, `{nodes, links}`, as a graph in API format. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.comfy.broadcasts import BROADCASTING, NOWHERE, Broadcasts, Link
from components.recipes.comfy.widgets import widget_values
from components.recipes.parsed import text_value

SHOWN = "shown text"
"""Name of an input that no node has: the text that a node showed while it ran, and wrote into the workflow."""
_SHOWING = re.compile(r"(?i).{0,40}(?:show|display|preview).{0,40}")
_MUTED, _BYPASSED = 2, 4
"""Modes of a node that does not run: nothing comes out of it, or what went in."""
_MAX_NODES = 5000
_MAX_DEPTH = 30
"""Subgraphs in each other, and bypassed nodes in a row."""
_NOT_RUN = ("SetNode", "GetNode", "Note", *BROADCASTING)
_INPUTS, _OUTPUTS = -10, -20
"""Ids of the ends of a subgraph."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Nodes and links of the workflow itself, or of one use of a subgraph."""

    prefix: str
    nodes: Mapping[str, Mapping[str, Any]]
    links: Mapping[int, Link]
    broadcasts: Broadcasts
    ends: Mapping[int, Link] = field(default_factory=dict)
    """Links to the outputs of a subgraph."""
    names: tuple[str, ...] = ()
    """Names of the inputs of a subgraph."""
    outer: _Level | None = None
    use: Mapping[str, Any] = field(default_factory=dict)
    """Node of the outer level that stands for the subgraph."""


def graph_of_workflow(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a workflow as a graph in API format, with its subgraphs in place."""
    return _Workflow(data).graph()


class _Workflow:
    def __init__(self, data: Mapping[str, Any]) -> None:
        subgraphs = as_list(as_mapping(data.get("definitions")).get("subgraphs"))
        self._subgraphs = {text_value(as_mapping(one).get("id")): as_mapping(one) for one in subgraphs}
        self._inner: dict[tuple[str, str], _Level] = {}
        self._first = _level(data)
        self._setters: dict[str, Mapping[str, Any]] = {}
        self._left = _MAX_NODES

    def graph(self) -> dict[str, Any]:
        """Return the nodes that run, by ids that are unique in all levels."""
        nodes = [*self._all(self._first, 0)]
        for level, node in nodes:
            if node.get("type") == "SetNode":
                self._setters.setdefault(f"{level.prefix}{_first_value(node)}", node)
        return {
            f"{level.prefix}{node.get('id')}": {
                "class_type": text_value(node.get("type")),
                "inputs": self._inputs(level, node),
            }
            for level, node in nodes
            if not _is_left_out(node) and node.get("type") not in _NOT_RUN
        }

    def _all(self, level: _Level, depth: int) -> Iterator[tuple[_Level, Mapping[str, Any]]]:
        for node_id, node in level.nodes.items():
            self._left -= 1
            if self._left < 0 or depth > _MAX_DEPTH:
                return
            subgraph = self._subgraphs.get(text_value(node.get("type")))
            if subgraph is None:
                yield level, node
            elif node.get("mode") not in (_MUTED, _BYPASSED):
                inner = _level(subgraph, f"{level.prefix}{node_id}:", level, node)
                self._inner[level.prefix, node_id] = inner
                yield from self._all(inner, depth + 1)

    def _inputs(self, level: _Level, node: Mapping[str, Any]) -> dict[str, Any]:
        inputs = widget_values(node) | ({"on": False} if node.get("mode") == _BYPASSED else {})
        for place, one in enumerate(map(as_mapping, as_list(node.get("inputs")))):
            if (link := _link(level, node, place)) is None:
                continue
            end = self._end(level, link, 0)
            name = text_value(one.get("name"))
            if end is not None:
                inputs[name] = end
            elif link == NOWHERE or not one.get("widget"):
                inputs.pop(name, None)
        return inputs | ({SHOWN: shown} if (shown := _shown_text(node)) else {})

    def _end(self, level: _Level, link: Link, depth: int) -> Any:
        """Return where a link comes from: `[id, slot]`, or a value at a subgraph's input; None for nowhere."""
        node_id, slot = link
        if depth > _MAX_DEPTH:
            return None
        if node_id == str(_INPUTS):
            return self._at_use(level, slot, depth)
        node = level.nodes.get(node_id)
        inner = self._inner.get((level.prefix, node_id))
        if inner is not None:
            return self._end(inner, inner.ends[slot], depth + 1) if slot in inner.ends else None
        if node is None or node.get("mode") == _MUTED:
            return None
        if node.get("mode") == _BYPASSED and _is_left_out(node):
            return self._through(level, node, slot, depth)
        if node.get("type") == "GetNode" and (setter := self._setters.get(f"{level.prefix}{_first_value(node)}")):
            return self._first_input(level, setter, depth)
        return [f"{level.prefix}{node_id}", slot]

    def _at_use(self, level: _Level, slot: int, depth: int) -> Any:
        """Return what goes into an input of a subgraph where it is used."""
        name = level.names[slot] if 0 <= slot < len(level.names) else None
        inputs = [as_mapping(one).get("name") for one in as_list(level.use.get("inputs"))]
        if level.outer is None or name not in inputs:
            return None
        link = _link(level.outer, level.use, inputs.index(name))
        return widget_values(level.use).get(name or "") if link is None else self._end(level.outer, link, depth + 1)

    def _through(self, level: _Level, node: Mapping[str, Any], slot: int, depth: int) -> Any:
        """Return what a bypassed node hands on: its first input of the type of the output."""
        outputs = as_list(node.get("outputs"))
        kind = as_mapping(outputs[slot]).get("type") if 0 <= slot < len(outputs) else None
        for one in map(as_mapping, as_list(node.get("inputs"))):
            link = level.links.get(_int(one.get("link")))
            if link is not None and one.get("type") == kind:
                return self._end(level, link, depth + 1)
        return None

    def _first_input(self, level: _Level, node: Mapping[str, Any], depth: int) -> Any:
        links = (level.links.get(_int(as_mapping(one).get("link"))) for one in as_list(node.get("inputs")))
        link = next((link for link in links if link is not None), None)
        return None if link is None else self._end(level, link, depth + 1)


def _link(level: _Level, node: Mapping[str, Any], place: int) -> Link | None:
    """Return the link to an input of a node, with a wire or without one."""
    found = level.links.get(_int(as_mapping(as_list(node.get("inputs"))[place]).get("link")))
    return level.broadcasts.link_to(node, place) if found is None else found


def _shown_text(node: Mapping[str, Any]) -> str:
    """Return the text that a node shows, which stands in a list of its own in some packs; empty for other nodes."""
    values = as_list(node.get("widgets_values"))
    first = next(iter(values), None)
    inner = as_list(first)
    text = text_value(inner[0] if inner else first)
    return text if _SHOWING.fullmatch(text_value(node.get("type"))) else ""


def _is_left_out(node: Mapping[str, Any]) -> bool:
    """Return whether a node is muted or bypassed; a bypassed loader of LoRAs stays, as one that is switched off."""
    is_loader = node.get("mode") == _BYPASSED and "lora" in text_value(node.get("type")).lower()
    return node.get("mode") in (_MUTED, _BYPASSED) and not is_loader


def _level(
    data: Mapping[str, Any], prefix: str = "", outer: _Level | None = None, use: Mapping[str, Any] | None = None
) -> _Level:
    nodes = {str(as_mapping(node).get("id")): as_mapping(node) for node in as_list(data.get("nodes"))}
    links: dict[int, Link] = {}
    ends: dict[int, Link] = {}
    for link in as_list(data.get("links")):
        number, origin, slot, target, place = _five(link)
        links[number] = (str(origin), _int(slot))
        if target == _OUTPUTS:
            ends[_int(place)] = links[number]
    names = tuple(text_value(as_mapping(one).get("name")) for one in as_list(data.get("inputs")))
    return _Level(prefix, nodes, links, Broadcasts(data, nodes, links), ends, names, outer, use or {})


def _five(link: Any) -> tuple[int, Any, Any, Any, Any]:
    """Return a link's number, origin with slot, and target with slot; links are lists, or objects in subgraphs."""
    if isinstance(link, dict):
        values = [as_mapping(link).get(key) for key in ("id", "origin_id", "origin_slot", "target_id", "target_slot")]
    else:
        values = [*as_list(link), None, None, None, None, None][:5]
    return _int(values[0]), values[1], values[2], values[3], values[4]


def _first_value(node: Mapping[str, Any]) -> str:
    values = as_list(node.get("widgets_values"))
    return text_value(values[0]) if values else ""


def _int(value: Any) -> int:
    return value if isinstance(value, int) else -1
