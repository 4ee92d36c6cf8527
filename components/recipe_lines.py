"""The infotext of A1111 taken apart: the prompt, the negative prompt, and the pairs of its last line. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

NEGATIVE = "Negative prompt:"
_KEY = re.compile(r"\s{0,20}(\w[\w \-/]{1,60}):\s{0,20}")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*"(?=\s{0,20}(?:,|$))')
_FEWEST, _MOST = 3, 200
"""Pairs of a last line; with fewer it is a line of the prompt."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What stands in an infotext."""

    prompt: str
    negative: str
    pairs: dict[str, Any]
    """Values are text, or what JSON stood there."""


def split(text: str) -> Lines | None:
    """Take an infotext apart; None for a text without a line of pairs."""
    *words, last = text.strip().split("\n")
    pairs = _pairs(last)
    if len(pairs) < _FEWEST:
        return None
    start = next((place for place, line in enumerate(words) if line.strip().startswith(NEGATIVE)), len(words))
    negative = "\n".join(words[start:]).strip().removeprefix(NEGATIVE)
    return Lines("\n".join(words[:start]).strip(), negative.strip(), pairs)


def quoted(value: str) -> str:
    """Quote as JSON what `split` would take apart."""
    is_plain = bool(value) and not any(sign in value for sign in ',:\n"{[') and value == value.strip()
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _pairs(line: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    place = 0
    while place < len(line) and len(found) < _MOST:
        key = _KEY.match(line, place)
        if key:
            found[key[1].strip()], place = _value(line, key.end())
        place = (line.find(",", place) + 1) or len(line)
    return found


def _value(line: str, place: int) -> tuple[Any, int]:
    """Return the value that begins there, and where it ends."""
    if line[place : place + 1] in ("{", "["):
        try:
            return json.JSONDecoder().raw_decode(line, place)
        except (ValueError, RecursionError):
            pass
    if found := _QUOTED.match(line, place):
        try:
            return json.loads(found[0]), found.end()
        except (ValueError, RecursionError):
            return found[0], found.end()
    end = line.find(",", place)
    end = len(line) if end < 0 else end
    return line[place:end].strip(), end
