"""The gallery outlives what happens to pages: reloads, second tabs, many tabs, other visitors, restarts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import PATIENCE, Person
from tests.support.v3_service import HostedApi


@pytest.mark.full
def test_another_visitor_sees_none_of_it(person: Person, on_a_phone: Person) -> None:
    person.generate("mine alone")
    person.sees_pictures(1)
    stranger = on_a_phone
    stranger.page.reload()
    expect(stranger.page.get_by_role("button", name="Use example:")).to_have_count(6)
    expect(stranger.tiles).to_have_count(0)
    assert "mine alone" not in stranger.page.content()


@pytest.mark.full
def test_more_tabs_than_a_browser_has_connections_all_work(person: Person, api: HostedApi) -> None:
    """Chromium opens six connections to one origin over HTTP/1.1, and each visible tab holds one open."""
    tabs = [person, *(Person(person.page.context.new_page(), person.url).open() for _ in range(7))]
    for number, tab in enumerate((tabs[0], tabs[-1]), start=1):
        tab.page.bring_to_front()
        tab.generate(f"tab {number}")
        tab.sees("completed", number)
    for tab in tabs:
        tab.page.bring_to_front()
        tab.sees("completed", 2)
        assert tab.errors == []
    assert len(api.posts) == 2


@pytest.mark.full
@pytest.mark.app("eight jobs")
def test_the_cap_is_told_in_words(person: Person, api: HostedApi) -> None:
    api.is_stalled = True
    person.choose("Pictures", "4")
    for count in (4, 8, 8):
        person.generate("many")
        expect(person.tiles).to_have_count(count)
    person.sees_text("You can have up to 8 pictures in progress.")
    expect(person.tiles).to_have_count(8)
    api.finish_all()
    person.sees("completed", 8)
    assert len(api.posts) == 8


@pytest.mark.full
def test_the_large_view_is_driven_by_keys_and_stays_on_its_picture(person: Person, api: HostedApi) -> None:
    person.generate("first")
    person.sees_pictures(1)
    person.generate("second")
    person.sees_pictures(2)
    opener = person.results.get_by_role("button", name="Open: second")
    opener.click()
    view = person.page.get_by_role("dialog")
    shown = view.get_by_role("img")
    expect(shown).to_have_accessible_name("second")
    person.page.keyboard.press("ArrowRight")
    expect(shown).to_have_accessible_name("first")
    person.page.keyboard.press("ArrowLeft")
    expect(shown).to_have_accessible_name("second")
    person.page.keyboard.press("Escape")
    expect(view).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.full
def test_on_a_phone_generate_is_in_reach_and_nothing_sticks_out(on_a_phone: Person) -> None:
    person = on_a_phone
    expect(person.generate_button).to_be_in_viewport(ratio=1)
    person.page.mouse.wheel(0, 3000)
    expect(person.generate_button).to_be_in_viewport(ratio=1)
    assert person.generate_button.bounding_box()["height"] >= 44  # type: ignore[index]
    person.generate("from a phone")
    person.sees("completed", 1)
    expect(person.tiles.first).to_be_in_viewport(timeout=PATIENCE)
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390
    person.button("Settings").click()
    expect(person.page.get_by_role("radio", name="Square", exact=True)).to_be_in_viewport()
    person.unfold()
    person.button("Add LoRA").click()
    expect(person.page.get_by_role("textbox", name="LoRA 2", exact=True)).to_be_visible()
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.full
def test_a_finger_that_scrolls_across_a_slider_does_not_move_it(on_a_phone: Person) -> None:
    person = on_a_phone
    settings = person.open_settings()
    slider = person.page.get_by_label("range slider for Steps", exact=True)
    slider.evaluate("slider => slider.scrollIntoView({block: 'center'})")
    box, before = slider.bounding_box(), settings.evaluate("sheet => sheet.scrollTop")
    assert box
    finger = person.page.context.new_cdp_session(person.page)
    x, y = box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2

    def touch(kind: str, dx: float, dy: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y + dy}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0, 0)
    for step in range(12):
        touch("touchMove", 0, -12.0 * step)
    touch("touchEnd", 0, 0)
    person.page.wait_for_function("before => document.querySelector('#settings').scrollTop > before + 50", arg=before)
    expect(person.number("Steps")).to_have_value("28")
    expect(slider).to_have_value("28")
