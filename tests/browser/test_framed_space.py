"""A Space inside the page of huggingface.co, in a browser that blocks the cookies of third parties."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from tests.browser.apps import SharedApps
from tests.browser.person import PATIENCE
from tests.browser.tab import LAPTOP
from tests.support import chromium
from tests.support.hf_space import Space
from tests.support.v3_service import HostedApi

OUTSIDE = "https://huggingface.co/spaces/Olga/playground"
BLOCKING = "--test-third-party-cookie-phaseout"
LOCAL_ALLOWED = "--disable-features=LocalNetworkAccessChecks"
"""The pages outside are no real ones: to Chromium they lie on the internet, and the Space on this computer."""


@pytest.fixture(scope="module")
def space(shared_apps: SharedApps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    space = Space(tmp_path_factory.mktemp("space"), shared_apps.api("hosted")).start()
    yield space
    space.stop()


@pytest.fixture(scope="module")
def blocking(browser: Browser) -> Iterator[Browser]:
    """A browser as Safari, Brave and private windows are."""
    flags = [*chromium.FLAGS, BLOCKING, LOCAL_ALLOWED]
    blocking = browser.browser_type.launch(executable_path=chromium.executable(), args=flags)
    yield blocking
    blocking.close()


@pytest.fixture
def page(blocking: Browser, space: Space) -> Iterator[Page]:
    """The page of huggingface.co around the Space."""
    context = blocking.new_context(**LAPTOP, ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    frame = f"<iframe src='{space.url}' width=1200 height=850></iframe>"
    page.route("https://huggingface.co/**", lambda route: answer(route, frame))
    page.goto(OUTSIDE)
    yield page
    context.close()


def answer(route: Route, html: str) -> None:
    route.fulfill(content_type="text/html", body=html)


@pytest.fixture
def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def sign_in(frame: FrameLocator) -> None:
    frame.get_by_role("button", name="Sign in with Hugging Face").click()


def test_cookies_of_third_parties_are_blocked(page: Page, space: Space) -> None:
    """The ground of the other tests: else they would pass with any cookie."""
    page.frame_locator("iframe").get_by_role("button", name="Generate").wait_for()
    inside = page.frames[1]
    inside.evaluate("document.cookie = 'plain=1; Secure; SameSite=None'")
    inside.evaluate("document.cookie = 'parted=1; Secure; SameSite=None; Partitioned'")
    kept = inside.evaluate("document.cookie")
    assert ("plain=1" in kept, "parted=1" in kept) == (False, True)


def test_who_signs_in_inside_the_frame_makes_a_picture(frame: FrameLocator, space: Space, api: HostedApi) -> None:
    space.provider.user = "alice"
    sign_in(frame)
    expect(frame.locator("#account")).to_contain_text("Signed in as alice.", timeout=PATIENCE)
    frame.get_by_role("textbox", name="Prompt", exact=True).fill("a picture in a frame")
    frame.get_by_role("button", name="Generate").click()
    expect(frame.locator("[data-job][data-state=completed]")).to_have_count(1, timeout=PATIENCE)
    assert [post["prompt"] for post in api.posts] == ["a picture in a frame"]


def test_where_even_that_cookie_is_blocked_a_link_leads_to_a_tab(
    page: Page, frame: FrameLocator, space: Space
) -> None:
    space.provider.needs_consent, space.provider.user = True, "bob"
    try:
        sign_in(frame)
        for way in ("**/oauth/authorize?**", "**/oauth/authorize?**_nb_redirects**"):
            page.frames[1].wait_for_url(way)
            page.context.clear_cookies()
            frame.get_by_role("button", name="Authorize").click()
        expect(frame.get_by_text("Your browser blocked the cookie")).to_be_visible(timeout=PATIENCE)
    finally:
        space.provider.needs_consent = False
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Sign in in a new tab").click()
    expect(opened.value.locator("#account")).to_contain_text("Signed in as bob.", timeout=PATIENCE)
