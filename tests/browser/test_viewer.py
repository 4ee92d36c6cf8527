"""What a person does with an opened picture."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from components import messages
from tests.browser.person import Person
from tests.support.v3_service import HostedApi

pytestmark = pytest.mark.app("pictures")


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def act(view: Locator, name: str) -> None:
    view.get_by_role("button", name=name, exact=True).click()


@pytest.mark.full
def test_the_same_settings_come_back_and_start_nothing(person: Person, api: HostedApi) -> None:
    person.make("a fox", 7, 33)
    sent = api.posts[-1]
    person.prompt.fill("something else")
    person.set_number("Seed", 99)
    person.set_number("Steps", 11)
    act(person.open_picture("a fox"), "Use these settings")
    person.sees_text("Loaded this picture's settings, including its seed.")
    expect(person.prompt).to_have_value("a fox")
    expect(person.number("Seed")).to_have_value("7")
    assert len(api.posts) == 1
    person.generate()
    person.button("Make it anyway").click()
    person.sees("completed", 2)
    assert api.posts[-1] == sent


@pytest.mark.full
def test_a_kept_seed_changes_the_seed_alone(person: Person, api: HostedApi) -> None:
    person.make("a fox", 7)
    person.set_number("Seed", 99)
    person.prompt.fill("an owl")
    act(person.open_picture("a fox"), "Lock this seed")
    person.sees_text("Seed 7 is set.")
    expect(person.prompt).to_have_value("an owl")
    person.generate()
    person.sees("completed", 2)
    assert (api.posts[-1]["prompt"], api.posts[-1]["seed"]) == ("an owl", 7)


@pytest.mark.full
def test_a_variation_is_made_at_once_with_another_seed_alone(person: Person, api: HostedApi) -> None:
    person.make("a fox", 7, 33)
    person.set_number("Steps", 11)
    person.prompt.fill("something else")
    person.open_picture("a fox").get_by_role("button", name="Variation").click()
    person.sees("completed", 2)
    first, second = api.posts
    assert {**second, "seed": 7} == first and second["seed"] != 7
    expect(person.prompt).to_have_value("something else")
    expect(person.number("Steps")).to_have_value("11")


@pytest.mark.full
def test_editing_puts_it_in_the_one_place_where_pictures_are_edited(person: Person) -> None:
    person.make("a fox", 7)
    act(person.open_picture("a fox"), "Edit")
    expect(person.page.get_by_role("dialog", name="Picture", exact=True)).to_be_hidden()
    expect(person.page.get_by_role("img", name="fitted to 1024 × 1024")).to_be_visible()


def test_back_closes_it_and_leads_nowhere_else(person: Person) -> None:
    person.make("a fox", 7)
    view, address = person.open_picture("a fox"), person.page.url
    person.page.evaluate("history.back()")
    expect(view).to_be_hidden()
    assert person.page.url == address
    expect(person.results.get_by_role("button", name="Open: a fox").first).to_be_focused()


def test_it_is_shared_as_a_file_that_its_prompt_names(person: Person) -> None:
    person.make("a red fox", 7)
    person.page.evaluate(
        """() => {
          navigator.canShare = () => true;
          navigator.share = async ({ files }) => { window.shared = files.map(({ name, type }) => [name, type]); };
        }"""
    )
    act(person.open_picture("a red fox"), "Share")
    person.page.wait_for_function("window.shared")
    assert person.page.evaluate("window.shared") == [["red-fox-7.png", "image/png"]]


@pytest.mark.full
def test_where_nothing_can_be_shared_it_is_copied(person: Person) -> None:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.make("a fox", 7)
    person.page.evaluate("() => { navigator.canShare = undefined; }")
    view = person.open_picture("a fox")
    act(view, "Share")
    expect(view.get_by_text("Picture copied.")).to_be_visible()
    types = "async () => (await navigator.clipboard.read()).flatMap(({ types }) => types)"
    assert person.page.evaluate(types) == ["image/png"]


@pytest.mark.full
def test_the_recipe_is_copied(person: Person) -> None:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.make("a fox", 7, 33)
    view = person.open_picture("a fox")
    act(view, "Copy settings as text")
    expect(view.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    copied = person.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("a fox\n")
    assert "Steps: 33" in copied and "Seed: 7" in copied


@pytest.mark.full
def test_a_deleted_picture_is_gone_from_every_tab_until_that_is_undone(newcomer: Person) -> None:
    person = newcomer
    person.make("a fox", 7)
    person.make("an owl", 8)
    other = Person(person.page.context.new_page(), person.url).open()
    other.sees("completed", 2)
    view = person.open_picture("a fox")
    address = view.get_by_role("img").get_attribute("src")
    assert address and person.page.request.get(address).ok
    act(view, "Delete")
    expect(view).to_be_hidden()
    person.sees("completed", 1)
    expect(person.results.get_by_role("button", name="Open: an owl")).to_be_focused()
    assert person.page.request.get(address).status == 404
    other.page.bring_to_front()
    other.page.evaluate("dispatchEvent(new Event('online'))")
    other.sees("completed", 1)
    person.page.bring_to_front()
    person.button("Undo").click()
    person.sees_text("Restored.")
    opened = person.results.get_by_role("button", name=re.compile("^Open: "))
    expect(opened).to_have_count(2)
    expect(opened.first).to_have_accessible_name(re.compile("an owl"))
    assert person.page.request.get(address).ok
    other.page.bring_to_front()
    other.page.evaluate("dispatchEvent(new Event('online'))")
    other.sees("completed", 2)
    person.page.reload()
    person.sees("completed", 2)
    assert other.errors == []


@pytest.mark.full
def test_what_the_service_does_not_delete_is_gone_here_and_told(person: Person, api: HostedApi) -> None:
    api.can_delete = False
    person.make("a fox", 7)
    view = person.open_picture("a fox")
    act(view, "Delete")
    person.has_tiles(0)
    person.button("History").click()
    person.page.get_by_role("button", name="Recently deleted").click()
    person.page.get_by_role("button", name="Empty bin").click()
    person.page.get_by_role("button", name="Yes, delete").click()
    person.sees_text(messages.NOT_DELETED_AT_SERVICE.happened)
    person.sees_text("Nothing was deleted lately.")


@pytest.mark.full
def test_what_changed_since_the_picture_before_is_told(newcomer: Person) -> None:
    person = newcomer
    person.make("a fox", 7, 20)
    person.make("a fox", 8, 33)
    view = person.open_picture("a fox")
    expect(view.get_by_text("Changed since the previous picture: Steps 20 → 33; Seed 7 → 8")).to_be_visible()
    person.page.keyboard.press("ArrowRight")
    expect(view.get_by_text("Changed since")).to_have_count(0)


@pytest.mark.full
def test_a_link_to_a_picture_fills_the_form_elsewhere_and_starts_nothing(person: Person, api: HostedApi) -> None:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.make("a fox", 7, 33)
    view = person.open_picture("a fox")
    act(view, "Copy settings link")
    expect(view.get_by_text("It opens the form with these settings")).to_be_visible()
    address = person.page.evaluate("navigator.clipboard.readText()")
    other = Person(person.page.context.new_page(), person.url)
    other.page.goto(address)
    expect(other.prompt).to_have_value("a fox")
    expect(other.number("Steps")).to_have_value("33")
    expect(other.number("Seed")).to_have_value("7")
    assert len(api.posts) == 1


@pytest.mark.full
def test_a_favourite_is_marked_in_the_large_view_too(person: Person) -> None:
    person.make("a fox", 7)
    view = person.open_picture("a fox")
    act(view, "Favorite")
    expect(view.get_by_role("button", name="Favorite", exact=True, pressed=True)).to_be_visible()
    person.page.keyboard.press("Escape")
    star = person.tiles.first.get_by_role("button", name="Favorite: a fox")
    expect(star).to_have_attribute("aria-pressed", "true")
