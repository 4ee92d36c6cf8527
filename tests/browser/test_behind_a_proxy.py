"""The page behind proxies: one that keeps no Host header, one with a subpath, one whose limit of bodies is low.

Sources: gradio-app/gradio#7832, gradio-app/gradio#9381, oobabooga/textgen#629.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.person import Person
from tests.support.app_process import AppProcess, FreshAppProcess
from tests.support.plain_proxy import MOST_BYTES, PlainProxy
from tests.support.v3_service import HostedApi
from tests.support.v3_task import png

pytestmark = pytest.mark.app("pictures")


@pytest.fixture
def proxy(app: AppProcess, api: HostedApi) -> Iterator[PlainProxy]:
    proxy = PlainProxy(app.port).start()
    yield proxy
    proxy.stop()


@pytest.mark.full
def test_a_proxy_that_keeps_no_host_header(context: BrowserContext, proxy: PlainProxy) -> None:
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    person = Person(page, proxy.page).open()
    person.generate("behind a proxy")
    person.sees_pictures(1)
    assert [url for url in elsewhere if not url.startswith((proxy.page, "data:", "blob:"))] == []
    assert person.errors == []


@pytest.mark.full
def test_its_limit_of_uploads_has_words_of_its_own(context: BrowserContext, proxy: PlainProxy) -> None:
    person = Person(context.new_page(), proxy.page).open()
    person.start_from("large.png", png(64, 64, 1) + bytes(MOST_BYTES))
    sentence = "This picture is too large to upload here. Nothing was charged. Choose a smaller one."
    expect(person.page.get_by_text(sentence)).to_be_visible()


@pytest.mark.full
def test_a_subpath(context: BrowserContext, api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> None:
    app = FreshAppProcess.hosted(tmp_path_factory.mktemp("subpath"), api, GRADIO_ROOT_PATH="/draw").start()
    proxy = PlainProxy(app.port, "/draw").start()
    try:
        person = Person(context.new_page(), proxy.page).open()
        person.generate("under a subpath")
        person.sees_pictures(1)
        assert person.errors == []
        assert person.page.evaluate("fetch('./manifest.json').then((answer) => answer.status)") == 200
    finally:
        proxy.stop()
        app.kill()


@pytest.mark.full
def test_a_script_that_does_not_load_is_said(context: BrowserContext, proxy: PlainProxy) -> None:
    page = context.new_page()
    page.route("**/ui/main.js", lambda route: route.abort())
    page.goto(proxy.page)
    alert = page.get_by_role("alert").filter(has_text="Part of this page didn't load.")
    expect(alert).to_be_visible()
    page.unroute("**/ui/main.js")
    alert.get_by_role("button", name="Reload").click()
    Person(page, proxy.page).results.wait_for()
    expect(page.locator("#not-loaded")).to_be_hidden()
