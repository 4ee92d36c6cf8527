"""The guard before the page: own pages and programs pass, other sites and closed routes do not."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from components.ui.guard import HEADERS, Guard


async def reached(request: Request) -> PlainTextResponse:
    return PlainTextResponse("reached")


@pytest.fixture
async def http():
    app = Starlette(
        routes=[Route("/{path:path}", reached, methods=["GET", "POST", "OPTIONS"])], middleware=[Middleware(Guard)]
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://play.test:7860") as http:
        yield http


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://play.test:7860"},
        {"Origin": "http://PLAY.test:7860"},
        {"Origin": "https://space.hf.space", "X-Forwarded-Host": "space.hf.space"},
        {"Origin": "https://space.hf.space", "X-Forwarded-Host": "space.hf.space, inner"},
        {"Origin": "https://behind-a-proxy.test", "Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_the_page_and_programs_pass(http, headers):
    assert (await http.post("/gradio_api/queue/join", headers=headers)).text == "reached"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        "http://play.test",
        "http://play.test:1",
        "null",
        "",
        "http://play.test:7860.evil.test",
        "x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_a_page_of_another_site_may_not_even_read(http, origin, method):
    answer = await http.request(method, "/config", headers={"Origin": origin})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_the_browser_s_own_word_does_not_help_another_site(http, site):
    answer = await http.post("/config", headers={"Origin": "https://evil.test", "Sec-Fetch-Site": site})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/deep_link",
        "/gradio_api/file=https://example.org/a.png",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/run-history/records",
        "/monitoring",
        "/monitoring/summary",
    ],
)
async def test_routes_that_leak_are_closed(http, path):
    assert (await http.get(path)).status_code == 404


async def test_every_answer_carries_the_headers(http):
    for answer in (await http.get("/"), await http.get("/", headers={"Origin": "null"})):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
