"""Pages of other sites around the app's, in a browser that blocks the cookies of third parties."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Route

from tests.browser.person import PATIENCE
from tests.browser.tab import LAPTOP
from tests.support import chromium

REPOSITORY = "https://huggingface.co/spaces/Olga/playground"
_BLOCKING = "--test-third-party-cookie-phaseout"
_LOCAL_ALLOWED = "--disable-features=LocalNetworkAccessChecks"
"""The pages outside are no real ones: to Chromium they lie on the internet, and the app on this computer."""


@contextmanager
def blocking_chromium(browser: Browser) -> Generator[Browser]:
    """Launch a browser as Safari, Brave and private windows are."""
    flags = [*chromium.FLAGS, _BLOCKING, _LOCAL_ALLOWED]
    blocking = browser.browser_type.launch(executable_path=chromium.executable(), args=flags)
    yield blocking
    blocking.close()


@contextmanager
def framed(blocking: Browser, url: str, *further_sites: str) -> Generator[Page]:
    """Open the page of huggingface.co around the app at `url`; the further sites show the same."""
    context = blocking.new_context(**LAPTOP, ignore_https_errors=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    html = f"<iframe src='{url}' width=1200 height=850></iframe>"
    for site in (REPOSITORY, *further_sites):
        page.route(f"{site}**", lambda route: _answer(route, html))
    page.goto(REPOSITORY)
    yield page
    context.close()


def _answer(route: Route, html: str) -> None:
    route.fulfill(content_type="text/html", body=html)
