"""A session's events go to the browser that began it, and to no other that knows the session's name."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from components.ui.http.payload_schema import PayloadSchema, PayloadValidation
from components.ui.http.sessions import COOKIE, Sessions

SHAPES = PayloadSchema(events={4: 0}, programs={"generate": 0}, server_functions={})
SESSION = "0uy2z8qxv3p"
EVENT = "0f" * 16
DATA = f"/gradio_api/queue/data?session_hash={SESSION}"


async def reached(request: Request) -> JSONResponse:
    return JSONResponse({"event_id": EVENT})


@pytest.fixture
def app():
    route = Route("/{path:path}", reached, methods=["GET", "HEAD", "POST"])
    return Starlette(routes=[route], middleware=[Middleware(PayloadValidation, schema=SHAPES), Middleware(Sessions)])


class Browser:
    def __init__(self, app: Starlette, scheme: str = "http", address: str = "93.184.216.34") -> None:
        transport = httpx.ASGITransport(app, client=(address, 1))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"{scheme}://play.test")

    async def open(self) -> str:
        return (await self.http.get("/")).headers.get("set-cookie", "")

    async def join(self, session: str = SESSION, path: str = "queue/join", **more: Any) -> int:
        body = {"session_hash": session, "fn_index": 4, "data": [], "event_id": "e"} | more
        if path != "cancel":
            del body["event_id"]
        headers = {"Content-Type": "application/json"}
        return (await self.http.post(f"/gradio_api/{path}", content=json.dumps(body), headers=headers)).status_code

    async def listen(self, address: str = DATA) -> int:
        return (await self.http.get(address)).status_code


@pytest.fixture
async def browsers(app):
    browsers = Browser(app), Browser(app)
    yield browsers
    for browser in browsers:
        await browser.http.aclose()


async def test_s04_a_session_is_its_browser_s_own(browsers):
    owner, other = browsers
    await owner.open()
    await other.open()
    assert await owner.join() == 200
    assert await owner.listen() == 200
    assert await other.listen() == 404
    assert await other.join() == 404
    assert await other.join(path="cancel") == 404
    assert await other.join(path="call/generate") == 404
    assert await owner.join() == 200
    assert await owner.join(path="cancel") == 200


async def test_s04_without_the_cookie_a_known_name_does_not_help(browsers):
    owner, program = browsers
    await owner.open()
    await owner.join()
    assert await program.listen() == 404
    assert await program.join() == 404


async def test_s04_a_program_s_session_is_not_taken_over_by_a_browser(browsers):
    browser, program = browsers
    await program.join()
    assert await program.listen() == 200
    await browser.open()
    assert await browser.listen() == 404


async def test_s04_a_browser_that_keeps_no_cookies_is_served(browsers):
    browser, _ = browsers
    assert await browser.join() == 200
    assert await browser.listen() == 200


@pytest.mark.parametrize(
    "address",
    [
        "/gradio_api/queue/data",
        "/gradio_api/queue/data?session_hash=unseen",
        f"{DATA}&session_hash={SESSION}",
        f"/gradio_api/call/generate/{EVENT}",
        "/gradio_api/call/generate",
    ],
)
async def test_s04_no_way_round_to_a_session(browsers, address):
    owner, _ = browsers
    await owner.open()
    await owner.join()
    assert await owner.listen(address) == 404


@pytest.mark.parametrize("version", ["", "v2/"])
async def test_s04_a_call_s_events_go_to_whoever_called(browsers, version):
    owner, other = browsers
    await owner.open()
    assert await owner.join(path=f"call/{version}generate", session_hash=None) == 200
    for address in (f"/gradio_api/call/generate/{EVENT}", f"/gradio_api/call/v2/generate/{EVENT}/"):
        assert await owner.listen(address) == 200
        assert await other.listen(address) == 404


@pytest.mark.parametrize(
    "address", [f"/gradio_api/call/generate/{SESSION}", f"/gradio_api/call/v2/generate/{SESSION}"]
)
async def test_s04_a_session_is_not_read_as_a_call(browsers, address):
    owner, other = browsers
    await owner.open()
    await owner.join()
    assert await other.listen(address) == 404


async def test_the_cookie_is_drawn_once_and_hidden_from_scripts(app):
    browser = Browser(app)
    first, second = await browser.open(), await browser.open()
    assert first.startswith(f"{COOKIE}=")
    assert first.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert len(first.split("=")[1].split(";")[0]) == 32
    assert second == ""
    assert (await browser.http.head("/")).headers.get("set-cookie") is None
    await browser.http.aclose()


async def test_over_https_the_cookie_works_inside_a_space_s_frame(app):
    browser = Browser(app, "https")
    assert (await browser.open()).endswith("; Path=/; HttpOnly; Secure; SameSite=None; Partitioned")
    await browser.http.aclose()


async def test_memory_is_bounded_and_who_is_busy_stays(browsers, monkeypatch):
    monkeypatch.setattr("components.ui.http.sessions._MAX_SESSIONS", 3)
    browser, _ = browsers
    await browser.join()
    for number in range(5):
        await browser.join(f"other{number}")
        await browser.join()
    assert await browser.listen() == 200
    assert await browser.listen("/gradio_api/queue/data?session_hash=other0") == 404


async def test_one_address_cannot_push_the_sessions_of_others_out(app, monkeypatch):
    monkeypatch.setattr("components.ui.http.sessions._MAX_PER_ADDRESS", 3)
    monkeypatch.setattr("components.ui.http.sessions._MAX_SESSIONS", 6)
    browser, flood = Browser(app), Browser(app, address="8.8.8.8")
    await browser.join()
    for number in range(20):
        await flood.join(f"other{number}")
    assert await browser.listen() == 200
    kept = [await flood.listen(f"/gradio_api/queue/data?session_hash=other{number}") for number in range(20)]
    assert kept == [404] * 17 + [200] * 3
    await browser.http.aclose()
    await flood.http.aclose()


@pytest.mark.parametrize("value", ["x" * 58_000, "F" * 32, "0" * 31, "0" * 33, ""])
async def test_only_a_cookie_that_was_made_here_is_remembered(browsers, value):
    stranger, program = browsers
    stranger.http.headers["Cookie"] = f"{COOKIE}={value}"
    assert await stranger.join() == 200
    assert await program.listen() == 200, "a session without a cookie of ours"
    assert (await stranger.open()).startswith(f"{COOKIE}="), "it gets one"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("cancel", {"event_id": "e" * 65}),
        ("call/v2/generate", {"session_hash": "s" * 65}),
        ("call/v2/generate", {"session_hash": "s s"}),
        ("call/v2/generate", {"event_id": "e" * 100_000}),
    ],
)
async def test_names_that_are_remembered_are_short(browsers, path, names):
    browser, _ = browsers
    body = {"session_hash": SESSION, "fn_index": 4, "event_id": "e"} | names
    headers = {"Content-Type": "application/json"}
    answer = await browser.http.post(f"/gradio_api/{path}", content=json.dumps(body), headers=headers)
    assert answer.status_code == 404
