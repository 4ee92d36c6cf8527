"""Every text of the catalogue is used, and every message and text that the code makes has one with its parameters."""

from __future__ import annotations

import re

from components.messages.catalogue import Template, placeholders, texts
from components.messages.message import LITERAL
from tests.support.catalogue_uses import Use, script_strings, strings, uses

SECTIONS = {
    "archive",
    "backend",
    "charge",
    "feature",
    "field",
    "lora",
    "lora_base",
    "lora_site",
    "message",
    "page",
    "preset",
    "recipe",
    "sentence",
    "shape",
}
"""Sections of the catalogue that Python uses; those of the scripts are looked at by tests/assets/test_texts.py."""
KEYS = sorted(key for key in texts() if key.partition(".")[0] in SECTIONS)
CODES = sorted({key.split(".")[1] for key in KEYS if key.startswith("message.")})
MADE = [use for use in uses() if "*" not in use.key]
BY_PATTERN = [use for use in uses() if "*" in use.key and use.key.strip("*.")]


def templates_of(use: Use) -> list[Template]:
    """Return the templates that a use renders: a message has one or two."""
    keys = [f"message.{use.key}.{part}" for part in ("happened", "advice")] if use.maker == "Message" else [use.key]
    return [texts()[key] for key in keys if key in texts()]


def test_every_section_that_is_named_here_is_there():
    assert {key.partition(".")[0] for key in KEYS} == SECTIONS


def test_what_the_code_makes_has_a_text_with_exactly_its_parameters():
    for use in MADE:
        templates = templates_of(use)
        assert templates, use
        if use.params is not None:
            assert use.params == frozenset().union(*map(placeholders, templates)), use


def test_every_code_has_what_happened_and_at_most_an_advice_beside_it():
    for code in CODES:
        parts = {key.split(".", 2)[2] for key in KEYS if key.startswith(f"message.{code}.")}
        assert parts in ({"happened"}, {"happened", "advice"}), code


def test_every_message_is_made_somewhere():
    made = {use.key for use in uses() if use.maker == "Message"} | {LITERAL}
    assert set(CODES) - made - script_strings() == set()


def test_every_other_text_is_used_somewhere():
    exact = {use.key for use in uses() if use.maker != "Message"} | strings() | script_strings()
    left = [key for key in KEYS if not key.startswith("message.") and key not in exact]
    assert [key for key in left if not is_computed(key) and not is_name_of_field(key)] == []


def is_name_of_field(key: str) -> bool:
    """Return whether the scripts show this name of a setting, which `fieldName` of shared/labels.js makes a key of."""
    found = re.fullmatch(r"field\.(\w+)\.(?:label|title)", key)
    return found is not None and found[1] in script_strings()


def is_computed(key: str) -> bool:
    """Return whether code computes this key, from parts that are string constants somewhere in it."""
    for use in (use for use in BY_PATTERN if use.matches(key)):
        parts = re.fullmatch(re.escape(use.key).replace(r"\*", r"(\w+)"), key)
        if parts and set(parts.groups()) <= strings():
            return True
    return False
