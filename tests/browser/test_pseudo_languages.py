"""The whole page in pseudo-languages: nothing is left in English, nothing is cut, and right to left it is mirrored.

Every text of the catalogue is accented, 40 % longer and in brackets, see tests/support/pseudo_languages.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.app_process import AppProcess
from tests.support.pseudo_languages import ACCENTED, MIRRORED
from tests.support.pseudo_page import (
    LORA,
    PROMPT,
    AppWithPseudoLanguages,
    choose_lora,
    cut,
    left_in_english,
    open_settings,
)
from tests.support.scripted_api import picture_bytes


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppWithPseudoLanguages(tmp_path_factory.mktemp("app")).start()
    yield app
    app.kill()


def start(page: Page) -> None:
    page.locator(".examples .example").first.wait_for()


def tile(page: Page) -> None:
    page.fill("#field-prompt textarea", PROMPT)
    page.click("#generate")
    page.locator("[data-state=completed]").wait_for()


def viewer(page: Page) -> None:
    page.click("[data-job] .open")
    page.locator("dialog[open] .bar .more").wait_for()


def history(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("button.history")
    page.locator("dialog[open] [data-job]").wait_for()


def styles(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("#tool-style")
    page.locator("dialog[open] .card").first.wait_for()


def code(page: Page) -> None:
    page.keyboard.press("Escape")
    open_settings(page)
    page.click("#show-code")
    page.locator("dialog[open] pre").first.wait_for()


def source_image(page: Page) -> None:
    page.keyboard.press("Escape")
    page.set_input_files(
        "#field-image input[type=file]",
        {"name": "a.png", "mimeType": "image/png", "buffer": picture_bytes(size=(300, 200))},
    )
    page.locator("#field-image .choice").first.wait_for()


def mask_editor(page: Page) -> None:
    open_settings(page)
    page.locator("#field-image .choice:has([value=part])").click()
    page.locator("#field-image .mark").click()
    page.locator("dialog[open] canvas").first.wait_for()


def starter_loras(page: Page) -> None:
    page.keyboard.press("Escape")
    open_settings(page)
    page.click("#choose-lora")
    page.locator("dialog[open] img").first.wait_for()


def lora_row_and_refusal(page: Page) -> None:
    for _ in ("dialog", "sheet"):
        page.keyboard.press("Escape")
    page.click("#attached .of-picture .cross")
    open_settings(page)
    choose_lora(page, LORA)
    page.locator("#lora-check-1 .small").first.wait_for()
    page.keyboard.press("Escape")
    page.fill("#field-prompt textarea", "")
    page.click("#generate")
    page.locator("[aria-invalid=true]").first.wait_for()


def refiner(page: Page) -> None:
    open_settings(page)
    for number in (1, 2):
        page.locator("#field-refine input").nth(number).check()
        page.locator("#field-refine-steps, #field-high-noise-frac").locator("visible=true").first.wait_for()


def grid_and_key(page: Page) -> None:
    page.click("#field-grid summary")
    page.locator(".grid-controls").wait_for()
    page.keyboard.press("Escape")
    page.click("#account .disclose")


VIEWS: tuple[Callable[[Page], None], ...] = (
    *(start, tile, viewer, history, styles, code, source_image, mask_editor),
    *(starter_loras, lora_row_and_refusal, refiner, grid_and_key),
)


@pytest.mark.parametrize(
    ("language", "width"),
    [
        (ACCENTED, 390),
        (MIRRORED, 1280),
        pytest.param(ACCENTED, 1280, marks=pytest.mark.full),
        pytest.param(MIRRORED, 390, marks=pytest.mark.full),
    ],
)
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
