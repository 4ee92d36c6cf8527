"""Every route of the app with invalid input: no server error, no internals shown, no data of other visitors."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.http.conftest import Listener
from tests.http.raw_client import RawClient, is_clean
from tests.support.full_run import is_full

UNENDING = "/gradio_api/upload_progress"
"""Route that waits 3 s for an unknown upload."""
EXTRA = {
    "/": ("page", "view", "__theme", "__sign"),
    "/gradio_api/info": ("all_endpoints",),
    "/playground/feed": ("epoch", "version", "wait"),
}
"""Query parameters that a route reads but does not declare."""
NAMES = (
    "",
    "x",
    "0",
    "-1",
    "1e400",
    "NaN",
    "9" * 40,
    "x" * 300,
    "\0",
    "a\nb",
    "é\U0001f600",
    "../../../../etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
    "~root/.ssh",
    "C:\\Windows\\win.ini",
    "\\\\host\\share",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "${7*7}{{7*7}}",
    "'; DROP TABLE jobs; --",
    "0f" * 16,
    "[object Object]",
)
RAW = ("%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%252e%252e%252f", "%5c%5chost%5cshare")
"""Path segments that are sent without further encoding."""
KINDS = ("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "x", "")
BODIES = (
    b"",
    b"null",
    b"{}",
    b"[]",
    b"{",
    b"\xff\xfe\x00",
    b"--x\r\n\r\n\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\na\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../a\0.png"\r\n\r\na\r\n--x--\r\n',
    b'{"data": NaN}',
    b'{"data": 1e999}',
    b'{"data": ["\\ud800"]}',
    b'{"data": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"data": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}}',
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**40,
    1.5,
    "",
    "x",
    "é\U0001f600\0",
    "../../../../etc/passwd",
    [],
    {},
    [[{}]],
    {"__type__": "update", "value": 1},
    {"path": "/etc/passwd"},
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
)


@pytest.fixture
def names(listener: Listener) -> tuple[str, ...]:
    """Invalid names, with links to the listener."""
    return (*NAMES, listener.url, f"{listener.url}/x.png")


def send(client: RawClient, method: str, address: str, **sent: Any) -> str:
    """Send a request; return a description of an unclean response, "" for a clean one."""
    try:
        with client.http.stream(method, address, **sent) as answer:
            if "event-stream" not in answer.headers.get("content-type", ""):
                answer.read()
            elif answer.status_code < 500:
                return ""
            return (
                ""
                if is_clean(answer.status_code, answer.text)
                else f"{method} {address} {sent}: {answer.status_code} {answer.text}"
            )
    except httpx.InvalidURL:
        return ""  # httpx refuses to send it, as other clients do


def all_clean(client: RawClient, requests: Iterator[tuple[str, str, dict[str, Any]]], at_least: int) -> None:
    """Send all requests in a full run, else every third: each value still meets a third of the routes or fields."""
    step = 1 if is_full() else 3
    with ThreadPoolExecutor(8) as threads:
        chosen = itertools.islice(requests, 0, None, step)
        found = list(threads.map(lambda one: send(client, one[0], one[1], **one[2]), chosen))
    assert [wrong for wrong in found if wrong] == []
    assert len(found) >= at_least // step


def routes_of(route_map: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield method, path and query parameter names of every route."""
    for path, methods in route_map["openapi"]["paths"].items():
        for method, operation in methods.items():
            query = [part["name"] for part in operation.get("parameters", ()) if part["in"] == "query"]
            yield method.upper(), path, query
    for method, path in route_map["routes"]:
        if path not in route_map["openapi"]["paths"]:
            yield method, path.replace(":path}", "}"), []


def filled(path: str, name: str) -> str:
    """Return a path with each of its parameters replaced by a name."""
    head, _, rest = path.partition("{")
    return head + name + filled(rest.partition("}")[2], name) if rest else head


KIND = {b"Content-Type": b"application/json"}


def posted(body: Any) -> dict[str, Any]:
    """Return the httpx arguments of a JSON body; NaN and infinity are sent too."""
    return {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}


def test_the_routes_are_all_there(route_map: dict[str, Any]) -> None:
    paths = {path for _, path, _ in routes_of(route_map)}
    assert len(paths) > 70
    assert {"/", "/gradio_api/queue/join", "/gradio_api/file={path_or_url}", "/playground/pictures/{name}"} <= paths


def test_s06_any_name_in_any_path(client: RawClient, route_map: dict[str, Any], names: tuple[str, ...]) -> None:
    parts = [*(quote(name, safe="") for name in names), *(quote(name) for name in names), *RAW]
    requests = (
        (method, filled(path, part), {})
        for (method, path, _), part in itertools.product(routes_of(route_map), parts)
        if "{" in path
    )
    all_clean(client, requests, at_least=1500)


def test_s06_any_value_in_any_query(client: RawClient, route_map: dict[str, Any], names: tuple[str, ...]) -> None:
    requests = (
        (method, f"{filled(path, 'x')}?{parameter}={quote(name)}", {})
        for (method, path, parameters), name in itertools.product(routes_of(route_map), names)
        for parameter in [*parameters, *EXTRA.get(path, ())]
        if path != UNENDING or name == "x"
    )
    all_clean(client, requests, at_least=500)


def test_s06_any_body_on_any_route(client: RawClient, route_map: dict[str, Any]) -> None:
    posts = [path for method, path, _ in routes_of(route_map) if method == "POST"]
    requests = (
        ("POST", filled(path, name), {"content": body, "headers": {"Content-Type": kind}})
        for path, kind, body in itertools.product(posts, KINDS, BODIES)
        for name in (("generate", "press") if "{api_name}" in path else ("x",))
    )
    all_clean(client, requests, at_least=2000)


def test_s06_any_value_in_any_field_of_a_press(client: RawClient) -> None:
    body = {"data": client.values("0" * 32), "session_hash": "probed", "fn_index": client.press_event["id"]}
    fields = (*body, "event_data", "trigger_id", "event_id", "simple_format", "batched", "oauth_token", "else")
    others = [{"fn_index": number} for number in (*client.script_events, client.program_event["id"])]
    changes = [*({name: value} for name, value in itertools.product(fields, VALUES)), *others]
    paths = ("queue/join", "call/generate", "call/v2/generate", "run/press", "api/press", "cancel", "reset")
    requests = (
        ("POST", f"/gradio_api/{path}", posted(body | change)) for path, change in itertools.product(paths, changes)
    )
    all_clean(client, requests, at_least=1000)


def test_s06_any_value_in_any_question_of_the_gallery(client: RawClient) -> None:
    body = {"session_hash": "probed", "component_id": client.gallery, "fn_name": "older", "data": {}}
    functions = ("older", "recheck", "history", "set_favourite", "delete", "pack")
    functions += ("undelete", "binned", "delete_for_good")
    functions += ("postprocess", "server_fns")
    names = ("visitor", "before", "job", "jobs", "words", "lora", "since", "favourite")
    numbers = range(client.gallery + 10)
    changes = [
        *({field: value} for field, value in itertools.product(body, VALUES)),
        *({"data": {field: value}} for field, value in itertools.product(names, VALUES)),
        *({"component_id": number} for number in numbers),
    ]
    requests = (
        ("POST", "/gradio_api/component_server", posted(body | {"fn_name": name} | change))
        for name, change in itertools.product(functions, changes)
    )
    all_clean(client, requests, at_least=1000)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Accept-Encoding", ["br;q=x", "*;q=9", ""]),
        ("Accept-Language", ["\xff", "x" * 4000]),
        ("Authorization", ["Bearer \xff", "Basic x"]),
        ("Cookie", ["=" * 500, "playground_browser=\xff", "playground_browser", "access-token-=x;;;"]),
        ("Host", ["", "[", "a b", "x:99999999", "evil.test"]),
        ("If-None-Match", ["*", "\xff"]),
        ("If-Range", ["x"]),
        ("Origin", ["[", "http://[", "\xff"]),
        ("Range", ["bytes=a-b", "bytes=1-2-3", "bytes=-", "bytes=5-2", "bytes=0-99999999999999999999", "x"]),
        ("X-Forwarded-For", ["", ",", "x", "[", "1.2.3.4.5", "\xff", "::1, x"]),
        ("X-Forwarded-Host", ["", "a b", "http://x", "[", "x:99999999999"]),
        ("X-Forwarded-Proto", ["javascript", "", "a,b"]),
        ("X-Gradio-Server", ["http://evil.test", "["]),
    ],
)
def test_s06_any_value_in_any_header(client: RawClient, header: str, values: list[str]) -> None:
    paths = [
        "/",
        "/config",
        "/theme.css",
        "/logout",
        "/static/img/logo.svg",
        "/playground/pictures/x",
        "/playground/packs/x",
    ]
    paths += [f"/gradio_api/{name}" for name in ("info", "openapi.json", "file=/etc/passwd", "queue/data")]
    reads = [("GET", path, {}) for path in paths]
    posts = [("POST", f"/gradio_api/{name}", {"content": b"{}"}) for name in ("upload", "queue/join", "call/generate")]
    requests = (
        (
            method,
            path,
            sent | {"headers": {b"Content-Type": b"application/json", header.encode(): value.encode("latin-1")}},
        )
        for (method, path, sent), value in itertools.product([*reads, *posts], values)
    )
    all_clean(client, requests, at_least=13)


def test_s06_a_file_of_the_cache_is_read_in_any_range(client: RawClient) -> None:
    (path,) = client.http.post("/gradio_api/upload", files={"files": ("a.png", b"12345")}).json()
    assert client.http.get(f"/gradio_api/file={path}").content == b"12345"
    ranges = ("bytes=a-b", "bytes=1-2-3", "bytes=-", "bytes=5-2", "bytes=1-2", "bytes=9-", "bytes=0-" + "9" * 30, "x")
    requests = (("GET", f"/gradio_api/file={path}", {"headers": {"Range": value}}) for value in ranges)
    all_clean(client, requests, at_least=8)


def test_s06_no_path_is_echoed(client: RawClient) -> None:
    for name in ("/etc/passwd", "/proc/self/environ", str(client.app.folder / "data"), "x/secret-name.png"):
        answer = client.http.get(f"/gradio_api/file={name}")
        assert answer.status_code == 404
        assert name not in answer.text
    refused = client.join([{"path": "/etc/secret-name", "meta": {"_type": "gradio.FileData"}}])
    assert refused.status_code == 422
    assert "secret-name" not in refused.text
