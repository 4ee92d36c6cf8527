"""What somebody who waits is told: the time left, the tab's title, and a sound and a notification when switched on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", {value: isHidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LISTEN = """
window.told = []; window.asked = 0; window.notes = 0;
window.Notification = class {
  static permission = "default";
  static async requestPermission() { window.asked += 1; return (this.permission = "granted"); }
  constructor(title) { window.told.push(title); }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.notes += 1; return start.apply(this, at); };
"""


@pytest.fixture
def person(regular: Person) -> Person:
    return regular


@pytest.mark.full
def test_the_time_left_is_told_from_like_tasks(person: Person, api: HostedApi) -> None:
    person.set_number("Steps", 37)
    api.length = lambda body: 3.0
    person.generate("the first of its kind")
    person.sees_text("Painting…")
    expect(person.tiles.get_by_text(re.compile("left|almost done"))).to_have_count(0)
    person.sees("completed", 1)
    api.is_stalled = True
    person.generate("the second")
    person.sees_text("s left")
    expect(person.tiles.get_by_text(re.compile(r"about [1-3] s left"))).to_be_visible()
    expect(person.tiles.get_by_text("almost done")).to_be_visible()
    api.finish_all()
    person.sees("completed", 2)


@pytest.mark.full
def test_the_title_of_a_hidden_tab_tells(person: Person, api: HostedApi) -> None:
    title = person.page.title()
    api.is_stalled = True
    person.generate("a fox")
    person.sees_text("Painting…")
    expect(person.page).to_have_title(title)
    person.page.evaluate(HIDE, arg=True)
    expect(person.page).to_have_title(f"(1 in progress) {title}")
    api.finish_all()
    expect(person.page).to_have_title(f"(1 ready) {title}")
    person.page.evaluate(HIDE, arg=False)
    expect(person.page).to_have_title(title)


@pytest.mark.full
def test_permission_to_notify_is_asked_when_switched_on(bare_page: Page, api: HostedApi, app: AppProcess) -> None:
    bare_page.add_init_script(LISTEN)
    person = Person(bare_page, app.url).open()
    person.generate("unannounced")
    person.sees("completed", 1)
    assert person.page.evaluate("[asked, notes, told.length]") == [0, 0, 0]
    switch = person.page.get_by_role("checkbox", name="Notify me when it's ready")
    expect(switch).to_be_hidden()  # nothing is waited for
    api.is_stalled = True
    person.generate("announced")
    person.sees_text("Painting…")
    switch.check()
    person.page.wait_for_function("asked === 1")
    person.page.evaluate(HIDE, arg=True)
    api.finish_all()
    person.page.wait_for_function("told.length === 1 && notes === 2")
    assert person.page.evaluate("told") == ["Picture ready: announced"]
    person.page.reload()
    expect(switch).to_be_checked()
    assert person.errors == []
