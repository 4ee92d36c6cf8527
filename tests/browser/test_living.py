"""The gallery outlives what happens to pages: reloads, second tabs, many tabs, other visitors, restarts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect

from tests.app_process import AppProcess
from tests.browser.person import PATIENCE, Person
from tests.hosted_api import HostedApi


def test_a_reload_in_the_middle_changes_nothing(person: Person, api: HostedApi) -> None:
    api.held = True
    person.generate("reloaded")
    person.sees("processing", 1)
    person.page.reload()
    person.sees("processing", 1)
    api.finish_all()
    person.sees_pictures(1)
    assert len(api.posts) == 1


def test_a_second_tab_shows_the_same(person: Person, api: HostedApi, context: BrowserContext, app: AppProcess) -> None:
    api.held = True
    person.generate("shared")
    person.sees("processing", 1)
    other = Person(context.new_page(), app.url).open()
    other.sees("processing", 1)
    api.finish_all()
    other.sees_pictures(1)
    person.sees_pictures(1)


def test_another_visitor_sees_none_of_it(person: Person, api: HostedApi, browser: Browser, app: AppProcess) -> None:
    person.generate("mine alone")
    person.sees_pictures(1)
    with browser.new_context() as context:
        stranger = Person(context.new_page(), app.url).open()
        expect(stranger.page.get_by_role("button", name="Use example:")).to_have_count(6)
        expect(stranger.tiles).to_have_count(0)
        assert "mine alone" not in stranger.page.content()


def test_ten_tabs_each_load_generate_and_show_the_same(
    api: HostedApi, context: BrowserContext, app: AppProcess
) -> None:
    app_tabs = [Person(context.new_page(), app.url).open() for _ in range(10)]
    for number, tab in enumerate(app_tabs):
        tab.page.bring_to_front()
        tab.generate(f"tab {number}")
        tab.sees("completed", number + 1)
    for tab in app_tabs:
        tab.page.bring_to_front()
        tab.sees("completed", 10)
        assert tab.errors == []
    assert len(api.posts) == 10


def test_nothing_is_lost_when_the_app_is_killed(api: HostedApi, context: BrowserContext, tmp_path: Path) -> None:
    app = AppProcess.hosted(tmp_path, api).start()
    try:
        person = Person(context.new_page(), app.url).open()
        person.generate("finished before")
        person.sees_pictures(1)
        api.held = True
        person.generate("still running")
        person.sees("processing", 1)
        app.kill()
        api.finish_all()
        app.start()
        person.sees_pictures(2)
        person.page.reload()
        person.sees_pictures(2)
        assert len(api.posts) == 2
    finally:
        app.stop()


def test_a_lost_answer_is_found_again_and_never_sent_twice(person: Person, api: HostedApi) -> None:
    api.tasks.clear()  # those of another app on the same account could be this one's, and it would not be adopted
    api.next_submits.append(lambda: None)
    person.generate("answer lost")
    person.sees("unknown", 1)
    expect(person.tiles.first).to_contain_text("may have been")
    person.sees_pictures(1)
    assert len(api.posts) == 1


def test_a_busy_service_is_waited_for(person: Person, api: HostedApi) -> None:
    api.next_submits.append(lambda: (429, {"retry-after": "1"}, b'{"code": 429, "message": "slow down"}'))
    person.generate("busy")
    person.sees_text("The service is busy.")
    person.sees_pictures(1)
    assert len(api.tasks) >= 1
    assert len(api.posts) == 2


def test_the_cap_is_told_in_words(context: BrowserContext, api: HostedApi, tmp_path: Path) -> None:
    app = AppProcess.hosted(tmp_path, api, PLAYGROUND_JOBS_PER_VISITOR="8").start()
    person = Person(context.new_page(), app.url).open()
    api.held = True
    person.choose("Pictures", "4")
    for _ in range(3):
        person.generate("many")
        person.page.wait_for_timeout(600)
    person.sees_text("At most 8 pictures can be on their way.")
    expect(person.tiles).to_have_count(8)
    api.finish_all()
    person.sees("completed", 8)
    assert len(api.posts) == 8
    app.stop()


def test_the_large_view_is_driven_by_keys_and_stays_on_its_picture(person: Person, api: HostedApi) -> None:
    person.generate("first")
    person.sees_pictures(1)
    person.page.wait_for_timeout(500)
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


def test_a_browser_that_keeps_nothing_still_works(browser: Browser, api: HostedApi, app: AppProcess) -> None:
    with browser.new_context() as context:
        context.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
        )
        person = Person(context.new_page(), app.url).open()
        person.sees_text("This browser keeps nothing")
        person.generate("private window")
        person.sees_pictures(1)


def test_a_space_without_storage_says_so(api: HostedApi, context: BrowserContext, tmp_path: Path) -> None:
    app = AppProcess.hosted(tmp_path, api, SPACE_ID="someone/space").start()
    try:
        Person(context.new_page(), app.url).open().sees_text("no lasting storage")
    finally:
        app.stop()


def test_on_a_phone_generate_is_in_reach_and_nothing_sticks_out(
    browser: Browser, api: HostedApi, app: AppProcess
) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        person = Person(context.new_page(), app.url).open()
        expect(person.generate_button).to_be_in_viewport(ratio=1)
        person.page.mouse.wheel(0, 3000)
        expect(person.generate_button).to_be_in_viewport(ratio=1)
        assert person.generate_button.bounding_box()["height"] >= 44  # type: ignore[index]
        person.generate("from a phone")
        person.sees("completed", 1)
        expect(person.tiles.first).to_be_in_viewport(timeout=PATIENCE)
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 390
        person.page.get_by_role("button", name="Add LoRA", exact=True).click()
        expect(person.page.get_by_role("textbox", name="LoRA 2", exact=True)).to_be_visible()
        person.page.get_by_role("button", name="Settings", exact=True).click()
        expect(person.page.get_by_role("radio", name="Square", exact=True)).to_be_in_viewport()


def test_a_finger_that_scrolls_across_a_slider_does_not_move_it(browser: Browser, app: AppProcess) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as context:
        person = Person(context.new_page(), app.url).open()
        slider = person.page.get_by_label("range slider for Steps", exact=True)
        slider.evaluate("slider => slider.scrollIntoView({block: 'center'})")
        box = slider.bounding_box()
        assert box
        finger = context.new_cdp_session(person.page)
        x, y = box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2

        def touch(kind: str, dx: float, dy: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x + dx, "y": y + dy}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 0, 0)
        for step in range(12):
            touch("touchMove", 0, -12.0 * step)
            person.page.wait_for_timeout(20)
        touch("touchEnd", 0, 0)
        expect(person.number("Steps")).to_have_value("28")
        expect(slider).to_have_value("28")
