"""Whatever fills the whole form is undone by the notice that says so, with the picture that it removed."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.support.v3_task import png


def has_the_form_back(person: Person) -> None:
    person.button("Undo").click()
    expect(person.prompt).to_have_value("a fox")
    expect(person.button("Remove picture")).to_be_visible()
    expect(person.number("Width")).to_have_value("1160")
    person.sees_text("Your earlier settings are back.")


@pytest.mark.app("pictures")
@pytest.mark.full
def test_a_reset_and_a_link_are_undone_with_the_picture_that_they_removed(person: Person) -> None:
    person.prompt.fill("a fox")
    person.start_from("photo.png", png(640, 512, 1))
    expect(person.page.locator("#attached img")).to_be_visible()
    ideas = person.results.locator(".ideas")
    place = ideas.bounding_box()
    person.button("Reset to defaults").click()
    expect(person.button("Remove picture")).to_be_hidden()
    expect(person.prompt).to_have_value("")
    expect(person.button("Undo")).to_be_in_viewport()
    assert ideas.bounding_box() == place, "what is said stands over the page"
    has_the_form_back(person)
    person.draft_holds("a fox")
    person.page.goto("about:blank")
    person.page.goto(f"{person.url}#make={quote(json.dumps({'prompt': 'a cat', 'width': 512}))}")
    person.results.wait_for()
    expect(person.prompt).to_have_value("a cat")
    expect(person.button("Remove picture")).to_be_hidden()
    has_the_form_back(person)
