"""Views of the page, one after the other in one visit, found by ids alone: the page may be in any language."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.support.pseudo_page import LORA, PROMPT, choose_lora, open_settings
from tests.support.scripted_api import picture_bytes


def start(page: Page) -> None:
    page.locator(".results .example").first.wait_for()


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
