"""Set-up of the benchmarks: the app in front of a fake API."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

NO_BUDGET_LIMIT = {
    "PLAYGROUND_PICTURES_PER_HOUR": "100000",
    "PLAYGROUND_USD_PER_PERSON_DAY": "100000",
    "PLAYGROUND_USD_PER_DAY": "100000",
    "PLAYGROUND_USD_PER_MONTH": "100000",
    "PLAYGROUND_MIN_BALANCE": "0",
}
"""Settings under which no benchmark reaches a budget limit."""
_OFFSET = time.time() - time.monotonic()


def wall(monotonic: float) -> float:
    """Return the Unix seconds of a monotonic time."""
    return monotonic + _OFFSET


@contextmanager
def app_before_api() -> Generator[tuple[HostedApi, AppProcess]]:
    """Run the app with a key of the fake hosted API."""
    api = HostedApi().start()
    with tempfile.TemporaryDirectory() as folder:
        app = AppProcess.hosted(Path(folder), api, **NO_BUDGET_LIMIT).start()
        try:
            yield api, app
        finally:
            app.stop()
            api.stop()
