"""The MCP server's address: closed unless it is turned on, and within the same bounds as `/generate`."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.raw_client import RawClient
from tests.support.app_process import AppProcess
from tests.support.v3_service import HostedApi

PATH = "/gradio_api/mcp/"
ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
needs_mcp = pytest.mark.skipif(importlib.util.find_spec("mcp") is None, reason="mcp is not installed")


@pytest.fixture(scope="module")
def serving(api: HostedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    """Client of an app with the switch on, where each visitor brings a key."""
    settings = {"GRADIO_MCP_SERVER": "True", "PLAYGROUND_ACCESS": "own-key-only"}
    app = AppProcess.hosted(tmp_path_factory.mktemp("mcp"), api, **settings).start()
    client = RawClient(app)
    yield client
    client.http.close()
    app.kill()


def call(client: RawClient, tool: str, arguments: dict[str, Any], **headers: str) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    return client.http.post(PATH, json=body, headers=ACCEPT | headers)


def said(answer: Any) -> dict[str, Any]:
    """Return the result in an event stream."""
    return json.loads(answer.text.split("data: ")[1])["result"]


def test_it_is_closed_unless_it_is_turned_on(client: RawClient) -> None:
    assert call(client, "generate", {"prompt": "a cat"}).status_code == 404
    assert client.http.get(PATH).status_code == 404


@needs_mcp
def test_what_generate_refuses_is_refused_here(serving: RawClient, api: HostedApi) -> None:
    posts = len(api.posts)
    answer = said(call(serving, "generate", {"prompt": "a cat"}))
    assert answer["isError"]
    assert answer["content"][0]["text"].startswith("This page needs your own key")
    assert len(api.posts) == posts


@needs_mcp
def test_pages_of_other_sites_and_bodies_of_other_kinds_are_refused(serving: RawClient) -> None:
    assert call(serving, "balance", {}, Origin="https://evil.example").status_code == 403
    assert call(serving, "balance", {}, **{"Content-Type": "text/plain"}).status_code == 415
    assert call(serving, "generate", {"prompt": "x" * 1024 * 1024}).status_code == 413
    assert call(serving, "generate", {"prompt": ["x"] * 20_000}).status_code == 422
    assert serving.http.post(PATH, content=b"[]", headers=ACCEPT).status_code == 422
    assert serving.http.get(PATH, headers=ACCEPT).status_code == 405


@needs_mcp
def test_it_has_the_rate_of_presses(serving: RawClient) -> None:
    address = {"X-Forwarded-For": "192.0.2.77"}
    statuses = [serving.http.post(PATH, content=b"{}", headers=ACCEPT | address).status_code for _ in range(450)]
    assert statuses[0] == 400
    assert 429 in statuses
