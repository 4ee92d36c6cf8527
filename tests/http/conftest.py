"""Fixtures: one app for the whole folder in front of a fake API, and a web server that must get no request."""

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

from tests.http.raw_client import RawClient
from tests.support.app_process import ROOT, AppProcess, FreshAppProcess
from tests.support.v3_service import HostedApi, free_port

UNWISE = {
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_RUN_HISTORY": "True",
    "GRADIO_SSR_MODE": "True",
    "GRADIO_VIBE_MODE": "True",
}
"""Environment variables that weaken Gradio's defaults; the app under test runs with them."""


class Listener:
    """Web server on loopback that records the path of every request."""

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
        """Return its base URL."""
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
    # The limit of unfinished images is not under test here.
    app = FreshAppProcess.hosted(tmp_path_factory.mktemp("probed"), api, PLAYGROUND_JOBS="5000", **UNWISE).start()
    yield app
    app.kill()


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """App in front of our own server with the demo painter."""
    app = AppProcess(tmp_path_factory.mktemp("demo")).start()
    yield app
    app.kill()


@pytest.fixture(scope="package")
def client(app: AppProcess) -> Iterator[RawClient]:
    client = RawClient(app)
    yield client
    client.http.close()


@pytest.fixture(scope="package")
def route_map() -> dict[str, Any]:
    """Routes and launch settings of the app, as the app reports them."""
    command = [sys.executable, "-m", "tests.http.route_map"]
    environment = os.environ | UNWISE | {"GRADIO_MCP_SERVER": "True", "GRADIO_SERVER_PORT": str(free_port())}
    read = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, timeout=90)
    return json.loads(read.stdout)


@pytest.fixture
def two(app: AppProcess) -> Iterator[tuple[RawClient, RawClient]]:
    """Clients of two visitors, each with its own cookies."""
    clients = RawClient(app, has_cookies=True), RawClient(app, has_cookies=True)
    yield clients
    for client in clients:
        client.http.close()


@pytest.fixture(autouse=True)
def no_link_was_opened_and_nothing_failed(app: AppProcess, listener: Listener) -> Iterator[None]:
    """After each test: the app opened no link of a visitor and logged no traceback."""
    begun = app.log.stat().st_size
    yield
    assert listener.hits == []
    assert b"Traceback" not in app.log.read_bytes()[begun:]
