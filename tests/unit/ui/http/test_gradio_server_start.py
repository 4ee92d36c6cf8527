"""Start of Gradio's server on a slow machine: it is waited for, and never started twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gradio import http_server
from gradio.exceptions import ServerFailedToStartError
from uvicorn.config import Config

from components.net.proxies import LOOPBACK_ONLY
from components.ui.http.gradio_server import bounded_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Server that Gradio gives up at once: by its clock every look is 10 s after the last."""
    seconds = iter(range(0, 10_000, 10))
    monkeypatch.setattr(http_server, "time", SimpleNamespace(time=lambda: next(seconds), sleep=lambda _: None))
    with bounded_server(LOOPBACK_ONLY):
        yield http_server.Server(Config(app=lambda: None))


def test_a_slow_start_is_waited_for(server):
    may_start = threading.Timer(0.05, lambda: setattr(server, "started", True))
    over = threading.Event()
    server.run = over.wait
    may_start.start()
    server.run_in_thread()
    assert server.started
    over.set()


def test_a_start_that_failed_is_an_error(server):
    server.run = lambda: None
    with pytest.raises(ServerFailedToStartError):
        server.run_in_thread()
