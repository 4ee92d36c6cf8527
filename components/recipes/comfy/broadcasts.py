"""Links without wires in a ComfyUI workflow: nodes of cg-use-everywhere send values to inputs without a link. Pure.

Rules: https://github.com/chrisgoringe/cg-use-everywhere (README, `use_everywhere_classes.js`, `ue_properties.js`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from components.domain.json_values import as_list, as_mapping
from components.recipes.parsed import integer, number, text_value

Link = tuple[str, int]
"""Node id and output slot."""
_PROMPTS, _SEED, _BY_PATTERN = "Prompts Everywhere", "Seed Everywhere", "Anything Everywhere?"
BROADCASTING = (_PROMPTS, _BY_PATTERN, "Anything Everywhere", "Anything Everywhere3")
"""Kinds of nodes that send on what is linked to them; one more kind sends a seed of its own."""
NOWHERE: Link = ("", -1)
"""Link of an input whose value is one of several, or of none that the file tells."""
_SIDES = (re.compile(r"(?:_|\b)pos(?:itive|_|\b)"), re.compile(r"(?:_|\b)neg(?:ative|_|\b)"))
_OF_SEEDS = re.compile("seed")
_PLAIN_PATTERN = re.compile(r"(?:[\w \-^$|/:&]|\\b){1,80}")
"""Patterns without repetition: a file's own pattern may otherwise take any time."""
_NO_PATTERN = ("", ".*")
_ANY = "*"
_MAX_BROADCASTS, _MAX_COMPARED, _MAX_NAME = 50, 200_000, 100
_PLAIN, _MORE, _MOST = 10, 20, 30
"""Priorities: of two broadcasts to an input the higher one counts, and of two equal ones none."""


@dataclass(frozen=True, slots=True)
class _Broadcast:
    link: Link
    kind: str
    """Type of the value; `*` where the file does not say it."""
    priority: float
    title: re.Pattern[str] | None = None
    name: re.Pattern[str] | None = None
    exact_name: str = ""
    is_known: bool = True
    """False where other things decide who gets the value, such as groups on the canvas."""


class Broadcasts:
    """Broadcasts of one level of a workflow: the links that its file lists, or those that follow from the rules."""

    def __init__(
        self, data: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]], links: Mapping[int, Link]
    ) -> None:
        self._inputs = [text_value(as_mapping(one).get("type")) for one in as_list(data.get("inputs"))]
        self._nodes, self._links = nodes, links
        self._listed = dict(_listed(data))
        self._sent = [one for node in nodes.values() for one in self._of_node(node)]
        extra = as_mapping(data.get("extra"))
        # Only since then each widget is among the inputs; before, only those that were made an input.
        self._is_old = "frontendVersion" not in extra and "inputNode" not in data
        self._left = _MAX_COMPARED

    def link_to(self, node: Mapping[str, Any], place: int) -> Link | None:
        """Return the link to an input that has no wire; `NOWHERE` for an unclear one, None without any."""
        one = as_mapping(as_list(node.get("inputs"))[place])
        if self._listed:
            return self._listed.get((str(node.get("id")), place))
        is_open = 0 < len(self._sent) <= _MAX_BROADCASTS and self._is_open(node, one)
        if is_open is False:
            return None
        self._left -= len(self._sent)
        if self._left < 0:  # beyond any that people make: what was not compared may be a second one
            return NOWHERE
        found = sorted(
            (sent for sent in self._sent if self._matches(sent, node, one)), key=lambda sent: -sent.priority
        )
        if not found:
            return None
        is_plain = is_open is not None and all(sent.is_known for sent in found)
        is_first = len(found) == 1 or found[0].priority > found[1].priority
        return found[0].link if is_plain and is_first else NOWHERE

    def _is_open(self, node: Mapping[str, Any], one: Mapping[str, Any]) -> bool | None:
        """Return whether an input takes broadcasts; None for a widget of which the file does not say it."""
        properties, own = as_mapping(node.get("properties")), _properties(node)
        if node.get("type") in (_SEED, *BROADCASTING) or node.get("mode") or properties.get("rejects_ue_links"):
            return False
        name = text_value(one.get("name"))
        if not one.get("widget"):
            return not as_mapping(own.get("input_ue_unconnectable")).get(name)
        allowed = own.get("widget_ue_connectable", properties.get("widget_ue_connectable"))
        if allowed is None:
            return True if self._is_old else None
        return bool(as_mapping(allowed).get(name))

    def _matches(self, sent: _Broadcast, node: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
        if sent.link[0] == str(node.get("id")) or sent.kind not in (_ANY, one.get("type")):
            return False
        title = text_value(node.get("title")) or text_value(node.get("type"))
        name = text_value(one.get("label")) or text_value(one.get("localized_name")) or text_value(one.get("name"))
        if sent.exact_name and sent.exact_name != (text_value(one.get("label")) or text_value(one.get("name"))):
            return False
        return _is_found(sent.title, title) and _is_found(sent.name, name)

    def _of_node(self, node: Mapping[str, Any]) -> Iterator[_Broadcast]:
        if node.get("mode"):
            return
        if _properties(node).get("seed_inputs"):
            yield _Broadcast((str(node.get("id")), 0), "INT", _MOST, name=_OF_SEEDS)
        elif as_mapping(node.get("properties")).get("ue_convert"):
            for slot, output in enumerate(as_list(node.get("outputs"))):
                kind = text_value(as_mapping(output).get("type"))
                yield _Broadcast((str(node.get("id")), slot), kind, _PLAIN, is_known=False)
        elif node.get("type") == _SEED:
            yield _Broadcast((str(node.get("id")), 0), "INT", _MORE, name=_OF_SEEDS)
        elif node.get("type") in BROADCASTING:
            yield from self._of_inputs(node)

    def _of_inputs(self, node: Mapping[str, Any]) -> Iterator[_Broadcast]:
        inputs = [as_mapping(one) for one in as_list(node.get("inputs"))]
        linked = {place: link for place, one in enumerate(inputs) if (link := self._link_of(one))}
        base = _base(node)
        kinds = {place: self._kind(link) for place, link in linked.items()}
        counts = Counter(kinds.values())
        for place, link in linked.items():
            sent = replace(base, link=link, kind=kinds[place])
            yield _narrowed(sent, node, inputs, place, is_repeated=counts[kinds[place]] > 1)

    def _link_of(self, one: Mapping[str, Any]) -> Link | None:
        return self._links.get(found) if (found := integer(one.get("link"))) is not None else None

    def _kind(self, link: Link) -> str:
        outputs = as_list(self._nodes.get(link[0], {}).get("outputs"))
        kinds = [text_value(as_mapping(one).get("type")) for one in outputs] if outputs else self._inputs
        return (kinds[link[1]] if 0 <= link[1] < len(kinds) else "") or _ANY


def _is_found(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is None or bool(pattern.search(text[:_MAX_NAME]))


def _listed(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, int], Link]]:
    """Yield the links that newer versions write into the file: an input, and where its value comes from."""
    for one in map(as_mapping, as_list(as_mapping(data.get("extra")).get("ue_links"))):
        place, slot = integer(one.get("downstream_slot")), integer(one.get("upstream_slot"))
        if place is not None and slot is not None:
            yield (str(one.get("downstream")), place), (str(one.get("upstream")), slot)


def _properties(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_mapping(as_mapping(node.get("properties")).get("ue_properties"))


def _base(node: Mapping[str, Any]) -> _Broadcast:
    """Return what all broadcasts of a node have in common."""
    own, older = _properties(node), as_mapping(node.get("properties"))
    values = as_list(node.get("widgets_values")) if node.get("type") == _BY_PATTERN and not own else []
    names = ("title_regex", "input_regex", "group_regex")
    patterns = [text_value(values[at] if at < len(values) else own.get(name)) for at, name in enumerate(names)]
    patterns = ["" if pattern in _NO_PATTERN else pattern for pattern in patterns]
    others = [key for key in ("group_restricted", "color_restricted") if own.get(key) or older.get(key)]
    inverted = any(own.get(f"{name}_invert") for name in names)
    is_known = not patterns[2] and not others and not inverted and all(map(_is_plain, patterns))
    has_more = any(patterns) or node.get("type") == _BY_PATTERN
    priority = _MOST if has_more else _MORE if node.get("type") == _PROMPTS else _PLAIN
    title, name = (re.compile(pattern) if is_known and pattern else None for pattern in patterns[:2])
    return _Broadcast(("", 0), _ANY, number(own.get("priority")) or priority, title, name, is_known=is_known)


def _is_plain(pattern: str) -> bool:
    return not pattern or bool(_PLAIN_PATTERN.fullmatch(pattern))


def _narrowed(
    sent: _Broadcast, node: Mapping[str, Any], inputs: list[Mapping[str, Any]], place: int, *, is_repeated: bool
) -> _Broadcast:
    """Return a broadcast with the rule for its input: the side of a prompt, or its name where a type is repeated."""
    own = _properties(node)
    if node.get("type") == _PROMPTS and not own:
        return replace(sent, name=_SIDES[place]) if place < len(_SIDES) else replace(sent, is_known=False)
    if is_repeated or own.get("apply_to_unrepeated"):
        name = text_value(inputs[place].get("label")) or text_value(inputs[place].get("name"))
        if node.get("type") == _PROMPTS and place < len(_SIDES):
            name = ("positive", "negative")[place]
        is_known = sent.is_known and not own.get("repeated_type_rule") and bool(own)
        # Older versions sent both to every input, so none of them counts.
        return replace(sent, exact_name=name if own else "", is_known=is_known or (not own and sent.is_known))
    return replace(sent, is_known=sent.is_known and node.get("type") != _PROMPTS)
