"""The page in Chromium under its policy: it works, nothing is refused to it, and nothing leaves its origin."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.person import Person
from tests.support.app_process import AppProcess

WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error("refused by the policy:", event.violatedDirective, event.blockedURI, event.sample));"""
ASKED_FOR_BY_GRADIO = ("/monitoring/summary", "/gradio_api/mcp/schema")
"""Its API page asks for these two and lives without them."""


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
def watched(bare_page: Page, app: AppProcess) -> Watched:
    return Watched(bare_page, app)


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


ATTEMPTS = [
    ("script-src", "inline", "document.body.append(make('script', {text: 'window.ran = 1'}))"),
    ("script-src-attr", "inline", "add('<img src=x onerror=\"window.ran = 1\">')"),
    ("script-src", "inline", "make('a', {href: 'javascript:window.ran = 1'}).click()"),
    ("connect-src", "/fetched", "fetch('http://127.0.0.1:9/fetched').catch(() => 0)"),
    ("connect-src", "/beacon", "navigator.sendBeacon('http://127.0.0.1:9/beacon')"),
    ("connect-src", "/socket", "new WebSocket('ws://127.0.0.1:9/socket')"),
    ("img-src", "/leak.png", "new Image().src = 'http://127.0.0.1:9/leak.png'"),
    ("frame-src", "127.0.0.1:9", "add('<iframe src=\"http://127.0.0.1:9/\"></iframe>')"),
    ("object-src", "/static/x", "add('<object data=\"/static/x\"></object>')"),
    ("worker-src", "blob", "new Worker(URL.createObjectURL(new Blob(['1'])))"),
    ("script-src", "/x.js", "import('http://127.0.0.1:9/x.js').catch(() => 0)"),
]
"""What is refused, by which directive of the policy, and how the browser names it."""

REFUSED = """([directive, what]) => window.refused.some(
    (one) => one.directive.startsWith(directive) && one.what.includes(what)
  ) && (window.refused = [], true)"""


def test_what_an_intruder_would_try_is_refused(watched: Watched) -> None:
    watched.page.add_init_script(
        "window.refused = []; document.addEventListener('securitypolicyviolation',"
        " ({ effectiveDirective, blockedURI }) => refused.push({ directive: effectiveDirective, what: blockedURI }));"
    )
    watched.page.goto(watched.url)
    for directive, what, attempt in ATTEMPTS:
        watched.page.evaluate(f"() => {{ {TOOLS} try {{ {attempt}; }} catch {{ }} }}")
        watched.page.wait_for_function(REFUSED, arg=[directive, what])
        assert watched.page.evaluate("window.ran") is None, attempt
