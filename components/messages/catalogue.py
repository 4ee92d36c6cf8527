"""Catalogue of texts: every text that a visitor sees, by key, one JSON file a language in assets/locales.

A text is a template with `{name}` placeholders, or one template for each plural category of the language (`one`,
`other`), chosen by the parameter `count`. `{price, money}` names the format of a number: see formats.py.
assets/ui/shared/texts.js renders the same files in the browser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from components.messages.formats import FORMATS, number
from components.messages.plurals import OTHER, plural_category

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "locales"
ENGLISH = "en"
PLACEHOLDER = re.compile(r"\{(\w+)(?:, (\w+))?\}")
"""Name of a parameter, and its format."""

Template = str | Mapping[str, str]
"""Template of a text; a mapping has one for each plural category."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text of the catalogue: its key and the values of its placeholders. `str()` of it is English."""

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the text in English."""
        return text(self.key, self.params)


Param = str | int | float | Text | tuple[str, ...]
"""Value of a placeholder. Numbers and lists are written as the language writes them; another text is rendered first.

A string stays as it is: also in place of a number that an earlier version stored as it was shown.
"""


def text(key: str, params: Mapping[str, Param] | None = None, language: str = ENGLISH) -> str:
    """Return the text of a key. Raises KeyError for an unknown key or a missing parameter."""
    return filled(texts(language)[key], params or {}, language)


def filled(template: Template, params: Mapping[str, Param], language: str = ENGLISH) -> str:
    """Return a template with its placeholders filled. Raises KeyError for a missing parameter."""
    chosen = template if isinstance(template, str) else _of_count(template, params["count"], language)
    return PLACEHOLDER.sub(lambda found: _shown(params[found[1]], found[2], language), chosen)


def can_render(key: str, params: Mapping[str, Param], language: str = ENGLISH) -> bool:
    """Return whether a text exists and has all its parameters: a newer version's record may name others."""
    if key not in texts(language) or not placeholders(texts(language)[key]) <= params.keys():
        return False
    return all(can_render(one.key, one.params, language) for one in params.values() if isinstance(one, Text))


def placeholders(template: Template) -> frozenset[str]:
    """Return the names of the parameters that a template needs; a plural needs `count`."""
    if isinstance(template, str):
        return frozenset(_names(template))
    return frozenset({"count"}.union(*map(_names, template.values())))


def pair(first: Text, second: Text) -> Text:
    """Return two sentences as one text."""
    return Text("sentence.pair", {"first": first, "second": second})


def text_record(value: Text) -> dict[str, Any]:
    """Return a text as JSON values, as the page's scripts take it."""
    return asdict(value)


def _of_count(template: Mapping[str, str], count: Param, language: str) -> str:
    """Return the form of a plural that goes with a count; a category without a form has that of `other`."""
    category = plural_category(language, count) if isinstance(count, int | float) else OTHER
    return template.get(category, template[OTHER])


def _names(template: str) -> list[str]:
    return [name for name, _ in PLACEHOLDER.findall(template)]


def _shown(value: Param, kind: str | None, language: str) -> str:
    if isinstance(value, Text):
        return text(value.key, value.params, language)
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return ", ".join(value)
    return FORMATS[kind](value) if kind else number(value)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue, such as `en`."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def language_names() -> Mapping[str, str]:
    """Return the languages by their tags, each under its own name, in the order of these names."""
    names = {language: text("language.name", language=language) for language in languages()}
    return dict(sorted(names.items(), key=lambda one: one[1]))


@cache
def texts(language: str = ENGLISH) -> Mapping[str, Template]:
    """Return all texts of a language by key, such as `message.no_prompt.happened`. Reads the file once."""
    return dict(flattened(json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))))


def flattened(branch: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Template]]:
    """Yield the keys and templates of a nested catalogue; a mapping with `other` is a plural."""
    for name, value in branch.items():
        if isinstance(value, Mapping) and "other" not in value:
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
