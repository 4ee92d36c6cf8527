"""Alternatives in a prompt: `a {red|blue} fox` stands for one prompt with each. Pure; its time is linear."""

from __future__ import annotations

from itertools import product
from math import prod


def count_of(text: str) -> int:
    """Return for how many prompts a text stands at most; 1 without alternatives."""
    return prod(len(options) for options in _parts(text))


def expanded(text: str) -> tuple[str, ...]:
    """Return the prompts for which a text stands, the last alternatives changing first. Check `count_of` before."""
    return tuple(dict.fromkeys("".join(choice) for choice in product(*_parts(text))))


def _parts(text: str) -> list[tuple[str, ...]]:
    """Return the text in parts, each with what may stand there: one text, or alternatives.

    Braces without `|` are plain text, and so are braces within braces with those around them.
    """
    parts: list[tuple[str, ...]] = []
    plain = depth = start = 0
    is_nested = False
    for at, sign in enumerate(text):
        if sign == "{":
            if depth == 0:
                start, is_nested = at, False
            else:
                is_nested = True
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0 and not is_nested and "|" in text[start:at]:
                parts += [(text[plain:start],), _options(text[start + 1 : at])]
                plain = at + 1
    return [*parts, (text[plain:],)]


def _options(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split("|")))
