"""Launch settings of the running app, in an environment that weakens Gradio's defaults."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.http.conftest import Listener
from tests.http.raw_client import RawClient
from tests.support.app_process import ROOT, AppProcess

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def config(client: RawClient) -> dict[str, Any]:
    return client.http.get("/config").json()


def test_s05_no_run_history(client: RawClient, config: dict[str, Any]) -> None:
    assert config["run_history"] is False
    for path in ("runs", "run-history/connect", "run-history/records", "run-history/buckets"):
        assert client.http.get(f"/gradio_api/{path}").status_code == 404
        assert client.http.post(f"/gradio_api/{path}").status_code == 404


def test_s05_no_monitoring_page(client: RawClient) -> None:
    for path in ("/monitoring", "/monitoring/summary", "/monitoring/x", "/gradio_api/profiling/traces"):
        assert client.http.get(path).status_code == 404


def test_s05_no_deep_links(client: RawClient, config: dict[str, Any]) -> None:
    assert client.http.get(f"/gradio_api/deep_link?session_hash={client.session}").status_code == 404
    assert client.http.get("/config?deep_link=x").json()["components"] == config["components"]


def test_s05_no_fetches_of_other_addresses(client: RawClient, listener: Listener) -> None:
    links = [f"{listener.url}/x.png", listener.url.replace("http:", "HTTP:"), "https://example.org/x.png"]
    for link in links:
        for route in ("file=", "file/", "proxy="):
            assert client.http.get(f"/gradio_api/{route}{link}").status_code == 404
    assert listener.hits == []


def test_s05_no_files_but_uploads_and_pictures_made_here(client: RawClient, app: AppProcess) -> None:
    (app.folder / "beside.txt").write_text("in the working directory")
    places = [ROOT / "app.py", app.folder / "beside.txt", app.log, app.folder / "data", Path("/etc/hostname")]
    for place in (*places, os.path.relpath(app.log), "app.log", "beside.txt"):
        assert client.http.get(f"/gradio_api/file={place}").status_code == 404


def test_s05_no_tools_for_developers(client: RawClient, config: dict[str, Any]) -> None:
    assert config["dev_mode"] is False
    for path in ("dev/reload", "vibe-code", "token", "custom_component/x/client/component/x.js"):
        assert client.http.get(f"/gradio_api/{path}").status_code == 404


def test_s05_no_run_past_the_queue(client: RawClient) -> None:
    for path in ("run/generate", "api/generate", "run/press"):
        assert client.post(f"/gradio_api/{path}", {"data": []}).status_code == 404


def test_s05_analytics_are_off(config: dict[str, Any]) -> None:
    assert config["analytics_enabled"] is False


def test_s05_errors_are_not_shown(config: dict[str, Any]) -> None:
    assert config["show_error"] is False


def test_s05_uploads_have_a_limit(client: RawClient, config: dict[str, Any]) -> None:
    assert config["max_file_size"] == 45 * MEGABYTE
    answer = client.http.post("/gradio_api/upload", files={"files": ("a.png", bytes(45 * MEGABYTE))})
    assert answer.status_code == 413
    assert answer.json()["error"] == "This is too large: the limit is 45 MB."
    allowed = client.http.post("/gradio_api/upload", files={"files": ("a.png", bytes(44 * MEGABYTE))})
    assert allowed.status_code == 200
    Path(allowed.json()[0]).unlink()


@pytest.mark.parametrize("path", ["component_server", "queue/join", "call/v2/generate", "cancel"])
def test_s05_json_has_a_limit(client: RawClient, path: str) -> None:
    answer = client.post(f"/gradio_api/{path}", b'{"data": "' + b"x" * MEGABYTE + b'"}')
    assert answer.status_code == 413
    assert answer.json()["error"] == "This is too large: the limit is 1 MB."


def test_s05_a_body_without_a_length_has_the_same_limit(client: RawClient) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield bytes(64 * 1024)

    headers = {"Content-Type": "application/json"}
    answer = client.http.post("/gradio_api/queue/join", content=endless(), headers=headers)
    assert answer.status_code == 413


def test_s05_presses_have_a_limit_for_each_address(client: RawClient) -> None:
    headers = {"X-Forwarded-For": "1.2.3.4", "Content-Type": "application/json"}
    answers = [client.http.post("/gradio_api/queue/join", content=b"{}", headers=headers) for _ in range(450)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:400] == [422] * 400
    assert 429 in statuses[400:]
    refused = answers[statuses.index(429)]
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"] == "Too much activity from your network. Try again in 1 second."
    assert client.http.post("/gradio_api/queue/join", content=b"{}").status_code == 415


@pytest.mark.full
def test_s05_the_running_app_has_the_settings_that_show_nowhere(route_map: dict[str, Any]) -> None:
    """Queue of 500 presses and calls, looked at 50 times a second; uploads deleted after a day; the rest off."""
    settings = route_map["settings"]
    # GRADIO_ALLOWED_PATHS overrides `[]`; a test above reads no file all the same.
    assert settings.pop("allowed_paths") in ([], ["/"])
    assert settings == {
        "queue": 500,
        "queue_poll": 0.02,
        "delete_cache": [3600, 86_400],
        "enable_monitoring": False,
        "run_history": False,
        "max_file_size": 45 * MEGABYTE,
        "show_error": False,
        "mcp_server": False,
        "ssr_mode": False,
        "analytics_enabled": False,
        "share": False,
        # As tests/unit/net/test_http_connections.py tries them.
        "server": {"is_bounded": True, "head_bytes": 32 * 1024, "proxy_headers": False, "keep_alive": 150},
    }


def test_answers_come_in_time(client: RawClient) -> None:
    begun = time.monotonic()
    for path in ("/", "/config", "/gradio_api/info"):
        assert client.http.get(path).status_code == 200
    assert time.monotonic() - begun < 5
