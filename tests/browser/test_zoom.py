"""Zoom of the large view, by buttons, keys, wheel, mouse and fingers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.person import Person

MIDDLE = (
    "node => { const {left, top, width, height} = node.getBoundingClientRect(); return [left+width/2, top+height/2] }"
)


def width(view: Locator) -> float:
    box = view.get_by_role("img").bounding_box()
    assert box
    return box["width"]


def place(view: Locator) -> tuple[float, float]:
    box = view.get_by_role("img").bounding_box()
    assert box
    return box["x"], box["y"]


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.fixture
def view(person: Person) -> Locator:
    person.make("a fox", 7)
    view = person.open_picture("a fox")
    expect(view.get_by_role("button", name="Zoom in")).to_be_enabled()
    return view


@pytest.mark.full
def test_buttons_and_keys_zoom_and_fit_again(person: Person, view: Locator) -> None:
    fitted = width(view)
    expect(view.get_by_role("button", name="Zoom out")).to_be_disabled()
    view.get_by_role("button", name="Zoom in").click()
    assert width(view) == pytest.approx(1.5 * fitted, rel=0.01)
    person.page.keyboard.press("+")
    assert width(view) == pytest.approx(2.25 * fitted, rel=0.01)
    person.page.keyboard.press("-")
    assert width(view) == pytest.approx(1.5 * fitted, rel=0.01)
    person.page.keyboard.press("0")
    assert width(view) == pytest.approx(fitted, rel=0.01)
    for _ in range(30):
        person.page.keyboard.press("+")
    expect(view.get_by_role("button", name="Zoom in")).to_be_disabled()
    assert width(view) < 20 * fitted


@pytest.mark.full
def test_a_click_shows_it_large_where_one_clicked_and_another_fits_it(person: Person, view: Locator) -> None:
    fitted = width(view)
    x, y = view.get_by_role("img").evaluate(MIDDLE)
    person.page.mouse.click(x, y)
    assert width(view) >= 2 * fitted * 0.99
    person.page.mouse.click(x, y)
    assert width(view) == pytest.approx(fitted, rel=0.01)


@pytest.mark.full
def test_it_is_dragged_while_zoomed_and_never_out_of_view(person: Person, view: Locator) -> None:
    for _ in range(4):
        person.page.keyboard.press("+")
    x, y = view.get_by_role("img").evaluate(MIDDLE)
    before, large = place(view), width(view)
    person.page.mouse.move(x, y)
    person.page.mouse.down()
    person.page.mouse.move(x - 60, y - 40, steps=4)
    person.page.mouse.up()
    assert place(view)[0] == pytest.approx(before[0] - 60, abs=2)
    assert place(view)[1] == pytest.approx(before[1] - 40, abs=2)
    assert width(view) == large, "a drag is no click"
    for _ in range(40):
        person.page.keyboard.press("ArrowLeft")
    frame = view.locator(".large").bounding_box()
    assert frame
    assert place(view)[0] == pytest.approx(frame["x"], abs=2), "its edge stops at the frame's"


@pytest.mark.full
def test_the_wheel_zooms_with_ctrl_where_the_pointer_is(person: Person, view: Locator) -> None:
    fitted = width(view)
    x, y = view.get_by_role("img").evaluate(MIDDLE)
    person.page.mouse.move(x, y)
    person.page.mouse.wheel(0, -200)
    assert width(view) == pytest.approx(fitted, rel=0.01), "without Ctrl the page scrolls"
    person.page.keyboard.down("Control")
    person.page.mouse.wheel(0, -200)
    person.page.keyboard.up("Control")
    view.page.wait_for_function("document.querySelector('.large.zoomed')")
    assert width(view) > 1.3 * fitted


@pytest.mark.full
def test_arrows_turn_the_page_only_while_it_fits(person: Person) -> None:
    person.make("an owl", 8)
    person.make("a fox", 7)
    view = person.open_picture("a fox")
    expect(view.get_by_role("button", name="Zoom in")).to_be_enabled()
    person.page.keyboard.press("+")
    person.page.keyboard.press("ArrowRight")
    expect(view.get_by_role("img", name="a fox")).to_be_visible()
    person.page.keyboard.press("0")
    person.page.keyboard.press("ArrowRight")
    expect(view.get_by_role("img", name="an owl")).to_be_visible()
    expect(view.get_by_role("button", name="Zoom out")).to_be_disabled()


@pytest.mark.full
def test_two_fingers_zoom_and_one_pans(on_a_phone: Person) -> None:
    person = on_a_phone
    person.generate("a fox")
    person.sees("completed", 1)
    view = person.open_picture("a fox")
    expect(view.get_by_role("button", name="Zoom in")).to_be_enabled()
    fitted = width(view)
    x, y = view.get_by_role("img").evaluate(MIDDLE)
    fingers = person.page.context.new_cdp_session(person.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told: list[dict[str, Any]] = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", (x - 20, y), (x + 20, y))
    for apart in (30, 40, 50):
        touch("touchMove", (x - apart, y), (x + apart, y))
    touch("touchEnd")
    view.page.wait_for_function("document.querySelector('.large.zoomed')")
    assert width(view) > 1.5 * fitted
    before = place(view)[0]
    touch("touchStart", (x, y))
    touch("touchMove", (x - 15, y))
    touch("touchMove", (x - 30, y))
    touch("touchEnd")
    assert place(view)[0] < before - 10
