"""One click over lists of values, on the page: told before, filling live, saved as one picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def lists(person: Person, **values: tuple[str, str]) -> Locator:
    """Open the lists and fill them in: `across=("Guidance", "1, 2")`."""
    region = person.page.locator("#field-grid")
    if not person.page.get_by_label("Setting across").is_visible():
        person.page.get_by_text("Compare settings").click()
    for axis, (field, text) in values.items():
        person.page.get_by_label(f"Setting {axis}").select_option(field)
        person.page.get_by_label(f"Values {axis}").fill(text)
    return region


def grid(person: Person) -> Locator:
    return person.page.get_by_role("dialog", name="Grid")


@pytest.mark.full
def test_consecutive_seeds_alone_offer_no_grid(newcomer: Person) -> None:
    person = newcomer
    person.choose("Pictures", "2")
    person.generate("two cats")
    person.sees_pictures(2)
    expect(person.button("Show as grid")).to_have_count(0)


@pytest.mark.full
def test_what_cannot_be_made_is_said_and_nothing_starts(person: Person, api: HostedApi) -> None:
    before = len(api.posts)
    region = lists(person, across=("Seed", "1-100"))
    expect(region).to_contain_text("more than 25 pictures")
    expect(person.button("Make the grid")).to_be_disabled()
    person.page.get_by_label("Values across").fill("1, x")
    expect(region).to_contain_text("Couldn't read")
    person.prompt.fill("a cat")
    lists(person, across=("Prompt words", "dog, fox"))
    expect(region).to_contain_text("2 pictures")
    person.button("Make the grid").click()
    expect(region).to_contain_text("isn't in your prompt")
    person.has_tiles(0)
    assert len(api.posts) == before


def test_a_grid_is_told_made_and_saved(person: Person, api: HostedApi, tmp_path: Path) -> None:
    person.prompt.fill("a red fox")
    region = lists(person, across=("Guidance", "2-6 (+2)"), down=("Prompt words", "red, blue"))
    expect(region).to_contain_text("6 pictures, up to $0.06.")
    before = len(api.posts)
    person.button("Make the grid").click()
    view = grid(person)
    expect(view.get_by_role("columnheader", name="Guidance 2")).to_be_visible()
    expect(view.locator("img")).to_have_count(6)
    assert [header.inner_text() for header in view.get_by_role("columnheader").all()] == [
        "Guidance 2", "Guidance 4", "Guidance 6"
    ]  # fmt: skip
    assert [header.inner_text() for header in view.get_by_role("rowheader").all()] == ["a red fox", "a blue fox"]
    sent = [(post["prompt"], post["guidance_scale"]) for post in api.posts[before:]]
    assert sorted(sent) == sorted((f"a {colour} fox", scale) for colour in ("red", "blue") for scale in (2, 4, 6))
    assert len({post["seed"] for post in api.posts[before:]}) == 1
    with person.page.expect_download() as saved:
        view.get_by_role("button", name="Save as one picture").click()
    saved.value.save_as(tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as whole:
        across, down = whole.size
    assert across > 3 * 300 and down > 2 * 300
    person.page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    card = person.results.get_by_role("article").first
    expect(card.get_by_role("heading", name="Grid: Guidance × Prompt words")).to_be_visible()
    expect(card.get_by_text("Guidance 4 · a blue fox")).to_be_visible()
    person.page.reload()
    person.sees("completed", 6)
    person.button("Show as grid").click()
    expect(grid(person).locator("img")).to_have_count(6)


@pytest.mark.full
@pytest.mark.app("eight jobs")
def test_a_grid_that_the_host_would_not_take_is_said_beforehand(person: Person) -> None:
    person.prompt.fill("a cat")
    region = lists(person, across=("Seed", "1-9"))
    expect(region).to_contain_text("more than 8 pictures")
    expect(person.button("Make the grid")).to_be_disabled()
    person.page.get_by_label("Values across").fill("1-8")
    expect(person.button("Make the grid")).to_be_enabled()


@pytest.mark.full
def test_alternatives_in_the_prompt_are_offered_with_their_price_and_made_as_a_grid(
    person: Person, api: HostedApi
) -> None:
    before = len(api.posts)
    person.prompt.fill("a {red|blue} heron")
    note = person.page.locator(".prompt-alternatives")
    expect(note).to_have_text("Make one picture for each · 2 pictures, up to $0.02.")
    assert len(api.posts) == before
    note.get_by_role("button", name="Make one picture for each").click()
    expect(grid(person).locator("img")).to_have_count(2)
    dialog, table = (one.bounding_box() for one in (grid(person), grid(person).get_by_role("table")))
    assert dialog and table
    assert dialog["height"] < table["height"] + 120 and dialog["width"] < table["width"] + 60, (
        "as large as its content"
    )
    person.page.keyboard.press("Escape")
    assert sorted(post["prompt"] for post in api.posts[before:]) == ["a blue heron", "a red heron"]
    person.prompt.fill("a {red} heron")
    expect(note).to_be_empty()
