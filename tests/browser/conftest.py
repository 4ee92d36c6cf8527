"""One browser a session, one context a test; the app as its own process, most often before an API that is not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.app_process import AppProcess
from tests.browser.chromium import FLAGS, executable
from tests.browser.person import PATIENCE, Person
from tests.hosted_api import KEY, HostedApi

NewPerson = Callable[..., Person]


@pytest.fixture(scope="package")  # its event loop must end before the async tests of other folders begin
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)  # a busy machine is slow, and only what fails waits so long
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def api() -> Iterator[HostedApi]:
    """The service, shared by a file's tests; `fresh_api` clears what it saw."""
    api = HostedApi(prefix="/through/a/proxy").start()
    yield api
    api.stop()


@pytest.fixture(scope="module")
def app(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    app = AppProcess.hosted(tmp_path_factory.mktemp("app"), api).start()
    yield app
    app.stop()


@pytest.fixture(autouse=True)
def fresh_api(request: pytest.FixtureRequest) -> None:
    """Let every test begin with a service that answers quickly and has seen nothing."""
    if "api" in request.fixturenames:
        api: HostedApi = request.getfixturevalue("api")
        api.finish_all()
        api.held, api.queued, api.base64, api.extras = False, 0.0, False, {}
        api.keys, api.balance, api.price = {KEY}, 100.0, 0.01
        api.length = lambda body: 0.05
        api.posts.clear()
        api.submit_times.clear()
        api.requests.clear()
        api.next_submits.clear()


@pytest.fixture
def person(context: BrowserContext, app: AppProcess) -> Iterator[Person]:
    """A first-time visitor with the page open; nothing may fail in its scripts."""
    person = Person(context.new_page(), app.url).open()
    yield person
    assert person.errors == []
