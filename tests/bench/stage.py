"""What the benchmarks stand on: an API, the app before it, a browser."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.app_process import AppProcess
from tests.browser.chromium import FLAGS, executable
from tests.hosted_api import HostedApi

WEALTH = {
    "PLAYGROUND_PICTURES_PER_HOUR": "100000",
    "PLAYGROUND_USD_PER_PERSON_DAY": "100000",
    "PLAYGROUND_USD_PER_DAY": "100000",
    "PLAYGROUND_USD_PER_MONTH": "100000",
    "PLAYGROUND_MIN_BALANCE": "0",
}
"""No bench is about the money's limits."""
_OFFSET = time.time() - time.monotonic()


def wall(monotonic: float) -> float:
    """Return Unix seconds for a time of the monotonic clock."""
    return monotonic + _OFFSET


@contextmanager
def app_before_api() -> Generator[tuple[HostedApi, AppProcess]]:
    """Run the app with a key for an API that is not ours."""
    api = HostedApi().start()
    with tempfile.TemporaryDirectory() as folder:
        app = AppProcess.hosted(Path(folder), api, **WEALTH).start()
        try:
            yield api, app
        finally:
            app.stop()
            api.stop()


@contextmanager
def chromium() -> Generator[Browser]:
    """Run a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()
