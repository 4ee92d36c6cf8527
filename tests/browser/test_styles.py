"""Prompt styles as a person chooses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.mark.full
def test_several_styles_go_out_with_the_words(person: Person, api: HostedApi) -> None:
    person.button("Style").click()
    dialog = person.page.get_by_role("dialog", name="Styles")
    expect(dialog.get_by_role("listitem")).to_have_count(25)
    dialog.get_by_role("button", name="Watercolor").click()
    dialog.get_by_role("button", name="Golden hour").click()
    expect(dialog.get_by_role("button", name="Watercolor")).to_have_attribute("aria-pressed", "true")
    dialog.get_by_text("Show added words").click()
    person.sees_text("watercolor painting, soft washes, bleeding pigments")
    dialog.get_by_role("button", name="Close").click()
    expect(person.button("Style")).to_be_focused()
    person.button("Remove style: Golden hour").click()
    person.page.get_by_role("textbox", name="Negative prompt").fill("text")
    person.generate("a fox <lora:x/y:1>")
    person.sees("completed", 1)
    sent = api.posts[-1]
    assert sent["prompt"] == "a fox, watercolor painting, soft washes, bleeding pigments, textured paper"
    assert sent["negative_prompt"] == "text, photograph, render, hard outlines"
    person.button("Remove style: Watercolor").click()
    person.generate("a fox")
    person.sees("completed", 2)
    assert api.posts[-1]["prompt"] == "a fox"


@pytest.mark.full
def test_by_keyboard(person: Person) -> None:
    person.button("Style").focus()
    person.page.keyboard.press("Enter")
    dialog = person.page.get_by_role("dialog", name="Styles")
    dialog.get_by_role("button", name="Photograph", exact=True).wait_for()
    dialog.get_by_role("button", name="Photograph", exact=True).focus()
    person.page.keyboard.press("Space")
    person.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(person.button("Style")).to_be_focused()
    expect(person.button("Remove style: Photograph")).to_be_visible()


@pytest.mark.full
def test_by_touch_on_a_phone(on_a_phone: Person) -> None:
    person = on_a_phone
    person.button("Style").tap()
    dialog = person.page.get_by_role("dialog", name="Styles")
    card = dialog.get_by_role("button", name="Sticker")
    card.tap()
    expect(card).to_have_attribute("aria-pressed", "true")
    close = dialog.get_by_role("button", name="Close")
    box = close.bounding_box()
    assert box and box["height"] >= 44 and box["width"] >= 44
    close.tap()
    expect(person.button("Remove style: Sticker")).to_be_visible()


@pytest.mark.full
@pytest.mark.app("demo")
def test_an_example_has_no_styles(person: Person) -> None:
    person.button("Style").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Neon glow").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    person.page.get_by_role("button", name="Use example:").first.click()
    expect(person.button("Remove style: Neon glow")).to_be_hidden()
