"""Catalogues of all languages: each has the keys of English, their placeholders, and its own plural forms."""

from __future__ import annotations

import json
import re

import pytest

from components.messages.catalogue import (
    ENGLISH,
    FOLDER,
    PLACEHOLDER,
    Template,
    filled,
    flattened,
    language_names,
    languages,
    text,
    texts,
)
from components.messages.plurals import OTHER, plural_categories

OTHERS = [language for language in languages() if language != ENGLISH]
FOR_MILLIONS = {"es": {"many"}, "fr": {"many"}, "it": {"many"}, "pt-BR": {"many"}}
"""Categories that go with whole millions alone: nothing here is counted so far."""
PHRASES = ("feature.", "file_content.", "lora_base.", "language.")
"""Sections whose texts stand within sentences, or are names."""
SHORT = 24
"""Letters of an English text that stands on a button or as a label."""
SPARE = 6
"""Letters that a translation of a short text may have beyond twice those of the English one."""
NAMES = {
    "loras.page_of": "loras.page",
    "loras.use_of": "loras.use",
    "loras.is_in_use": "loras.in_use",
    "loras.is_in_row": "loras.in_row",
    "loras.check_of": "loras.check",
    "shared.copy_task": "shared.copy",
    "viewer.copy_seed": "shared.copy",
    "code.copy": "shared.copy",
}
"""Accessible names of links and buttons, each with the text that is shown on it."""


def forms(template: Template) -> dict[str, str]:
    return {OTHER: template} if isinstance(template, str) else dict(template)


def placeholders(form: str) -> set[tuple[str, str]]:
    """Return the names and formats of a form's placeholders; a form such as `one` may do without the count."""
    return {*PLACEHOLDER.findall(form)} - {("count", "")}


def test_there_are_twelve_each_under_its_own_name():
    assert {*languages()} == {"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt-BR", "uk", "zh-CN"}
    assert len({*language_names().values()}) == len(languages())
    assert [*language_names().values()] == sorted(language_names().values())


@pytest.mark.parametrize("language", OTHERS)
def test_it_has_every_key_and_no_other(language):
    assert texts(language).keys() - texts().keys() == texts().keys() - texts(language).keys() == set()


@pytest.mark.parametrize("language", OTHERS)
def test_its_texts_have_the_placeholders_of_the_english_ones_and_their_formats(language):
    for key, english in texts().items():
        needed = placeholders(forms(english)[OTHER])
        for form in forms(texts(language)[key]).values():
            assert placeholders(form) == needed, (key, form)
            assert "{" not in PLACEHOLDER.sub("", form), (key, form)


@pytest.mark.parametrize("language", languages())
def test_a_plural_has_exactly_the_forms_of_its_language(language):
    for key, english in texts().items():
        template = texts(language)[key]
        assert isinstance(template, str) == isinstance(english, str), key
        if not isinstance(template, str):
            needed = plural_categories(language) - FOR_MILLIONS.get(language, set())
            assert needed <= template.keys() <= plural_categories(language), key


@pytest.mark.parametrize("language", languages())
def test_its_file_has_texts_alone_and_names_nothing_twice(language):
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        assert len({name for name, _ in pairs}) == len(pairs), pairs
        return dict(pairs)

    source = (FOLDER / f"{language}.json").read_text(encoding="utf-8")
    for key, template in flattened(json.loads(source, object_pairs_hook=once)):
        for form in forms(template).values():
            assert form == form.strip() != "", key
            assert not re.search(r"[\x00-\x1f<>`]|  |&\w+;", form), (key, form)
    assert text("language.direction", language=language) == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_short_in_english_is_short_enough_for_its_place(language):
    for key, english in texts().items():
        translated = texts(language)[key]
        if isinstance(english, str) and len(english) <= SHORT and not key.startswith((*PHRASES, "message.")):
            assert len(str(translated)) <= 2 * len(english) + SPARE, (key, translated)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", NAMES)
def test_an_accessible_name_has_the_words_that_are_seen(name, language):
    """Who speaks to the computer says what is seen: WCAG 2.5.3."""
    assert str(texts(language)[NAMES[name]]).casefold() in str(texts(language)[name]).casefold()


@pytest.mark.parametrize("language", languages())
def test_how_much_to_change_and_the_way_of_editing_have_different_names(language):
    flat = texts(language)
    modes = {str(flat[key]) for key in flat if re.fullmatch(r"source_image\.mode\.\w+\.name", key)}
    steps = {str(flat[key]) for key in flat if re.fullmatch(r"source_image\.step\.\w+", key)}
    assert modes
    assert steps
    assert not modes & steps


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        ("uk", 1, "one"),
        ("uk", 21, "one"),
        ("uk", 3, "few"),
        ("uk", 12, "many"),
        ("uk", 1.5, "other"),
        ("ar", 0, "zero"),
        ("ar", 2, "two"),
        ("ar", 103, "few"),
        ("ar", 111, "many"),
        ("ar", 100, "other"),
        ("fr", 0, "one"),
        ("de", 0, "other"),
        ("ja", 1, "other"),
        ("en", "1", "other"),
    ],
)
def test_a_count_takes_the_form_of_its_language(language, count, form):
    assert filled({one: one for one in plural_categories(language)}, {"count": count}, language) == form


def test_a_category_without_a_form_of_its_own_has_that_of_the_others():
    assert filled({"one": "1", OTHER: "more"}, {"count": 1_000_000}, "es") == "more"
