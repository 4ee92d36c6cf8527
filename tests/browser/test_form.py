"""The form: each control does what its name says, and a value that is not allowed is told at its field."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi

ABOVE_GENERATE = """(node) => node.getBoundingClientRect().bottom
  <= document.querySelector("#action").getBoundingClientRect().top"""


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def test_an_example_fills_the_form_and_spends_nothing(newcomer: Person, api: HostedApi) -> None:
    person = newcomer
    examples = person.page.get_by_role("button", name="Use example:")
    expect(examples).to_have_count(6)
    person.set_number("Steps", 3)
    examples.first.click()
    expect(person.prompt).not_to_have_value("")
    expect(person.number("Steps")).not_to_have_value("3")
    expect(person.prompt).to_be_focused()
    expect(person.tiles).to_have_count(0)
    person.generate()
    person.sees_pictures(1)
    assert len(api.posts) == 1
    expect(examples).to_have_count(6)
    tile, idea = person.tiles.first.bounding_box(), examples.first.bounding_box()
    assert tile and idea and idea["y"] > tile["y"] + tile["height"], "they stay, behind the pictures"


@pytest.mark.full
def test_an_empty_prompt_is_told_at_its_field_and_sends_nothing(person: Person, api: HostedApi) -> None:
    person.generate("")
    person.sees_text("Write a prompt first")
    expect(person.prompt).to_be_focused()
    expect(person.prompt).to_have_accessible_description(re.compile("Write a prompt first"))
    person.has_tiles(0)
    person.generate("now with words")
    person.sees_pictures(1)
    expect(person.page.get_by_text("Write a prompt first")).to_have_count(0)
    assert len(api.posts) == 1


def test_named_shapes_set_both_sliders_and_follow_them(person: Person) -> None:
    person.choose("Shape", "Cinema")
    expect(person.number("Width")).to_have_value("1536")
    expect(person.number("Height")).to_have_value("640")
    person.page.get_by_role("button", name="Swap width and height").click()
    expect(person.number("Width")).to_have_value("640")
    person.choose("Shape", "Portrait")
    expect(person.number("Height")).to_have_value("1152")
    person.set_number("Width", 1152)
    person.set_number("Height", 896)
    expect(person.page.get_by_role("radio", name="Landscape", exact=True)).to_be_checked()
    person.set_number("Height", 904)
    expect(person.page.get_by_role("radio", name="Landscape", exact=True)).not_to_be_checked()


def test_lora_rows_are_added_removed_and_switched_off(person: Person, api: HostedApi) -> None:
    add = person.page.get_by_role("button", name="Add LoRA", exact=True)
    for number in range(1, 5):
        if number > 1:
            add.click()
        person.page.get_by_role("textbox", name=f"LoRA {number}", exact=True).fill(f"owner/style-{number}")
        person.set_number(f"LoRA {number} scale", number / 2)
    person.page.get_by_role("button", name="Remove LoRA 2").click()
    expect(person.page.get_by_role("textbox", name="LoRA 4", exact=True)).to_have_count(0)
    expect(person.page.get_by_role("textbox", name="LoRA 2", exact=True)).to_have_value("owner/style-3")
    person.page.get_by_label("Use LoRA 1", exact=True).uncheck()
    person.generate("with loras")
    person.sees_pictures(1)
    assert api.posts[0]["loras"] == [
        {"path": "owner/style-3", "scale": 1.5},
        {"path": "owner/style-4", "scale": 2.0},
    ]


@pytest.mark.full
def test_a_lora_that_is_none_is_told_at_its_row(person: Person, api: HostedApi) -> None:
    person.page.get_by_role("button", name="Add LoRA", exact=True).click()
    wrong = person.page.get_by_role("textbox", name="LoRA 2", exact=True)
    wrong.fill("http://localhost/secret")
    person.generate("bad lora")
    person.sees_text("isn't on the public internet")
    expect(wrong).to_be_focused()
    person.has_tiles(0)
    assert api.posts == []


def test_every_text_box_has_its_help_tied_to_it(person: Person) -> None:
    helps = {"Prompt": "Describe the picture", "Negative prompt": "Things to leave out", "LoRA 1": "LoRAs are add-ons"}
    for name, words in helps.items():
        box = person.page.get_by_role("textbox", name=name, exact=True)
        expect(box).to_have_accessible_description(re.compile(words))


def test_text_is_text_everywhere(person: Person, api: HostedApi) -> None:
    hostile = "<img src=x onerror=window.pwned=1> ${window.pwned=1} {{7*7}} **bold** \u202e =1+1"
    person.generate(hostile)
    person.sees_pictures(1)
    person.results.get_by_role("button", name="Open: <img").first.click()
    expect(person.page.get_by_role("dialog")).to_contain_text("<img src=x onerror")
    assert person.page.evaluate("window.pwned") is None
    assert api.posts[0]["prompt"] == hostile


def test_a_group_that_opens_below_the_edge_comes_into_view(person: Person) -> None:
    head, reset = person.button("Compare and share"), person.button("Reset to defaults")
    person.page.set_viewport_size({"width": 1280, "height": 620})
    if reset.is_visible():
        head.press("Enter")
    head.press("Enter")
    person.page.wait_for_function(ABOVE_GENERATE, arg=reset.element_handle(), timeout=5000)
