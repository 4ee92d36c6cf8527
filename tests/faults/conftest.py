"""Fixtures: one browser, service, fast app and page for all scenarios, which each use a prompt of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.tab import LAPTOP
from tests.faults.fast_app_process import FastApp
from tests.faults.fast_clock import SPEED, FastTime
from tests.faults.http_visitor import HttpVisitor
from tests.faults.page_visitor import Visitor
from tests.faults.service import Service
from tests.support.chromium import chromium

NewApp = Callable[..., FastApp]


@pytest.fixture(scope="package")  # its event loop must end before the async tests of other folders begin
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def shared_service() -> Iterator[Service]:
    service = Service(FastTime.from_now(SPEED))
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="package")
def app(shared_service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastApp]:
    app = FastApp(tmp_path_factory.mktemp("app"), shared_service).start()
    yield app
    app.kill()


@pytest.fixture(scope="module")
def open_visitor(app: FastApp, browser: Browser, shared_service: Service) -> Iterator[Visitor]:
    """One page for all scenarios of a module; after the last of them it must still work."""
    with browser.new_context(**LAPTOP) as context:
        visitor = Visitor(context.new_page(), app.url).open_for_small_pictures()
        visitor.is_shared = True
        yield visitor
        visitor.is_shared = False
        visitor.can_go_on(shared_service, "after the last scenario")


@pytest.fixture
def service(shared_service: Service) -> Iterator[Service]:
    """The service without faults, its record of requests empty."""
    shared_service.recover()
    shared_service.clear_records()
    yield shared_service
    shared_service.recover()


@pytest.fixture
def visitor(open_visitor: Visitor, app: FastApp, service: Service) -> Iterator[Visitor]:
    """The visitor at the open page; neither its scripts nor the app may raise an unexpected error."""
    app.set_names(app.usual_names)
    yield open_visitor
    assert open_visitor.errors == []
    assert open_visitor.dialogs == []
    assert "Traceback" not in (log := app.new_log()), log


@pytest.fixture
def http_visitor(app: FastApp, service: Service) -> Iterator[HttpVisitor]:
    """A visitor by HTTP alone."""
    with HttpVisitor(app.url) as http_visitor:
        yield http_visitor
    assert "Traceback" not in (log := app.new_log()), log


@pytest.fixture
def new_app(service: Service, tmp_path: Path) -> Iterator[NewApp]:
    """Factory of apps for one test, each on its own folder; they are killed at its end."""
    made: list[FastApp] = []

    def make(folder: str = "app", kind: type[FastApp] = FastApp, **settings: str) -> FastApp:
        made.append(kind(tmp_path / folder, service, **settings))
        return made[-1]

    yield make
    for app in made:
        app.kill()
