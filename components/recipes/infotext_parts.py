"""Infotext parts: prompt, negative prompt and settings of A1111's text format, taken apart and quoted. Pure.

The prompt, `Negative prompt: ...`, and a line of `Key: value` pairs, separated by commas; a value with a comma, colon
or line break is quoted as JSON. In files of other programs text stands behind that line, or all of it is one line.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

NEGATIVE = "Negative prompt:"
VERSION = "SDXL LoRA Playground"
_SETTINGS_LINE = re.compile(r"(?m)^[ \t]{0,20}Steps:[ \t]{0,5}\d{1,6}[ \t\r]{0,5}(?:,|$)")
"""Start of the line of settings in every program that writes one."""
# Repetitions are bounded because texts come from untrusted files: unbounded ones would backtrack in quadratic time.
_SETTINGS_INSIDE = re.compile(r"(?<!\w)Steps:[ \t]{0,5}\d{1,6}[ \t]{0,5},")
_KEY = re.compile(r"\s{0,20}(\w[\w \-/]{1,60}):\s{0,20}")
_END = re.compile(r"[,\n]")
_QUOTED = re.compile(r'"(?:\\.|[^\\"])*"(?=[ \t\r]{0,20}(?:,|\n|$))')
_TEMPLATE = re.compile(r"(?m)^[ \t]{0,20}((?:Negative )?Template|Wildcard prompt|Wildcard negative prompt):")
"""Lines of extensions that write their own input behind the settings: it is no setting, and has colons itself."""
# Three is A1111's own rule for telling settings from a prompt.
_MIN_PAIRS, _MAX_PAIRS = 3, 200
"""Number of pairs in a line of settings; with fewer it belongs to the prompt, those beyond the limit are ignored."""
_LINES_TRIED = 3


@dataclass(frozen=True, slots=True)
class InfotextParts:
    """Parts of an infotext."""

    prompt: str
    negative: str
    pairs: dict[str, Any]
    """A value is text, or the value of JSON in its place."""
    templates: tuple[str, ...] = field(default=())
    """Names of templates behind the settings."""


def parse_infotext(text: str) -> InfotextParts | None:
    """Return the parts of an infotext; None for a text without settings."""
    text = text.strip()
    last = text.rfind("\n") + 1
    if text.endswith(f"Version: {VERSION}"):  # our own: whatever its prompt looks like
        return _parts(text, last)
    lines = [found.start() for found in _SETTINGS_LINE.finditer(text)][-_LINES_TRIED:]
    if parts := next((parts for start in reversed(lines) if (parts := _parts(text, start))), None):
        return parts
    inside = [found.start() for found in _SETTINGS_INSIDE.finditer(text)][-1:]
    if inside and not _starts_with_pair(text[last:]) and (parts := _parts(text, inside[0])):
        return parts
    return _parts(text, last)


def quote(value: str) -> str:
    """Return a value as `parse_infotext` reads it back: quoted as JSON where it needs to be."""
    is_plain = bool(value) and not any(character in value for character in ',:\n"{[') and value == value.strip()
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def quote_whole(value: str) -> str:
    """Return a text as a quoted value in which no program finds an end or a key: no other quotation mark, no colon."""
    escaped = (f"\\u{ord(sign):04x}" if sign in '":' else json.dumps(sign, ensure_ascii=False)[1:-1] for sign in value)
    return f'"{"".join(escaped)}"'


def _starts_with_pair(line: str) -> bool:
    key = _KEY.match(line)
    return bool(key) and NEGATIVE not in line


def _parts(text: str, start: int) -> InfotextParts | None:
    """Return the parts of a text whose settings begin at a position; None for too few of them."""
    template = _TEMPLATE.search(text, start)
    pairs = _split_pairs(text[start : template.start() if template else len(text)])
    if len(pairs) < _MIN_PAIRS:
        return None
    is_inside = start > 0 and text[start - 1] != "\n"
    prompt, negative = _prompts(text[:start], is_inside=is_inside)
    templates = dict.fromkeys(found[1] for found in _TEMPLATE.finditer(text, start))
    return InfotextParts(prompt, negative, pairs, tuple(templates))


def _prompts(head: str, *, is_inside: bool) -> tuple[str, str]:
    """Return prompt and negative prompt of the text before the settings; `is_inside`: all of it is one line."""
    if is_inside:
        prompt, _, negative = head.partition(NEGATIVE)
        return prompt.strip(), negative.strip()
    lines = head.strip().split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip().startswith(NEGATIVE)), len(lines))
    negative = "\n".join(lines[start:]).strip().removeprefix(NEGATIVE)
    return "\n".join(lines[:start]).strip(), negative.strip()


def _split_pairs(text: str) -> dict[str, Any]:
    """Return the pairs of the first line, and those behind it that the first line does not have."""
    pairs: dict[str, Any] = {}
    behind: dict[str, Any] = {}
    end_of_line = text.find("\n")
    at = found = 0
    # Counted with those of one name: JSON that does not end is looked through to the end of the text.
    while at < len(text) and found < _MAX_PAIRS:
        key = _KEY.match(text, at)
        if key:
            found += 1
            (pairs if end_of_line < 0 or at <= end_of_line else behind)[key[1].strip()], at = _value(text, key.end())
        at = _end_of_pair(text, at) + 1
    return pairs | {key: value for key, value in behind.items() if key not in pairs}


def _end_of_pair(text: str, at: int) -> int:
    end = _END.search(text, at)
    return end.start() if end else len(text)


def _value(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins at `start`, and the position behind it."""
    if text[start : start + 1] in ("{", "["):  # Civitai writes its resources as JSON without quotes
        try:
            return json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            pass
    if quoted := _QUOTED.match(text, start):
        try:
            return json.loads(quoted[0]), quoted.end()
        except (ValueError, RecursionError):
            return quoted[0], quoted.end()
    end = _end_of_pair(text, start)
    return text[start:end].strip(), end
