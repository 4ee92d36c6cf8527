"""Layout of the page: two panes on a laptop, a dock and a sheet of settings on a phone, groups that say values."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.history_view import history
from tests.browser.person import Person

pytestmark = pytest.mark.app("demo")


@pytest.fixture
def person(regular: Person) -> Person:
    regular.unfold()
    return regular


def head_of(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=title, exact=True)


def test_generate_and_results_stay_in_sight_wherever_the_form_is_scrolled(person: Person) -> None:
    person.number("Width").scroll_into_view_if_needed()
    expect(person.generate_button).to_be_in_viewport(ratio=1)
    assert person.page.evaluate("scrollY") == 0
    person.generate("a fox")
    expect(person.tiles.first).to_be_in_viewport()
    person.sees("completed", 1)


@pytest.mark.full
def test_a_closed_group_says_its_values_and_stays_closed_after_a_reload(person: Person) -> None:
    head = head_of(person.page, "More settings")
    person.set_number("Steps", 30)
    head.click()
    expect(head).to_have_accessible_description("30 steps, guidance 3.5, random seed")
    expect(person.number("Steps")).to_be_hidden()
    person.draft_holds('"num_inference_steps":30')
    person.page.reload()
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(head).to_have_accessible_description("30 steps, guidance 3.5, random seed")
    expect(head_of(person.page, "LoRAs")).to_have_attribute("aria-expanded", "true")


@pytest.mark.full
def test_a_field_in_a_closed_group_is_sent_and_its_refusal_opens_the_group(person: Person) -> None:
    lora = person.page.get_by_role("textbox", name="LoRA 1", exact=True)
    lora.fill("just-a-name")
    head_of(person.page, "LoRAs").click()
    expect(lora).to_be_hidden()
    person.generate("a fox")
    expect(lora).to_be_visible()
    expect(lora).to_be_focused()


def test_a_lora_is_a_chip_that_opens_its_row_and_removes_it(person: Person) -> None:
    lora = person.page.get_by_role("textbox", name="LoRA 1", exact=True)
    lora.fill("nerijs/pixel-art-xl")
    lora.blur()
    person.set_number("LoRA 1 scale", 0.8)
    head_of(person.page, "LoRAs").click()
    attached = person.page.get_by_role("list", name="Added to your prompt")
    attached.get_by_role("button", name="Pixel Art XL 0.8").click()
    expect(lora).to_be_focused()
    attached.get_by_role("button", name="Remove Pixel Art XL").click()
    expect(attached).to_be_hidden()
    expect(lora).to_have_value("")


def test_the_sheet_of_a_phone_closes_in_every_way(on_a_phone: Person) -> None:
    person, page = on_a_phone, on_a_phone.page
    for way in ("back", "escape", "button", "swipe"):
        sheet = person.open_settings()
        expect(sheet, way).to_be_visible()
        url = page.url
        close_sheet(person, sheet, way)
        expect(sheet, way).to_be_hidden()
        assert page.url == url, way
        expect(person.prompt, way).to_be_in_viewport()
        expect(person.button("Settings"), way).to_be_focused()


def close_sheet(person: Person, sheet: Locator, way: str) -> None:
    match way:
        case "back":
            person.page.go_back()
        case "escape":
            person.page.keyboard.press("Escape")
        case "button":
            sheet.get_by_role("button", name="Close settings").tap()
        case _:
            sheet.evaluate("sheet => { sheet.scrollTop = 0; }")
            swipe_down(person.page, sheet)


def swipe_down(page: Page, sheet: Locator) -> None:
    box = sheet.bounding_box()
    assert box
    finger = page.context.new_cdp_session(page)
    for kind, moved in (("touchStart", 0), ("touchMove", 60), ("touchMove", 160), ("touchEnd", None)):
        points = [] if moved is None else [{"x": box["x"] + 60, "y": box["y"] + 30 + moved}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.full
def test_the_actions_of_a_card_stay_above_a_dock_that_grows(on_a_phone: Person) -> None:
    person = on_a_phone
    person.generate("a fox")
    person.sees("completed", 1)
    person.prompt.fill("a fox\n" * 8)
    person.page.evaluate("scrollTo(0, 0)")
    save = person.cards.first.get_by_role("link", name="Save")
    actions, dock = save.bounding_box(), person.page.locator("#form").bounding_box()
    assert actions and dock and actions["y"] + actions["height"] <= dock["y"]


@pytest.mark.full
def test_on_a_touch_screen_no_keyboard_covers_it_and_back_closes_it(on_a_phone: Person) -> None:
    on_a_phone.generate("a fox")
    on_a_phone.sees("completed", 1)
    view = history(on_a_phone)
    expect(view.get_by_role("button", name="Close", exact=True)).to_be_focused()
    on_a_phone.page.evaluate("history.back()")
    expect(view).to_be_hidden()
