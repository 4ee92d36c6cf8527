"""Is my LoRA doing anything? The same seed with and without, under a slider."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.person import Person
from tests.support.v3_service import HostedApi

PATH = "TheLastBen/Papercut_SDXL"


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


def chosen(person: Person, path: str = PATH) -> None:
    """Put a LoRA in the first row, all groups open: one may have come after the page was opened."""
    person.unfold()
    box = person.page.get_by_role("textbox", name="LoRA 1", exact=True)
    box.fill(path)
    box.blur()


def slider(person: Person) -> Locator:
    return person.page.get_by_role("dialog", name="With and without")


def compare_button(person: Person) -> Locator:
    """Return the button of the newest card."""
    return person.results.get_by_role("button", name="Compare", exact=True).first


def cut(dialog: Locator) -> float:
    """How much of the picture with the LoRA is shown, 0 to 1, by what is on the screen."""
    edge, sheet = dialog.locator(".edge").bounding_box(), dialog.locator(".sheet").bounding_box()
    assert edge and sheet
    return (edge["x"] + edge["width"] / 2 - sheet["x"]) / sheet["width"]


@pytest.mark.full
@pytest.mark.app("demo")
def test_one_click_makes_both_and_shows_them(person: Person) -> None:
    compare = person.page.get_by_role("button", name="Compare with and without")
    expect(compare).to_be_hidden()
    chosen(person)
    person.prompt.fill("a castle on a hill")
    compare.click()
    dialog = slider(person)
    expect(dialog.get_by_text("With LoRA")).to_be_visible(timeout=30_000)
    expect(dialog.get_by_text("Without", exact=True)).to_be_visible()
    expect(dialog.get_by_text("of the picture differs")).to_be_visible()
    assert cut(dialog) == pytest.approx(0.5, abs=0.02)
    person.page.keyboard.press("End")
    assert cut(dialog) == pytest.approx(1, abs=0.02)
    person.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    person.sees_pictures(2)
    expect(person.tiles.nth(0).get_by_text("With LoRA")).to_be_visible()
    expect(person.tiles.nth(1).get_by_text("Without")).to_be_visible()
    compare_button(person).click()
    expect(dialog).to_be_visible()
    person.page.keyboard.press("Escape")
    person.page.reload()
    person.sees("completed", 2)
    compare_button(person).click()
    expect(dialog.get_by_text("Same prompt, same seed")).to_be_visible()


@pytest.mark.full
@pytest.mark.app("demo")
def test_it_does_not_open_over_what_the_person_turned_to(person: Person) -> None:
    chosen(person)
    person.prompt.fill("a lighthouse")
    person.page.get_by_role("button", name="Compare with and without").click()
    person.prompt.press_sequentially(" by the sea")
    person.sees_pictures(2)
    expect(compare_button(person)).to_be_visible()
    expect(slider(person)).to_be_hidden()


@pytest.mark.full
def test_two_posts_of_one_seed_at_its_price(person: Person, api: HostedApi) -> None:
    chosen(person)
    compare = person.page.get_by_role("button", name="Compare with and without")
    expect(compare).to_contain_text("2 for $")
    person.prompt.fill("a fox")
    person.choose("Pictures", "3")
    compare.dblclick()
    person.sees("completed", 2)
    bare, one = sorted(api.posts, key=len)
    assert one.pop("loras") == [{"path": PATH, "scale": 1}]
    assert one == bare and one["seed"] >= 0
    expect(slider(person)).to_be_visible()
    person.page.keyboard.press("Escape")
    person.choose("Pictures", "1")
    person.generate("an owl")
    person.sees("completed", 3)
    assert api.posts[-1]["loras"] == [{"path": PATH, "scale": 1}]
    assert len(api.posts) == 3


@pytest.mark.full
def test_without_a_scale_there_is_nothing_to_compare(person: Person, api: HostedApi) -> None:
    chosen(person)
    person.set_number("LoRA 1 scale", 0)
    person.prompt.fill("a fox")
    person.page.get_by_role("button", name="Compare with and without").click()
    person.sees_text("There's no LoRA to compare with.")
    assert api.posts == []


@pytest.mark.app("demo")
@pytest.mark.full
def test_with_a_finger_on_a_phone(on_a_phone: Person) -> None:
    person = on_a_phone
    person.prompt.fill("a castle")
    person.open_settings()
    chosen(person)
    person.page.get_by_role("button", name="Compare with and without").tap()
    dialog = slider(person)
    expect(dialog.get_by_text("of the picture differs")).to_be_visible()
    sheet = dialog.locator(".sheet").bounding_box()
    assert sheet
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= 391
    person.page.touchscreen.tap(sheet["x"] + sheet["width"] * 0.8, sheet["y"] + sheet["height"] / 2)
    assert cut(dialog) == pytest.approx(0.8, abs=0.05)
    dialog.get_by_role("button", name="Close").tap()
    expect(dialog).to_be_hidden()


@pytest.mark.full
def test_any_two_pictures_are_compared_by_what_differs(person: Person) -> None:
    person.make("a fox", 7)
    person.make("a fox", 8)
    view = person.open_picture("a fox")
    view.get_by_role("button", name="Compare…").click()
    expect(view.get_by_text("Now open another picture")).to_be_visible()
    expect(view.get_by_role("button", name="Cancel comparing")).to_be_focused()
    person.page.keyboard.press("Escape")
    person.results.get_by_role("button", name="Open: a fox").nth(1).click()
    person.unfold_actions(view)
    view.get_by_role("button", name="Compare with selected").click()
    dialog = person.page.get_by_role("dialog", name="Two pictures")
    expect(dialog.get_by_text("Seed 8", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Seed 7", exact=True)).to_be_visible()
    expect(dialog.get_by_role("slider", name="Share of Seed 8")).to_be_focused()
    expect(dialog.get_by_role("status")).to_contain_text("of the picture")
    person.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    view.get_by_role("button", name="Cancel comparing").click()
    expect(view.get_by_role("button", name="Compare…")).to_be_focused()


@pytest.mark.full
def test_a_deleted_picture_is_not_kept_for_comparison(person: Person) -> None:
    person.make("a fox", 7)
    person.make("an owl", 8)
    view = person.open_picture("a fox")
    view.get_by_role("button", name="Compare…").click()
    view.get_by_role("button", name="Delete", exact=True).click()
    expect(view).to_be_hidden()
    view = person.open_picture("an owl")
    expect(view.get_by_role("button", name="Compare…")).to_be_visible()


@pytest.mark.full
def test_pictures_of_two_shapes_are_both_shown_whole(person: Person) -> None:
    person.make("a fox", 7)
    person.set_number("Width", 512)
    person.make("a fox", 7)
    view = person.open_picture("a fox")
    view.get_by_role("button", name="Compare…").click()
    person.page.keyboard.press("ArrowRight")
    view.get_by_role("button", name="Compare with selected").click()
    dialog = person.page.get_by_role("dialog", name="Two pictures")
    expect(dialog.get_by_text("Size 512 × 1024", exact=True)).to_be_visible()
    expect(dialog.get_by_role("status")).to_be_hidden()
    fits = dialog.locator("img").evaluate_all("images => images.map((image) => getComputedStyle(image).objectFit)")
    assert fits == ["contain", "contain"]
