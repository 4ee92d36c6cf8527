"""Names of downloads: from the prompt, and safe wherever they are saved."""

from __future__ import annotations

import pytest

from components.domain.request import GenerationRequest
from components.ui.routes.file_names import REMOVAL_PROMPT, attachment, picture_stem
from tests.support.paths import ASSETS


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("a red fox in the snow", "red-fox-in-the-snow-7"),
        ("  The Castle, at NIGHT!  ", "castle-at-night-7"),
        ("an", "an-7"),
        ("../../etc/passwd", "etc-passwd-7"),
        ('con: <x>|"y"?*\\z\0\n\u202e', "con-x-y-z-7"),
        ("ein Käuzchen über Köln", "ein-käuzchen-über-köln-7"),
        ("ثعلب أحمر", "ثعلب-أحمر-7"),
        ("🦊", "7"),
        ("x" * 9_000, "x" * 60 + "-7"),
        ("one two " * 900, "one-two-one-two-one-two-one-two-one-two-one-two-one-two-one-7"),
    ],
)
def test_the_first_words_and_the_seed(prompt, stem):
    assert picture_stem(GenerationRequest(prompt, seed=7)) == stem


def test_many_bytes_are_cut_between_letters():
    name = picture_stem(GenerationRequest("雪" * 500, seed=7))
    assert name == "雪" * 40 + "-7"


def test_a_job_without_a_seed_has_its_words():
    assert picture_stem(GenerationRequest("a fox")) == "fox"
    assert picture_stem(GenerationRequest("!")) == "picture"


def test_a_removal_is_named_as_the_page_names_it():
    assert f'"{REMOVAL_PROMPT}"' in (ASSETS / "ui" / "shared" / "removal.js").read_text()
    removal = GenerationRequest(REMOVAL_PROMPT, seed=7)
    assert picture_stem(removal) == "removed-a-part-7"
    assert picture_stem(removal, "de") == "bereich-entfernt-7"


def test_a_header_takes_any_letters():
    assert attachment("fox-7.png") == 'attachment; filename="fox-7.png"'
    assert attachment("käuzchen-7.png") == "attachment; filename*=UTF-8''k%C3%A4uzchen-7.png"
