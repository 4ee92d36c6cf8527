"""The main job in Firefox and WebKit: words to a picture, a number with a comma, a picture whose part is painted over
by pointer, and the history. Skipped where these browsers are not installed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.browser.other_browser import TAB, OtherBrowser
from tests.support.app_process import AppProcess
from tests.support.webdriver import WebDriver, firefox, firefox_program, webkit, webkit_programs

BROWSERS = [
    pytest.param(
        firefox,
        id="firefox",
        marks=pytest.mark.skipif(not firefox_program(), reason="Firefox is not installed: firefox-esr"),
    ),
    pytest.param(
        webkit,
        id="webkit",
        marks=pytest.mark.skipif(
            not webkit_programs(), reason="WebKit's driver is not installed: webkit2gtk-driver and xvfb"
        ),
    ),
]
OPENED = "return document.querySelector('dialog[open]') !== null"


@pytest.mark.app("demo")
@pytest.mark.parametrize("start", BROWSERS)
def test_the_main_job(
    start: Callable[[Path], AbstractContextManager[WebDriver]], app: AppProcess, tmp_path: Path
) -> None:
    with start(tmp_path) as driver:
        person = OtherBrowser(driver, app.url)
        words_become_a_picture(person)
        a_number_takes_a_comma(person)
        a_part_of_a_picture_is_painted_over(person)
        the_history_has_them(person)
        assert person.errors() == []


def words_become_a_picture(person: OtherBrowser) -> None:
    person.fills("Prompt", "a red fox")
    person.click("Generate")
    person.sees_pictures(1)


def a_number_takes_a_comma(person: OtherBrowser) -> None:
    person.click("More settings")
    person.fills("number input for Guidance", f"4,5{TAB}")
    assert person.value_of("number input for Guidance") == "4.5"
    assert person.value_of("range slider for Guidance") == "4.5"


def a_part_of_a_picture_is_painted_over(person: OtherBrowser) -> None:
    person.chooses_picture("Starting picture", 512)
    person.click("Edit a part")
    person.click("Mark the part")
    left, top, width, height = person.waits_for("Your picture with the mask")
    points = [(0.3, 0.4), (0.4, 0.45), (0.5, 0.5), (0.6, 0.5)]
    person.drag(*((left + width * across, top + height * down) for across, down in points))
    person.sees_text("% of the picture will change.")
    person.click("Done")
    person.fills("Prompt", "a blue bird")
    person.click("Generate")
    person.sees_pictures(2)


def the_history_has_them(person: OtherBrowser) -> None:
    person.click("History")
    person.holds("return document.querySelectorAll('dialog[open] li img').length >= 2")
    person.click("Close")
    person.holds("return !document.querySelector('dialog[open]')")
