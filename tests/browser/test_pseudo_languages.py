"""The whole page in pseudo-languages: nothing is left in English, nothing is cut, and right to left it is mirrored.

Every text of the catalogue is accented, 40 % longer and in brackets, see tests/support/pseudo_languages.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.app_process import AppProcess
from tests.support.page_views import VIEWS, start
from tests.support.pseudo_languages import ACCENTED, MIRRORED
from tests.support.pseudo_page import AppWithPseudoLanguages, cut, left_in_english


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppWithPseudoLanguages(tmp_path_factory.mktemp("app")).start()
    yield app
    app.kill()


@pytest.mark.full  # in every run: Arabic at 390 px, and texts that stand in no catalogue
@pytest.mark.parametrize(("language", "width"), [(MIRRORED, 1280), (ACCENTED, 390), (ACCENTED, 1280), (MIRRORED, 390)])
def test_nothing_is_left_in_english_and_nothing_is_cut(
    browser: Browser, app: AppProcess, language: str, width: int
) -> None:
    with browser.new_context(locale=language, viewport=ViewportSize(width=width, height=900)) as context:
        page = context.new_page()
        page.goto(app.url)
        start(page)
        if (language, width) == (MIRRORED, 1280):
            assert_mirrored(page)
        for view in VIEWS:
            view(page)
            assert left_in_english(page) == [], view.__name__
            assert cut(page) == [], view.__name__


def assert_mirrored(page: Page) -> None:
    """Check that the wide page begins at the right: the form stands there, and its labels do."""
    assert page.evaluate("document.documentElement.dir") == "rtl"
    form, results = page.locator("#form").bounding_box(), page.locator("#results").bounding_box()
    assert form and results and (form["x"] > results["x"])
    label = page.locator("#field-prompt [data-testid=block-info]").bounding_box()
    box = page.locator("#field-prompt textarea").bounding_box()
    assert label and box and abs(label["x"] + label["width"] - box["x"] - box["width"]) < 20


@pytest.mark.full
def test_a_language_that_is_not_there_is_english(browser: Browser, app: AppProcess) -> None:
    with browser.new_context(locale="fi-FI") as context:
        page = context.new_page()
        page.goto(app.url)
        page.get_by_role("button", name="Generate").wait_for()
        page.get_by_role("button", name="Use example:").first.wait_for()
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["en", "ltr"]
