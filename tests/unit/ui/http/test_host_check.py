"""Under which names the page may be opened: another site's name that leads here makes its page the app's own."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from components import messages
from components.ui.http.host_check import HostCheck
from components.ui.http.security import OriginCheck

OWN = [
    "localhost", "LOCALHOST:7860", "localhost.", "app.localhost:7860", "127.0.0.1:7860", "127.9.9.9", "[::1]:7860",
    "192.168.1.5:7860", "[fe80::1]", "pictures.example", "Pictures.Example:443", "",
]  # fmt: skip
FOREIGN = [
    "evil.example:7912", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost", "nip.io",
    "sub.pictures.example", "pictures.example.evil.example", "[evil.example]", "user@localhost", "x:y:z",
    "[::1]evil.example", "[::1].evil.example", "127.0.0.1:80:evil.example", "[::1]:80:evil.example", "[[::1]]",
]  # fmt: skip


def opened(names: frozenset[str] | None) -> httpx.AsyncClient:
    async def answer(_: object) -> PlainTextResponse:
        return PlainTextResponse("here")

    layers = [Middleware(HostCheck, names=names), Middleware(OriginCheck)]
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])], middleware=layers)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:7860")


async def status(names: frozenset[str] | None, host: str, method: str = "POST") -> int:
    async with opened(names) as client:
        headers = {"Host": host, "Origin": f"http://{host.lower()}"} if host else {"Host": host}
        return (await client.request(method, "/", headers=headers)).status_code


@pytest.mark.parametrize("host", OWN)
async def test_its_own_names_and_addresses_are_let_in(host):
    assert await status(frozenset({"pictures.example"}), host) == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", FOREIGN)
async def test_another_name_that_leads_here_is_refused(host, method):
    assert await status(frozenset({"pictures.example"}), host, method) == 403


async def test_elsewhere_any_name_is_let_in():
    assert await status(None, "evil.example") == 200


async def test_the_refusal_says_what_to_do():
    async with opened(frozenset()) as client:
        answer = await client.get("/", headers={"Host": "box.lan"})
    assert answer.text == messages.in_full(messages.FOREIGN_HOST, is_free=True)
    assert "PLAYGROUND_HOSTS" in answer.text
