"""The page at rest: no loop of animation frames runs, which would empty a phone's battery."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.person import Person
from tests.browser.tab import let_it_move
from tests.support.app_process import AppProcess
from tests.support.waiting import wait_until

COUNTED = """
  const request = window.requestAnimationFrame.bind(window);
  window.frames_requested = 0;
  window.requestAnimationFrame = (callback) => { window.frames_requested++; return request(callback); };
"""
REST = """async () => {
  const before = window.frames_requested;
  await new Promise((then) => setTimeout(then, 500));
  return window.frames_requested - before;
}"""
FEW = 5
"""Frames in half a second; a loop requests 30."""


def comes_to_rest(person: Person) -> None:
    wait_until(lambda: person.page.evaluate(REST) <= FEW, "frames are requested for ever", seconds=10)


@pytest.mark.full
def test_no_loop_of_frames_runs_once_the_page_is_at_rest(bare_page: Page, app: AppProcess) -> None:
    bare_page.add_init_script(COUNTED)
    let_it_move(bare_page)
    person = Person(bare_page, app.url).open()
    comes_to_rest(person)
    person.generate("a cat")
    person.sees_pictures(1)
    comes_to_rest(person)
