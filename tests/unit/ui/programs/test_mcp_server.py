"""The MCP server before the official client: tools, their parameters, pictures, progress and refusals."""

from __future__ import annotations

import base64
import io
import json
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from components import messages
from components.api.endpoint import Endpoint
from components.api.visitor_token import TOKEN_HEADER
from components.budget.limits import BudgetLimits
from components.domain.job import Job, JobState
from components.errors import StorageError
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.programs.picture_calls import PictureCalls
from tests.support import v3_service
from tests.support.core import host_config
from tests.support.scripted_api import MODEL
from tests.support.zerogpu_visit import TOKEN, RefusingStart

mcp = pytest.importorskip("mcp")
from mcp.client.streamable_http import streamable_http_client  # noqa: E402

from components.ui.http.allowlist import MCP_PATH as PATH  # noqa: E402
from components.ui.programs.mcp_server import McpServer  # noqa: E402
from components.ui.programs.progress_text import progress_text  # noqa: E402

URL = f"http://127.0.0.1{PATH}/"


@asynccontextmanager
async def session_of(playground, **headers):
    """Yield a session of the official client with the server of a playground, in one process."""
    server = McpServer("A page", PictureCalls(playground))
    app = Starlette(routes=server.routes)

    async with (
        playground.running(),
        server.running(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), headers=headers) as client,
        streamable_http_client(URL, http_client=client) as (read, write, _),
        mcp.ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


@pytest.fixture
def playground(hosted, tmp_path):
    backend = Backend.hosted(Endpoint(hosted.base_url, v3_service.KEY), [MODEL])
    return Playground(backend, Store(tmp_path), host_config(backend, limits=BudgetLimits(is_local=False)))


async def test_tools_and_their_parameters(playground):
    async with session_of(playground) as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert set(tools) == {"generate", "price", "recent", "balance"}
    schema = tools["generate"].inputSchema
    assert schema["required"] == ["prompt"]
    assert {"type": "integer", "minimum": 1, "maximum": 50}.items() <= schema["properties"][
        "num_inference_steps"
    ].items()
    assert all(one["description"] for one in schema["properties"].values())
    assert "request_id" not in tools["price"].inputSchema["properties"]
    assert [name for name, tool in tools.items() if not tool.annotations.readOnlyHint] == ["generate"]


async def test_a_call_returns_the_picture_and_is_not_paid_for_twice(hosted, playground):
    told: list[str | None] = []

    async def progress(done, total, text):
        told.append(text)

    values = {"prompt": "a cat", "request_id": "one-of-my-own"}
    async with session_of(playground) as session:
        answers = [await session.call_tool("generate", values, progress_callback=progress) for _ in range(2)]
    assert len(hosted.posts) == 1
    for answer in answers:
        image, details = answer.content
        with Image.open(io.BytesIO(base64.b64decode(image.data))) as opened:
            assert (opened.format, image.mimeType) == ("WEBP", "image/webp")
        assert json.loads(details.text) == answer.structuredContent == answers[0].structuredContent
    assert told[0] == messages.text("gallery.waiting")


@pytest.mark.parametrize(("headers", "started_with"), [({TOKEN_HEADER: TOKEN}, TOKEN), ({}, "")])
async def test_a_call_starts_its_job_with_the_caller_s_token_of_zerogpu(
    playground, monkeypatch, headers, started_with
):
    refusing = RefusingStart()
    monkeypatch.setattr(playground, "start", refusing.start)
    async with session_of(playground, **headers) as session:
        await session.call_tool("generate", {"prompt": "a cat"})
    assert refusing.tokens == [started_with]


@pytest.mark.parametrize(
    ("tool", "values", "said"),
    [
        ("generate", {}, messages.in_full(messages.NO_PROMPT, is_free=True)),
        ("generate", {"prompt": "x", "width": 7}, "Width must be between 256 and 1,536, not 7."),
        ("generate", {"prompt": "x", "steps": 7}, "generate takes these parameters and no others: prompt,"),
        ("recent", {}, messages.in_full(messages.PROGRAMS_UNKNOWN, is_free=True)),
        ("paint", {}, "There is no tool paint. These exist: generate, price, recent, balance."),
    ],
)
async def test_a_refusal_is_a_sentence(hosted, playground, tool, values, said):
    async with session_of(playground) as session:
        answer = await session.call_tool(tool, values)
    assert answer.isError
    assert answer.content[0].text.startswith(said)
    assert hosted.posts == []


async def test_an_unforeseen_fault_is_logged_and_its_text_is_not_told(playground, monkeypatch, caplog):
    def broken(person):
        raise RuntimeError("an inner text")

    monkeypatch.setattr(playground, "access_problem", broken)
    async with session_of(playground) as session:
        answer = await session.call_tool("balance", {})
    assert answer.content[0].text == messages.in_full(messages.OUR_FAULT, is_free=False)
    assert "an inner text" in caplog.text


async def test_progress_that_cannot_be_read_takes_nothing_from_the_picture(hosted, playground, monkeypatch):
    async def unreadable(*given):
        raise StorageError(messages.STORE_TROUBLE)

    async def progress(done, total, text): ...

    monkeypatch.setattr(playground.jobs, "changes", unreadable)
    async with session_of(playground) as session:
        answer = await session.call_tool("generate", {"prompt": "a cat"}, progress_callback=progress)
    assert not answer.isError


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        (JobState.WAITING, {}, "Sending…"),
        (JobState.WAITING, {"position": 3}, "Queued, 3 ahead"),
        (JobState.CREATED, {"position": 0}, "Queued"),
        (JobState.PROCESSING, {}, "Painting…"),
        (JobState.PROCESSING, {"step": 3, "steps": 28}, "Painting… step 3 of 28"),
    ],
)
def test_what_is_told_of_a_job_under_way(state, more, said):
    job = SimpleNamespace(**{"state": state, "stage": None, "step": None, "steps": None, "position": None, **more})
    assert progress_text(cast("Job", job)) == said
