"""A Space inside the page of huggingface.co, in a browser that blocks the cookies of third parties."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.apps import SharedApps
from tests.browser.framing import blocking_chromium, framed
from tests.browser.person import PATIENCE
from tests.support.hf_space import Space
from tests.support.v3_service import HostedApi

BLOG, STRANGER = "https://blog.test/", "https://stranger.test/"


@pytest.fixture(scope="module")
def space(shared_apps: SharedApps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    folder, api = tmp_path_factory.mktemp("space"), shared_apps.api("hosted")
    space = Space(folder, api, PLAYGROUND_FRAMES="https://blog.test").start()
    yield space
    space.stop()


@pytest.fixture(scope="module")
def blocking(browser: Browser) -> Iterator[Browser]:
    with blocking_chromium(browser) as blocking:
        yield blocking


@pytest.fixture
def page(blocking: Browser, space: Space) -> Iterator[Page]:
    with framed(blocking, space.url, BLOG, STRANGER) as page:
        yield page


@pytest.fixture
def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def sign_in(frame: FrameLocator) -> None:
    frame.get_by_role("button", name="Sign in with Hugging Face").click()


@pytest.mark.full
def test_cookies_of_third_parties_are_blocked(page: Page, space: Space) -> None:
    """The ground of the other tests: else they would pass with any cookie."""
    page.frame_locator("iframe").get_by_role("button", name="Generate").wait_for()
    inside = page.frames[1]
    inside.evaluate("document.cookie = 'plain=1; Secure; SameSite=None'")
    inside.evaluate("document.cookie = 'parted=1; Secure; SameSite=None; Partitioned'")
    kept = inside.evaluate("document.cookie")
    assert ("plain=1" in kept, "parted=1" in kept) == (False, True)


@pytest.mark.full
def test_who_signs_in_inside_the_frame_makes_a_picture(frame: FrameLocator, space: Space, api: HostedApi) -> None:
    space.provider.user = "alice"
    sign_in(frame)
    expect(frame.locator("#account")).to_contain_text("Signed in as alice.", timeout=PATIENCE)
    frame.get_by_role("textbox", name="Prompt", exact=True).fill("a picture in a frame")
    frame.get_by_role("button", name="Generate").click()
    expect(frame.locator("[data-job][data-state=completed]")).to_have_count(1, timeout=PATIENCE)
    assert [post["prompt"] for post in api.posts] == ["a picture in a frame"]


@pytest.mark.full
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


@pytest.mark.full
def test_the_host_chooses_which_other_sites_may_frame_the_page(page: Page, frame: FrameLocator) -> None:
    page.goto(BLOG)
    frame.get_by_role("button", name="Generate").wait_for()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(STRANGER)


@pytest.mark.full
def test_opened_by_its_own_address_it_links_to_its_repository_and_asks_no_other_site(page: Page, space: Space) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text) if message.type == "error" else None)
    page.goto(space.url)
    link = page.get_by_role("link", name="See this Space on Hugging Face")
    expect(link).to_have_attribute("href", "https://huggingface.co/spaces/Olga/playground")
    page.get_by_role("region", name="Results").wait_for()
    page.wait_for_load_state("networkidle")
    assert [one for one in asked if not one.startswith((space.url, "data:", "blob:"))] == []


@pytest.mark.full
def test_in_the_frame_of_its_repository_there_is_no_second_link(frame: FrameLocator) -> None:
    frame.get_by_role("region", name="Results").wait_for()
    expect(frame.get_by_role("link", name="See this Space on Hugging Face")).to_be_hidden()
