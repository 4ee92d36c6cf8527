"""Fixtures of the browser tests: one browser, one page and one app of each kind for a worker.

`@pytest.mark.app("demo")`, at a test or as a file's `pytestmark`, names the kind of app behind `app`, `api` and
`person`; without it the kind is "hosted".
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.apps import SharedApps
from tests.browser.person import PATIENCE, Person
from tests.browser.tab import LAPTOP, PHONE, Tab
from tests.support.app_process import AppProcess
from tests.support.chromium import chromium
from tests.support.paths import ASSETS
from tests.support.v3_service import HostedApi


@pytest.fixture(scope="package")  # its event loop must end before the async tests of other folders begin
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)  # a busy machine is slow, and only what fails waits so long
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def scripts(browser: Browser) -> Iterator[Page]:
    """Empty page of no app, in which the page's scripts can be imported by their path in `assets/ui`."""
    with browser.new_page() as page:
        page.route("**/*", serve_script)
        page.goto("http://scripts.test/")
        yield page


def serve_script(route: Route) -> None:
    name = urlsplit(route.request.url).path.removeprefix("/")
    if name.endswith(".js"):
        route.fulfill(body=(ASSETS / "ui" / name).read_text(), content_type="text/javascript")
    elif name.startswith("locales/"):
        route.fulfill(body=(ASSETS / name).read_text(), content_type="application/json")
    else:
        route.fulfill(body="<!doctype html><title>Scripts</title>", content_type="text/html")


@pytest.fixture(scope="package")
def shared_apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedApps]:
    apps = SharedApps(tmp_path_factory.mktemp("apps"))
    yield apps
    apps.kill()


@pytest.fixture
def app_kind(request: pytest.FixtureRequest) -> str:
    marker = request.node.get_closest_marker("app")
    return marker.args[0] if marker else "hosted"


@pytest.fixture
def app(shared_apps: SharedApps, app_kind: str) -> AppProcess:
    return shared_apps.app(app_kind)


@pytest.fixture
def api(shared_apps: SharedApps, app_kind: str) -> HostedApi:
    return shared_apps.api(app_kind)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Browser profile of one test: for init scripts, and for apps of the test's own."""
    with browser.new_context(**LAPTOP) as context:
        yield context


@pytest.fixture(scope="package")
def laptop(browser: Browser) -> Iterator[BrowserContext]:
    """Browser profile that all files share, for its warm cache."""
    with browser.new_context(**LAPTOP) as context:
        yield context


@pytest.fixture(scope="package")
def tab(laptop: BrowserContext) -> Iterator[Tab]:
    tab = Tab(laptop)
    yield tab
    tab.close()


@pytest.fixture(scope="package")
def phone_tab(browser: Browser) -> Iterator[Tab]:
    with browser.new_context(**PHONE) as context:
        yield Tab(context)


@pytest.fixture
def newcomer(tab: Tab, api: HostedApi, app: AppProcess) -> Iterator[Person]:
    """First-time visitor with the page open on a laptop; no error may occur in the page's scripts."""
    person = Person(tab.cleared(app.url), app.url).open()
    yield person
    assert person.errors == []
    tab.leave_open(app.url)


@pytest.fixture
def person(newcomer: Person) -> Person:
    """First-time visitor, in the files that do not choose `regular`."""
    return newcomer


@pytest.fixture
def regular(tab: Tab, api: HostedApi, app: AppProcess) -> Iterator[Person]:
    """Visitor with an empty form on the page that the test before left open, which costs a third of a first visit.

    For tests that do not care for the pictures, messages and keys of the tests before them.
    """
    page = tab.left_open(app.url)
    person = Person(page, app.url).tidy_up() if page else Person(tab.cleared(app.url), app.url).open()
    yield person
    assert person.errors == []
    tab.leave_open(app.url)


@pytest.fixture
def bare_page(laptop: BrowserContext, api: HostedApi, app: AppProcess) -> Iterator[Page]:
    """Page of one test as before a first visit: for scripts that run before the app's, and for links that open it.

    It shares the warm cache; opening the app's page in a profile of its own costs twice as much.
    """
    tab = Tab(laptop)
    yield tab.cleared(app.url)
    tab.close()


@pytest.fixture
def on_a_phone(phone_tab: Tab, api: HostedApi, app: AppProcess) -> Iterator[Person]:
    """First-time visitor with the page open on a phone, 390 px wide, with a finger."""
    person = Person(phone_tab.cleared(app.url), app.url).open()
    yield person
    assert person.errors == []
