from __future__ import annotations

import gc
import signal
from collections.abc import Generator

import pytest
from xdist.remote import Producer

from tests.support import full_run
from tests.support.chromium import prepare
from tests.support.fake_clock import FakeClock
from tests.support.paths import ROOT
from tests.support.scheduling import SharedFilesScheduling, put_long_first
from tests.support.scripted_api import ScriptedApi
from tests.support.v3_service import HostedApi

WITH_A_BROWSER = ("browser", "faults", "sdxl")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Install the browser once, before any worker starts, where a chosen test may need it."""
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and not session.config.option.collectonly and any(map(may_need_browser, session.config.args)):
        prepare()


def may_need_browser(argument: str) -> bool:
    chosen = (ROOT / argument.partition("::")[0]).resolve()
    folders = [ROOT / "tests" / name for name in WITH_A_BROWSER]
    return any(chosen.is_relative_to(folder) or folder.is_relative_to(chosen) for folder in folders)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run tests marked `full` too, and every Hypothesis example")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's background job ignores it, and so would the apps, which the tests end by SIGINT.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    full_run.load_profile(is_full=bool(config.getoption("--full")))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without the garbage collector, which would take 40 % of that time, and hide from it what was found."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> SharedFilesScheduling | None:
    return SharedFilesScheduling(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    put_long_first(items)
    if not config.getoption("--full"):
        for item in items:
            if item.get_closest_marker("full"):
                item.add_marker(pytest.mark.skip(reason="runs with --full"))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
async def api(clock):
    scripted = ScriptedApi(clock)
    yield scripted
    await scripted.aclose()


@pytest.fixture
def hosted():
    """The API on real sockets."""
    served = HostedApi().start()
    yield served
    served.stop()
