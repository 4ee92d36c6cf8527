"""The guard before the page: own pages and programs pass, other sites and closed routes do not."""

from __future__ import annotations

import httpx
import pytest
from gradio.utils import get_upload_folder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from components import messages
from components.net.proxies import LOOPBACK_ONLY
from components.ui.http.csp import HEADER, OF_ASSETS, CspNonces, policy
from components.ui.http.forwarded import ForwardedHeaders
from components.ui.http.page_html import PageHtml
from components.ui.http.security import HEADERS, PAGE_HEADERS, OriginCheck, SecurityHeaders


async def reached(request: Request) -> PlainTextResponse:
    return PlainTextResponse("reached")


@pytest.fixture
async def http():
    app = Starlette(
        routes=[Route("/{path:path}", reached, methods=["GET", "HEAD", "POST", "OPTIONS"])],
        middleware=[
            Middleware(ForwardedHeaders, proxies=LOOPBACK_ONLY),
            Middleware(SecurityHeaders),
            Middleware(OriginCheck),
        ],
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
        "http://[",
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


UPLOADS = get_upload_folder()


@pytest.mark.parametrize(
    "path",
    [
        "/?page=runs",
        "/login",
        "/monitoring",
        "/monitoring/summary",
        "/openapi.json",
        "/svelte/svelte.js",
        "/gradio_api/api/generate",
        "/gradio_api/custom_component/x/client/component/index.js",
        "/gradio_api/deep_link",
        "/gradio_api/dev/reload",
        "/gradio_api/file=https://example.org/a.png",
        "/gradio_api/file=HTTP://example.org/a.png",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=C:\\Windows\\win.ini",
        f"/gradio_api/file={UPLOADS}",
        f"/gradio_api/file={UPLOADS}/../secret.png",
        f"/gradio_api/file={UPLOADS}/%00.png",
        "/gradio_api/file/https://example.org/a.png",
        "/gradio_api/heartbeat/abc",
        "/gradio_api/mcp/schema",
        "/gradio_api/process_recording",
        "/gradio_api/proxy=https://example.org",
        "/gradio_api/run-history/records",
        "/gradio_api/run/press",
        "/gradio_api/runs",
        "/gradio_api/stream/x",
        "/gradio_api/token",
        "/gradio_api/vibe-code",
        "/static/%00",
        "/static/" + "x" * 256,
        "/assets/a/" + "%C3%A4" * 128,
        "/CONFIG",
    ],
)
async def test_s05_what_the_page_does_not_use_is_closed(http, path):
    for method in ("GET", "POST", "HEAD"):
        answer = await http.request(method, path)
        assert answer.status_code == 404
        assert str(messages.NOTHING_HERE) in answer.text or method == "HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?page=",
        "/?view=settings",
        "/config",
        "/login/huggingface",
        "/logout",
        "/manifest.json",
        "/theme.css",
        "/assets/index.js",
        "/static/img/logo.svg",
        "/playground/pictures/x.png",
        "/gradio_api/call/generate",
        "/gradio_api/call/v2/generate",
        "/gradio_api/component_server/",
        f"/gradio_api/file={UPLOADS}/a/b.png",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/queue/data",
        "/gradio_api/queue/join",
        "/gradio_api/startup-events",
        "/gradio_api/upload",
    ],
)
async def test_what_the_page_and_gradio_s_clients_use_is_open(http, path):
    assert (await http.get(path)).text == "reached"


async def test_every_answer_carries_the_headers(http):
    refused = await http.get("/", headers={"Origin": "null"})
    for answer in (await http.get("/"), refused, await http.get("/gradio_api/runs")):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers[HEADER] == policy()
        assert "x-frame-options" not in answer.headers


async def test_a_file_of_the_page_has_only_the_headers_that_browsers_read_there():
    async def asset(_: Request) -> PlainTextResponse:
        return PlainTextResponse("let a", headers={HEADER: OF_ASSETS})

    app = SecurityHeaders(Starlette(routes=[Route("/", asset)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://play.test") as http:
        answer = await http.get("/")
    assert answer.headers.items() >= {name.lower(): value for name, value in HEADERS.items()}.items()
    assert not {name.lower() for name in PAGE_HEADERS} & answer.headers.keys()


async def test_other_windows_are_cut_off_over_https_alone(http):
    plain = await http.get("/")
    secure = await http.get("/", headers={"X-Forwarded-Proto": "https"})
    assert "cross-origin-opener-policy" not in plain.headers
    assert secure.headers["cross-origin-opener-policy"] == "same-origin"


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in policy.split("; "))}


def test_the_policy_names_no_other_site_but_the_frame_of_a_space():
    sources = directives(policy("abc"))
    frames = sources.pop("frame-ancestors")
    assert frames == ["'self'", "https://huggingface.co"]
    chosen = directives(policy("abc", frames=["https://b.test", "https://a.test"]))["frame-ancestors"]
    assert chosen == ["'self'", "https://huggingface.co", "https://a.test", "https://b.test"]
    assert sources["default-src"] == ["'none'"]
    assert {word for words in sources.values() for word in words} == {
        "'none'",
        "'self'",
        "'nonce-abc'",
        "'unsafe-eval'",
        "'unsafe-inline'",
        "data:",
        "blob:",
    }
    assert "'unsafe-inline'" not in sources["script-src"]


async def test_the_page_s_own_scripts_are_marked_anew_each_time_and_no_others_are_allowed():
    html = '<script>a</script><p>é</p><script type="module" src="x"></script>'

    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(html)

    early = "<script>early</script>"
    middleware = [Middleware(SecurityHeaders), Middleware(CspNonces, html=lambda _: PageHtml(head=early))]
    app = Starlette(routes=[Route("/", page)], middleware=middleware)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://play.test") as http:
        first, second, head = await http.get("/"), await http.get("/"), await http.head("/")
    nonces = [directives(answer.headers[HEADER])["script-src"][1] for answer in (first, second)]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip((first, second), nonces, strict=True):
        word = nonce.removeprefix("'nonce-").removesuffix("'")
        assert len(word) == 32
        assert answer.text == (early + html).replace("<script", f"<script nonce={word}")
        assert int(answer.headers["content-length"]) == len(answer.content)
    assert head.headers[HEADER] == policy()
