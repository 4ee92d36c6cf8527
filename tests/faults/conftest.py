"""One browser, one service, one quick app and one visitor for all scenarios: each asks by a prompt of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, executable
from tests.faults.guest import Guest
from tests.faults.quick_process import QuickApp
from tests.faults.quick_time import QuickTime
from tests.faults.service import Service
from tests.faults.visitor import Visitor

SPEED = 30.0
NewApp = Callable[..., QuickApp]


@pytest.fixture(scope="package")  # its event loop must end before the async tests of other folders begin
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def shared_service() -> Iterator[Service]:
    service = Service(QuickTime.from_now(SPEED))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="package")
def app(shared_service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickApp]:
    app = QuickApp(tmp_path_factory.mktemp("app"), shared_service).start()
    yield app
    app.kill()


@pytest.fixture(scope="module")
def open_visitor(app: QuickApp, browser: Browser) -> Iterator[Visitor]:
    with browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True) as context:
        yield Visitor(context.new_page(), app.url).open_for_small_pictures()


@pytest.fixture
def service(shared_service: Service) -> Iterator[Service]:
    """The service, well, and with nothing in its books."""
    shared_service.well()
    shared_service.forget()
    yield shared_service
    shared_service.well()


@pytest.fixture
def visitor(open_visitor: Visitor, app: QuickApp, service: Service) -> Iterator[Visitor]:
    """Who has the page open; nothing may fail in its scripts, nor in the app unforeseen."""
    app.knows(app.usual_names)
    yield open_visitor
    assert open_visitor.errors == []
    assert open_visitor.dialogs == []
    assert "Traceback" not in (said := app.has_written()), said


@pytest.fixture
def guest(app: QuickApp, service: Service) -> Iterator[Guest]:
    """Somebody who comes by HTTP alone."""
    with Guest(app.url) as guest:
        yield guest
    assert "Traceback" not in (said := app.has_written()), said


@pytest.fixture
def new_app(service: Service, tmp_path: Path) -> Iterator[NewApp]:
    """Make apps of the test's own, on folders of their own; they are killed at its end."""
    made: list[QuickApp] = []

    def make(folder: str = "app", **settings: str) -> QuickApp:
        made.append(QuickApp(tmp_path / folder, service, **settings))
        return made[-1]

    yield make
    for app in made:
        app.kill()
