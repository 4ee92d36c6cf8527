"""A press that would pay for the very same picture again is asked about before anything is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi


@pytest.fixture
def person(regular: Person) -> Person:
    """Somebody whose every test has seeds of its own, since a picture of the test before would be the same one."""
    return regular


def question(person: Person) -> Locator:
    return person.page.get_by_role("alertdialog", name="This would make the same picture again.")


def make_one(person: Person, seed: int) -> None:
    person.set_number("Seed", seed)
    person.generate("a locked fox")
    person.sees_pictures(1)


def test_the_same_press_again_is_asked_about_and_a_variation_draws_a_seed(person: Person, api: HostedApi) -> None:
    make_one(person, 7)
    person.generate()
    expect(question(person)).to_be_visible()
    expect(person.button("New variation")).to_be_focused()
    assert len(api.posts) == 1
    person.page.keyboard.press("Enter")
    person.sees_pictures(2)
    expect(person.number("Seed")).to_have_value("")
    assert api.posts[0]["seed"] == 7 != api.posts[1]["seed"]
    person.generate()
    person.sees_pictures(3)


@pytest.mark.full
def test_it_is_made_anyway_or_not_at_all(person: Person, api: HostedApi) -> None:
    make_one(person, 17)
    person.generate()
    expect(question(person)).to_be_visible()
    person.page.keyboard.press("Escape")
    expect(question(person)).to_have_count(0)
    expect(person.generate_button).to_be_focused()
    person.has_tiles(1)
    person.generate()
    person.button("Make it anyway").click()
    person.sees_pictures(2)
    assert [post["seed"] for post in api.posts] == [17, 17]


@pytest.mark.full
def test_one_under_way_counts_and_one_of_before_a_reload(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    person.set_number("Seed", 8)
    person.generate("under way")
    person.sees("processing", 1)
    person.generate()
    expect(question(person)).to_be_visible()
    person.page.keyboard.press("Escape")
    api.finish_all()
    person.sees_pictures(1)
    person.draft_holds("under way")
    person.page.reload()
    person.sees_pictures(1)
    person.generate()
    expect(question(person)).to_be_visible()
    assert len(api.posts) == 1


@pytest.mark.full
def test_what_differs_is_not_asked_about(person: Person, api: HostedApi) -> None:
    make_one(person, 27)
    person.set_number("Seed", 29)
    person.generate()
    person.sees_pictures(2)
    person.set_number("Seed", 27)
    person.generate("another locked fox")
    person.sees_pictures(3)
    person.page.get_by_role("textbox", name="LoRA 1", exact=True).fill("owner/style")
    person.generate()
    person.sees_pictures(4)
    assert len(api.posts) == 4


@pytest.mark.full
def test_a_locked_seed_is_seen_at_the_prompt_and_unlocked_there(person: Person) -> None:
    chip = person.page.get_by_role("list", name="Added to your prompt").get_by_role("listitem")
    expect(chip).to_have_count(0)
    person.set_number("Seed", 7)
    expect(chip).to_contain_text("Seed 7")
    person.button("Use a random seed").click()
    expect(chip).to_have_count(0)
    expect(person.number("Seed")).to_have_value("")


@pytest.mark.full
@pytest.mark.app("demo")
def test_a_free_press_is_not_asked_about(person: Person) -> None:
    make_one(person, 7)
    person.generate()
    person.sees_pictures(2)
