"""Views in pseudo-languages that need the hosted API: prices, failures, comparisons, grids, camera, the host's page.

The cheaper views, and the test of every run, are in test_pseudo_languages.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.app_process import AppProcess
from tests.support.hf_space import Space
from tests.support.pseudo_languages import ACCENTED, MIRRORED
from tests.support.pseudo_page import (
    LORA,
    PROMPT,
    SERVICE_S_WORDS,
    AppWithPseudoLanguages,
    choose_lora,
    cut,
    left_in_english,
)
from tests.support.v3_service import HostedApi, recorded_models

pytestmark = pytest.mark.full
COMBINATIONS = [(language, width) for language in (ACCENTED, MIRRORED) for width in (390, 1280)]
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  return canvas.captureStream();
};
"""
"""A camera that shows a black picture."""
OWN_KEY = "wsk-a-visitor-s-own-key-0123456789"


@pytest.fixture(scope="module")
def api() -> Iterator[HostedApi]:
    api = HostedApi()
    api.models = recorded_models("models_aliases")  # their schema has image, mask and strength
    api.keys.add(OWN_KEY)
    api.start()
    yield api
    api.stop()


@pytest.fixture(scope="module")
def app(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppWithPseudoLanguages.hosted(tmp_path_factory.mktemp("app"), api).start()
    yield app
    app.kill()


def generate(page: Page) -> None:
    page.fill("#field-prompt textarea", PROMPT)
    # Two presses within 0.4 s count as one.
    page.wait_for_function("performance.now() > (window.pressed ?? 0) + 500")
    page.click("#generate")
    page.evaluate("window.pressed = performance.now()")


def price(page: Page, api: HostedApi) -> None:
    page.locator("#generate .price:not(:empty)").wait_for()
    generate(page)
    page.locator("[data-state=completed]").first.wait_for()


def failed_tile(page: Page, api: HostedApi) -> None:
    api.is_stalled = True
    generate(page)
    page.locator("[data-state=processing]").first.wait_for()
    task = list(api.tasks.values())[-1]
    task.status_by_hand, task.error = "failed", PROMPT
    page.locator("[data-state=failed]").first.wait_for()
    api.is_stalled = False


def unknown_tile(page: Page, api: HostedApi) -> None:
    api.next_submits = [lambda: (502, {}, b"<html>")]
    generate(page)
    page.locator("[data-state=unknown]").first.wait_for()


def refused_field(page: Page, api: HostedApi) -> None:
    body = json.dumps({"code": 1401, "message": SERVICE_S_WORDS}).encode()
    api.next_submits = [lambda: (400, {"content-type": "application/json"}, body)]
    generate(page)
    # On a phone the field is in a panel that is closed; its message is on the tile too.
    page.locator("#field-num-inference-steps [aria-invalid=true]").first.wait_for(state="attached")


def comparison(page: Page, api: HostedApi) -> None:
    choose_lora(page, LORA)
    page.click("#compare-loras")
    page.locator("dialog[open] .edge").wait_for()


def grid(page: Page, api: HostedApi) -> None:
    page.keyboard.press("Escape")
    page.click("#field-grid summary")
    page.fill(".grid-controls .axis input >> nth=0", "2, 4")
    page.click(".grid-controls button.start:enabled")
    page.locator("dialog[open] table [data-state=completed], dialog[open] table img").first.wait_for()


def camera(page: Page, api: HostedApi) -> None:
    page.keyboard.press("Escape")
    page.click("#field-image button.camera")
    page.locator("dialog.camera[open]").wait_for()


def own_key(page: Page, api: HostedApi) -> None:
    page.keyboard.press("Escape")
    page.click("#account .disclose")
    page.fill("#account input[type=password]", OWN_KEY)
    page.keyboard.press("Enter")
    page.locator("#account .forget").wait_for()


VIEWS: tuple[Callable[[Page, HostedApi], None], ...] = (
    *(price, failed_tile, unknown_tile, refused_field, comparison, grid, camera, own_key),
)


@pytest.mark.parametrize(("language", "width"), COMBINATIONS)
def test_nothing_is_left_in_english_and_nothing_is_cut(
    browser: Browser, app: AppProcess, api: HostedApi, language: str, width: int
) -> None:
    with browser.new_context(locale=language, viewport=ViewportSize(width=width, height=900)) as context:
        page = context.new_page()
        page.add_init_script(CAMERA)
        page.goto(app.url)
        for view in VIEWS:
            view(page, api)
            assert left_in_english(page) == [], view.__name__
            assert cut(page) == [], view.__name__


@pytest.mark.parametrize(("language", "width"), COMBINATIONS)
def test_the_host_s_page(browser: Browser, app: AppProcess, language: str, width: int) -> None:
    with browser.new_context(locale=language, viewport=ViewportSize(width=width, height=900)) as context:
        page = context.new_page()
        page.goto(app.host_link())
        page.locator("#report").wait_for()
        # Days are written as the browser's language writes them.
        texts = [text for text in left_in_english(page) if not re.fullmatch(r"\d+\. \w+\.?", text)]
        assert (texts, cut(page)) == ([], [])


@pytest.fixture(scope="module")
def space(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    space = Space(tmp_path_factory.mktemp("space"), api, app=AppWithPseudoLanguages).start()
    yield space
    space.stop()


@pytest.mark.parametrize(("language", "width"), COMBINATIONS)
def test_signing_in(browser: Browser, space: Space, language: str, width: int) -> None:
    space.provider.user = PROMPT
    size = ViewportSize(width=width, height=900)
    with browser.new_context(locale=language, viewport=size, ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(space.url)
        page.locator("#banner:not([hidden])").wait_for()
        assert (left_in_english(page), cut(page)) == ([], []), "a stranger, and the notice of a Space"
        page.click("#sign-in")
        page.locator("#sign-out").wait_for()
        page.locator("#account .who:not(:empty)").wait_for()
        assert (left_in_english(page), cut(page)) == ([], [])
