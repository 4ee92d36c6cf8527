"""Prompts in a ComfyUI graph, followed from a sampler's input along the output slots of each node upstream. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.recipes.comfy.graph import Graph, Node, Source
from components.recipes.comfy.joined_text import conditioning_of, is_without_text, parts_of, replaced, text_input
from components.recipes.comfy.values import is_link
from components.recipes.comfy.workflow import SHOWN
from components.recipes.parsed import text_value

POSITIVE, NEGATIVE = "positive", "negative"
_OTHER = {POSITIVE: NEGATIVE, NEGATIVE: POSITIVE}
_MAX_NODES = 1000
"""Outputs of which prompts are read."""
_MAX_DEPTH = 80
_MAX_LENGTH = 65_536
"""Characters of a prompt; a joined one doubles with each node."""
# Names of an input for one of the two prompts, the best first; `{}` is `positive` or `negative`.
_OF_A_SIDE = (
    *("{}", "text_{}", "{}_text", "{}_prompt", "prompt_{}", "{}_cond", "cond_{}", "{}_conditioning"),
    *("conditioning_{}", "base_{}", "{}_g", "{}_1", "{}1"),
)
_NO_STYLE = frozenset(("", "none", "base", "no style"))


def side_input(inputs: Mapping[str, Any], side: str) -> str | None:
    """Return the name of the input for the positive or the negative prompt; None without one."""
    names = (name.format(side) for name in _OF_A_SIDE)
    return next((name for name in names if isinstance(inputs.get(name), str | list)), None)


class Texts:
    """Prompts of a graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._read: dict[tuple[str, int, str, bool], str | None] = {}
        self._depth = 0
        self._slots: dict[tuple[str, str], set[int]] = {}
        self.second_texts: set[str] = set()
        """Names of inputs whose text stands beside the prompt, as of SDXL's second encoder."""
        for node in graph.nodes.values():
            for side in (POSITIVE, NEGATIVE):
                name = side_input(node.inputs, side)
                if name is not None and (source := graph.source(node.inputs[name])):
                    self._slots.setdefault((source.node.id, side), set()).add(source.slot)

    def at(self, value: Any, side: str, *, is_carrier: bool = False) -> str | None:
        """Return the prompt at an input; None for what is computed, or not understood.

        `is_carrier`: the link carries both prompts, so its slot says nothing about the side.
        """
        source = self._graph.source(value)
        if source is None:
            return None if is_link(value) or not isinstance(value, str) else text_value(value)
        key = (source.node.id, source.slot, side, is_carrier)
        if key not in self._read:
            self._read[key] = None  # also for a link back to it
            self._read[key] = self._bounded(source, side, is_carrier)
        return self._read[key]

    def of(self, node: Node, side: str) -> str | None:
        """Return the prompt for one side at a node that has inputs for both, or carries both."""
        name = side_input(node.inputs, side)
        if name is not None:
            return self.at(node.inputs[name], side)
        links = self._graph.carriers(node)
        return next((text for link in links if (text := self.at(link, side, is_carrier=True)) is not None), None)

    def _bounded(self, source: Source, side: str, is_carrier: bool) -> str | None:
        if self._depth >= _MAX_DEPTH or len(self._read) > _MAX_NODES:
            return None
        self._depth += 1
        node = source.node
        has_both = all(side_input(node.inputs, each) for each in _OTHER)
        if has_both or any(self._graph.carriers(node)):
            text = self._of_two(node, side if is_carrier else self._side_of(source, side))
        else:
            text = self._of_one(node, side)
        self._depth -= 1
        return text if text is not None and len(text) <= _MAX_LENGTH else None

    def _side_of(self, source: Source, side: str) -> str:
        """Return the side of an output of a node with two: the positive one comes first in every pack."""
        others = self._slots.get((source.node.id, _OTHER[side]), set()) - {source.slot}
        if others:
            return POSITIVE if source.slot < min(others) else NEGATIVE
        is_named = source.slot in self._slots.get((source.node.id, side), ())
        return side if is_named and source.slot else (POSITIVE, NEGATIVE)[source.slot] if source.slot < 2 else side

    def _of_two(self, node: Node, side: str) -> str | None:
        text = self.of(node, side)
        is_style = "style" in node.inputs and text_value(node.inputs["style"]).lower() not in _NO_STYLE
        # A node that changes both is told of: of it only the prompts are restored.
        changes = is_style or "control_net" in node.inputs or "pixels" in node.inputs
        return text if changes else self._used(node, text)

    def _of_one(self, node: Node, side: str) -> str | None:
        if populated := text_value(node.inputs.get("populated_text")):
            return self._used(node, populated)
        if "ZeroOut" in node.kind or is_without_text(node):
            return self._used(node, "")
        if parts := parts_of(node):
            return self._joined(node, [self.at(part, side) for part in parts[0]], parts[1])
        if mixed := conditioning_of(node):
            texts = [self.at(link, side) for link in mixed]
            # Mixed in another way than by words, which is told of.
            return _join(list(dict.fromkeys(text for text in texts if text)), ", ", is_known=None not in texts)
        return self._of_text(node, side)

    def _joined(self, node: Node, texts: list[str | None], delimiter: str) -> str | None:
        if None not in texts:
            self._graph.used.add(node.id)
        return _join([text.strip() for text in texts if text and text.strip()], delimiter, is_known=None not in texts)

    def _of_text(self, node: Node, side: str) -> str | None:
        name = text_input(node)
        if name is None and "text_g" in node.inputs:
            return self._of_encoders(node, side)
        text = None if name is None else self.at(node.inputs[name], side)
        if text is None:
            return self._used(node, text_value(node.inputs.get(SHOWN)) or None)
        changed = replaced(node, text)
        return self._used(node, text if changed is None else changed)

    def _of_encoders(self, node: Node, side: str) -> str | None:
        """Return the text of the larger one of SDXL's two encoders, or of the one that has any."""
        first, second = (self.at(node.inputs.get(name), side) for name in ("text_g", "text_l"))
        if first and second and first != second:
            self.second_texts.add("text_l")
        return self._used(node, first or second if first is not None and second is not None else None)

    def _used(self, node: Node, text: str | None) -> str | None:
        if text is not None:
            self._graph.used.add(node.id)
        return text


def _join(texts: list[str], delimiter: str, *, is_known: bool) -> str | None:
    """Return texts joined; None when none of them is known."""
    return delimiter.join(texts) if texts or is_known else None
