"""Prompt styles: words put around the visitor's own, several at once, each with a part for the negative prompt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from components import messages
from components.errors import InvalidRequest

FILE = Path(__file__).resolve().parents[2] / "assets" / "prompt_styles" / "styles.json"
PLACE = "{prompt}"
"""Placeholder of the visitor's own words in a style, as in the style files of A1111."""


@dataclass(frozen=True, slots=True)
class PromptStyle:
    """One style."""

    name: str
    """Its title is the text `style.<name>.title` of the catalogue."""
    prompt: str
    """Has `{prompt}` once."""
    negative_prompt: str
    """Comma-separated."""


@cache
def prompt_styles() -> Mapping[str, PromptStyle]:
    """Return all styles by name, in the order in which they are offered and applied."""
    found = (PromptStyle(**one) for one in json.loads(FILE.read_text(encoding="utf-8")))
    return {style.name: style for style in found}


def names_of(values: Any) -> list[str]:
    """Return what a script named; none when it is no list. Raises InvalidRequest for what is no name."""
    names = values if isinstance(values, list) else []
    if not all(isinstance(name, str) for name in names):
        raise InvalidRequest("styles", messages.NO_SUCH_STYLE)
    return names


def apply_styles(prompt: str, negative_prompt: str, names: Iterable[str]) -> tuple[str, str]:
    """Return both texts with the words of the named styles; the order of the names changes nothing.

    A style does not forbid what the prompt or another style requests. Raises InvalidRequest for an unknown name.
    """
    styles, wanted = prompt_styles(), set(names)
    if not wanted <= styles.keys():
        raise InvalidRequest("styles", messages.NO_SUCH_STYLE)
    if not prompt.strip():
        return prompt, negative_prompt
    chosen = [style for name, style in styles.items() if name in wanted]
    for style in chosen:
        prompt = style.prompt.replace(PLACE, prompt)
    return prompt, _without_clashes(prompt, negative_prompt, chosen)


def _without_clashes(prompt: str, negative_prompt: str, chosen: Iterable[PromptStyle]) -> str:
    words = [negative_prompt] if negative_prompt else []
    for style in chosen:
        for word in style.negative_prompt.split(", "):
            if not _names(prompt, word) and not _names(", ".join(words), word):
                words.append(word)
    return ", ".join(words)


def _names(text: str, word: str) -> bool:
    # No boundary behind the word: "cartoons" names "cartoon" too.
    return re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) is not None
