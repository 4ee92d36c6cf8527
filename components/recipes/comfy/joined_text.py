"""Text nodes of a ComfyUI graph: which inputs hold texts, how they are joined, and which texts are computed. Pure."""

from __future__ import annotations

import re
from typing import Any

from components.recipes.comfy.graph import Node
from components.recipes.comfy.values import is_link

_PART = re.compile(r"(?i)(?:string|text|str|prompt|input|value|tag|line|t|s)_?([a-z]|\d{1,2})")
_DELIMITERS = ("delimiter", "separator", "sep", "divider", "join_with")
_DELIMITER_NAMES = {"space": " ", "comma": ", ", "newline": "\n", "none": ""}
_TEXTS = (
    *("text", "prompt", "string", "String", "STRING", "value", "Text", "text_g", "text_l", "t5xxl", "clip_l"),
    *("positive", "negative", "source", "text_positive"),
)
_LIKE_TEXT = re.compile(r"(?i)\w{0,30}(?:text|prompt|string|caption)\w{0,30}")
_CONDITIONING = re.compile(r"(?:conditioning|cond)(?:_?(?:to|from|base|\d{1,2}|[a-z]))?|clip_regions")
_COMPUTED = frozenset(
    ("temperature", "max_tokens", "max_new_tokens", "image", "images", "query", "question", "text_input", "model_name")
)
"""Inputs of nodes that make a text of their own of what they get, such as language models."""
_RANDOM = frozenset(("seed", "noise_seed", "select", "index"))
_TEMPLATE = re.compile(r"[{|$]|__")
# Inputs beside the text that do not change it.
_HARMLESS = re.compile(
    r"(?i)text_?\d|shown text|find|replace|log_prompt|preview\w{0,20}|\w{0,20}weight\w{0,20}|\w{0,20}normalization"
    r"|speak\w{0,20}"
)


def parts_of(node: Node) -> tuple[list[Any], str] | None:
    """Return the texts that a node joins, with what stands between them; None for a node that joins none."""
    delimiters = [node.inputs[name] for name in _DELIMITERS if isinstance(node.inputs.get(name), str)]
    parts = {_order(found[1]): node.inputs[name] for name in node.inputs if (found := _PART.fullmatch(name))}
    parts = {order: value for order, value in parts.items() if isinstance(value, str | list) and value != ""}
    if node.inputs.get("action") == "append":  # of "StringFunction|pysssss"
        delimiters = [", " if node.inputs.get("tidy_tags") in ("yes", True) else ""]
    if not parts or not delimiters:
        return None
    delimiter = _DELIMITER_NAMES.get(delimiters[0], delimiters[0].replace("\\n", "\n"))
    return [parts[order] for order in sorted(parts)], delimiter


def _order(suffix: str) -> tuple[int, str]:
    return (int(suffix), "") if suffix.isdecimal() else (0, suffix.lower())


def conditioning_of(node: Node) -> list[Any]:
    """Return the links to conditioning that a node mixes or changes."""
    return [value for name, value in node.inputs.items() if is_link(value) and _CONDITIONING.fullmatch(name)]


def text_input(node: Node) -> str | None:
    """Return the name of the input with the text that a node encodes, shows or is; None where that is not plain."""
    names = [name for name in _TEXTS if _is_text(node.inputs.get(name))]
    names = names or [name for name, value in node.inputs.items() if _is_text(value) and _LIKE_TEXT.fullmatch(name)]
    if len({str(node.inputs[name]) for name in names}) != 1:
        return None
    return names[0] if _is_encoder(node) or not _is_computed(node, names[0]) else None


def _is_encoder(node: Node) -> bool:
    """Return whether a node encodes its text as it is, whatever else it has."""
    return "clip" in node.inputs or is_link(node.inputs.get("opt_clip"))


def _is_text(value: Any) -> bool:
    return is_link(value) or (isinstance(value, str) and bool(value.strip()))


def _is_computed(node: Node, text_name: str) -> bool:
    """Return whether a node's text may be another one than that of its input."""
    if _COMPUTED & set(node.inputs):
        return True
    text = node.inputs[text_name]
    if _RANDOM & set(node.inputs):
        return is_link(text) or bool(_TEMPLATE.search(text))
    return any(_changes(name, value) for name, value in node.inputs.items() if name != text_name and value != text)


def _changes(name: str, value: Any) -> bool:
    is_setting = isinstance(value, str | int | float) and not isinstance(value, bool)
    return is_setting and value != "" and not _HARMLESS.fullmatch(name)


def is_without_text(node: Node) -> bool:
    """Return whether all texts of a node are empty, as of an encoder for no negative prompt."""
    texts = [value for name, value in node.inputs.items() if name in _TEXTS or _LIKE_TEXT.fullmatch(name)]
    is_plain = _is_encoder(node) or not _COMPUTED & set(node.inputs)
    return is_plain and bool(texts) and all(isinstance(text, str) and not text.strip() for text in texts)


def replaced(node: Node, text: str) -> str | None:
    """Return a text after a node that replaces words in it; None for a node that does not."""
    old, new = (node.inputs.get(name) for name in ("find", "replace"))
    return text.replace(old, new) if isinstance(old, str) and isinstance(new, str) and old else None
