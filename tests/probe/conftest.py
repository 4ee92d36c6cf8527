"""One app for the whole folder, before an API that is not ours, and a listener that must never hear of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.app_process import ROOT, AppProcess
from tests.hosted_api import HostedApi, free_port
from tests.probe.stranger import Stranger

UNWISE = {
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_MCP_SERVER": "True",
    "GRADIO_RUN_HISTORY": "True",
    "GRADIO_SSR_MODE": "True",
    "GRADIO_VIBE_MODE": "True",
}
"""What Gradio reads from the environment where an app says nothing; the app that is probed stands in it."""


class Listener:
    """A web server on this computer; whoever opens a link to it is counted."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        hits = self.hits

        class Counting(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_error(404)

            do_HEAD = do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="package")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.stop()


@pytest.fixture(scope="package")
def api() -> Iterator[HostedApi]:
    api = HostedApi().start()
    yield api
    api.stop()


@pytest.fixture(scope="package")
def app(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    # As many unfinished pictures as strangers may ask for here: what is probed is not that cap.
    app = AppProcess.hosted(tmp_path_factory.mktemp("probed"), api, PLAYGROUND_JOBS="5000", **UNWISE).start()
    yield app
    app.stop()


@pytest.fixture(scope="package")
def stranger(app: AppProcess) -> Iterator[Stranger]:
    stranger = Stranger(app)
    yield stranger
    stranger.http.close()


@pytest.fixture(scope="package")
def atlas() -> dict[str, Any]:
    """All routes and settings, read from the app itself."""
    command = [sys.executable, "-m", "tests.probe.atlas"]
    environment = os.environ | UNWISE | {"GRADIO_SERVER_PORT": str(free_port())}
    read = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=90)
    return json.loads(read.stdout)


@pytest.fixture
def two(app: AppProcess) -> Iterator[tuple[Stranger, Stranger]]:
    """Two visitors with browsers of their own."""
    strangers = Stranger(app, has_cookies=True), Stranger(app, has_cookies=True)
    yield strangers
    for stranger in strangers:
        stranger.http.close()


@pytest.fixture(autouse=True)
def nobody_was_asked_and_nothing_failed(app: AppProcess, listener: Listener) -> Iterator[None]:
    """After each test: no link of a stranger was opened, and no fault of ours is in the log."""
    begun = app.log.stat().st_size
    yield
    assert listener.hits == []
    assert b"Traceback" not in app.log.read_bytes()[begun:]
