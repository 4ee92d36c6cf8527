"""Server inside the app's own process: same behaviour as the child process."""

from __future__ import annotations

import logging

import httpx
import pytest

from components.errors import SetupError
from components.server.process.in_process import InProcessServer
from components.server.tasks.database import TaskDatabase
from tests.support.v3_server import MODEL, SMALL


def test_it_paints_with_its_key_and_ends(tmp_path):
    server = InProcessServer("demo", tmp_path)
    server.stop()
    server.start()
    headers = {"Authorization": f"Bearer {server.key}"}
    body = SMALL | {"enable_sync_mode": True}
    done = httpx.post(server.base_url + MODEL, json=body, headers=headers, timeout=20).json()
    assert done["data"]["status"] == "completed"
    assert httpx.post(server.base_url + MODEL, json=body).status_code == 401
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base_url)


def test_an_engine_that_cannot_start_is_a_sentence(tmp_path):
    with pytest.raises(SetupError, match=r"There is no engine called other\."):
        InProcessServer("other", tmp_path).start()


def test_a_server_that_does_not_start_is_a_sentence(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(TaskDatabase.__init__, "__defaults__", (0.2,))  # seconds it waits for the lock of the first
    first = InProcessServer("demo", tmp_path)
    first.start()
    try:
        with caplog.at_level(logging.ERROR), pytest.raises(SetupError, match="did not start"):
            InProcessServer("demo", tmp_path).start()
        assert "the server did not start" in caplog.text
    finally:
        first.stop()
