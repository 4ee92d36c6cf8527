"""Prompt styles: what they add, that they go together, and that none stands in another's way."""

import itertools
import re

import pytest
from PIL import Image, ImageChops, ImageStat

from components import messages
from components.engines.demo.styles.in_prompt import without_styles
from components.engines.demo.words.parse import read_scene
from components.errors import InvalidRequest
from components.messages.catalogue import text
from components.prompts.styles import FILE, apply_styles, prompt_styles
from components.ui.panels.prompt import PromptTexts
from components.ui.panels.styles import with_styles
from tests.tools.repaint_samples import style_sample

STYLES = list(prompt_styles().values())
LIGHT = "golden-hour"
"""The one style that is a light, which the demo paints as such."""


def apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of all channels, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def test_there_are_at_least_twenty():
    assert len(STYLES) >= 20
    assert len({text(f"style.{style.name}.title") for style in STYLES}) == len(STYLES)


@pytest.mark.parametrize("style", STYLES, ids=[style.name for style in STYLES])
def test_a_style_has_both_halves_and_its_picture(style):
    assert style.prompt.count("{prompt}") == 1
    assert style.negative_prompt
    assert re.fullmatch(r"[a-z-]+", style.name)
    with Image.open(FILE.parent / f"{style.name}.webp") as picture:
        assert picture.size == (192, 192)
        assert apart(picture.convert("RGB"), style_sample(style.name)) < 8, "python -m tests.tools.repaint_samples"


def test_no_picture_without_a_style():
    assert {file.stem for file in FILE.parent.glob("*.webp")} == set(prompt_styles())


@pytest.mark.full
def test_each_style_looks_different_from_the_others_and_from_none():
    pictures = {"none": style_sample(), **{style.name: style_sample(style.name) for style in STYLES}}
    near = [(one, two) for one, two in itertools.combinations(pictures, 2) if apart(pictures[one], pictures[two]) < 3]
    assert near == []


@pytest.mark.parametrize("style", [style for style in STYLES if style.name != LIGHT], ids=lambda style: style.name)
@pytest.mark.parametrize("prompt", ["a fox in the forest", "two red balloons over the city at night, in the rain"])
def test_a_style_s_words_put_nothing_into_the_demo_s_scene(style, prompt):
    styled, negative = apply_styles(prompt, "", [style.name])
    scene, plain = read_scene(without_styles(styled), negative), read_scene(prompt)
    assert (scene.subjects, scene.place, scene.light, scene.weathers) == (
        plain.subjects,
        plain.place,
        plain.light,
        plain.weathers,
    )


def test_the_person_s_words_come_first():
    prompt, negative = apply_styles("a fox", "text", ["watercolor"])
    assert prompt == "a fox, watercolor painting, soft washes, bleeding pigments, textured paper"
    assert negative == "text, photograph, render, hard outlines"


def test_several_go_together_in_one_order_whatever_was_pressed_first():
    one, other = (
        apply_styles("a fox", "", ["neon", "watercolor"]),
        apply_styles("a fox", "", ["watercolor", "neon", "neon"]),
    )
    assert one == other
    assert one[0].startswith("a fox, watercolor painting") and "neon outlines" in one[0]


def test_no_style_forbids_what_is_asked_for():
    _, negative = apply_styles("a photograph of a fox", "", ["watercolor"])
    assert "photograph" not in negative
    _, negative = apply_styles("a fox", "", ["film-still", "photograph"])
    assert "photograph" not in negative


def test_what_is_kept_out_is_said_once():
    _, negative = apply_styles("a fox", "photograph, text", ["watercolor", "oil-painting"])
    assert negative == "photograph, text, render, hard outlines, flat shading"


def test_without_a_style_nothing_changes():
    assert apply_styles("a fox ", "", []) == ("a fox ", "")


def test_no_words_stay_no_words():
    assert apply_styles("  ", "text", ["neon"]) == ("  ", "text")


def test_words_that_look_like_a_template_are_a_person_s_own():
    assert apply_styles("{prompt} {0}", "", ["neon"])[0].startswith("{prompt} {0}, glowing")


@pytest.mark.parametrize("given", [["no-such-style"], [3], ["neon", None], [["neon"]]])
def test_an_unknown_style_is_refused(given):
    with pytest.raises(InvalidRequest) as refused:
        with_styles({"styles": given}, PromptTexts("a fox", ""))
    assert refused.value.field == "styles"
    assert str(refused.value).startswith(messages.NO_SUCH_STYLE.happened)


@pytest.mark.parametrize("given", [None, [], "neon", {"neon": True}])
def test_what_is_no_list_names_no_style(given):
    assert with_styles({"styles": given}, PromptTexts("a fox", "text")) == PromptTexts("a fox", "text")
