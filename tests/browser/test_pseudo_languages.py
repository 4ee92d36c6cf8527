"""The whole page in pseudo-languages: nothing is left in English, nothing is cut, and right to left it is mirrored.

Every text of the catalogue is accented, 40 % longer and in brackets, see tests/support/pseudo_languages.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.app_process import AppProcess
from tests.support.paths import ASSETS, ROOT
from tests.support.pseudo_languages import ACCENTED, MIRRORED
from tests.support.scripted_api import picture_bytes

PROMPT = "qqfoxqq"
PLAIN = """() => {
  const found = [];
  const isSeen = (node) => node.offsetParent !== null && !node.closest("footer, code, pre, script, style, .examples");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (/[A-Za-z]{2}/.test(textContent) && isSeen(parentElement)) found.push(textContent.trim());
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      const value = node.getAttribute(name);
      if (/[A-Za-z]{2}/.test(value) && isSeen(node)) found.push(value);
    }
  }
  return found;
}"""
"""Visible texts with two letters of plain English in a row."""
CUT = """() => {
  const found = [];
  for (const node of document.body.querySelectorAll("*")) {
    if (node.offsetParent === null || node.closest("footer, .unseen, .examples, [hidden]")) continue;
    if (!/[⟦⟧]/.test(node.textContent) || node.children.length > 3) continue;
    const { overflowX, overflowY } = getComputedStyle(node);
    const hides = (overflow) => ["hidden", "clip"].includes(overflow);
    const isWide = hides(overflowX) && node.scrollWidth > node.clientWidth + 1;
    const isTall = hides(overflowY) && node.clientHeight && node.scrollHeight > node.clientHeight + 2;
    const { left, right, width } = node.getBoundingClientRect();
    const isOutside = width && (left < -1 || right > innerWidth + 1);
    const shown = `${node.tagName}.${node.className}: ${node.textContent.slice(0, 60)}`;
    if (isWide || isTall || isOutside) found.push(shown);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push("the page scrolls sideways");
  return found;
}"""
"""Elements whose text does not fit, or that stand out of the window."""
STARTERS = json.loads((ASSETS / "loras" / "starter.json").read_text(encoding="utf-8"))
DATA = (
    *(PROMPT, "SDXL LoRA Playground", "stability-ai/sdxl-lora"),
    *(word for lora in STARTERS for word in lora["trigger_words"]),
    *(lora["licence"] for lora in STARTERS if lora["licence"]),
)
"""Texts that are no texts of the catalogue: what was typed, and names."""
ID = re.compile("[0-9a-f]{32}")


class AppWithPseudoLanguages(AppProcess):
    script = ROOT / "tests" / "support" / "app_with_pseudo_languages.py"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppWithPseudoLanguages(tmp_path_factory.mktemp("app")).start()
    yield app
    app.kill()


def start(page: Page) -> None:
    page.locator(".examples .card").first.wait_for()


def tile(page: Page) -> None:
    page.fill("#field-prompt textarea", PROMPT)
    page.click("#generate")
    page.locator("[data-state=completed]").wait_for()


def viewer(page: Page) -> None:
    page.click("[data-job] .open")
    page.locator("dialog[open] .start-from").wait_for()


def history(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("button.history")
    page.locator("dialog[open] [data-job]").wait_for()


def styles(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("#field-styles button")
    page.locator("dialog[open] .card").first.wait_for()


def code(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("#show-code")
    page.locator("dialog[open] pre").first.wait_for()


def source_image(page: Page) -> None:
    page.keyboard.press("Escape")
    page.set_input_files(
        "#field-image input[type=file]",
        {"name": "a.png", "mimeType": "image/png", "buffer": picture_bytes(size=(300, 200))},
    )
    page.locator("#field-image input[type=range]").wait_for()


def mask_editor(page: Page) -> None:
    page.locator("#field-image .parts button").first.click()
    page.locator("dialog[open] canvas").first.wait_for()


def starter_loras(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("#choose-lora")
    page.locator("dialog[open] img").first.wait_for()


def grid_and_key(page: Page) -> None:
    page.keyboard.press("Escape")
    page.click("#field-grid summary")
    page.locator(".grid-controls").wait_for()
    page.click("#account .disclose")


VIEWS: tuple[Callable[[Page], None], ...] = (
    *(start, tile, viewer, history, styles, code, source_image, mask_editor),
    *(starter_loras, grid_and_key),
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
            assert page.evaluate(CUT) == [], view.__name__


def left_in_english(page: Page) -> list[str]:
    found: list[Any] = page.evaluate(PLAIN)
    for name in sorted(DATA, key=len, reverse=True):
        found = [text.replace(name, "") for text in found]
    return [text for text in found if re.search("[A-Za-z]{2}", ID.sub("", text))]


def assert_mirrored(page: Page) -> None:
    """Check that the wide page begins at the right: the form stands there, and its labels do."""
    assert page.evaluate("document.documentElement.dir") == "rtl"
    form, results = page.locator("#form").bounding_box(), page.locator("#results").bounding_box()
    assert form and results and (form["x"] > results["x"])
    label = page.locator("#field-prompt [data-testid=block-info]").bounding_box()
    box = page.locator("#field-prompt textarea").bounding_box()
    assert label and box and abs(label["x"] + label["width"] - box["x"] - box["width"]) < 20


def test_a_language_that_is_not_there_is_english(browser: Browser, app: AppProcess) -> None:
    with browser.new_context(locale="fi-FI") as context:
        page = context.new_page()
        page.goto(app.url)
        page.get_by_role("button", name="Generate").wait_for()
        page.get_by_role("button", name="History").wait_for()
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["en", "ltr"]
