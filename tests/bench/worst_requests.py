"""Worst requests: each function of the page with 1 MB of the worst texts, each upload with the worst images.

Meanwhile a heartbeat on the app's event loop is timed; one in another process shows the machine's part.
"""

from __future__ import annotations

import json
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import httpx

from tests.bench.app_with_heartbeat import HeartbeatFile
from tests.bench.memory import resident
from tests.bench.worst_texts import worst_images, worst_texts
from tests.support.app_process import AppProcess
from tests.support.paths import ROOT

LIMIT = 0.2
"""Seconds by which the event loop may be late."""
TEXT_BYTES = 950_000
"""Bytes in JSON: with the rest of the body just below the limit of 1 MiB."""
FUNCTION_BYTES = 240_000
"""Bytes in JSON just below the limit of the page's functions."""
TIMEOUT = 120.0
KEYS = ("prompt", "negative_prompt", "text", "query", "styles", "page", "key", "name", "before", "words")
"""Keys of the objects that the page's functions take."""
WRAPPED: Mapping[str, Callable[[str], object]] = {
    "loras": lambda text: [{"path": text, "scale": 1}],
    "axes": lambda text: [{"field": "words", "values": text}],
    "jobs": lambda text: [text] * 2,
    "axes ": lambda text: [{"field": "seed", "values": text}],
}
"""Keys whose texts lie deeper."""
_PATHS = ("/gradio_api/component_server", "/gradio_api/queue/join", "/gradio_api/call/v2/generate")
MCP = "/gradio_api/mcp"
Requests = Iterator[tuple[str, httpx.Request]]


class AppWithHeartbeat(AppProcess):
    script = ROOT / "tests" / "bench" / "app_with_heartbeat.py"


@dataclass(frozen=True, slots=True)
class Delay:
    """Delay of the app's event loop during one request, in seconds."""

    name: str
    seconds: float
    machine: float
    """Delay of the heartbeat in another process meanwhile."""
    took: float
    status: int


def run() -> Iterator[str]:
    """Run the benchmark and yield the lines of its table."""
    with tempfile.TemporaryDirectory() as folder:
        has_mcp = find_spec("mcp") is not None
        app = AppWithHeartbeat(Path(folder), GRADIO_MCP_SERVER=str(has_mcp)).start()
        try:
            before = resident(app.pid)
            delays = list(_delays(app))
            after = resident(app.pid)
        finally:
            app.kill()
    yield from _table(delays)
    yield f"memory: {before:.0f} MB before, {after:.0f} MB after"


def _table(delays: list[Delay]) -> Iterator[str]:
    late = [one for one in delays if one.seconds - one.machine > LIMIT]
    yield f"{len(delays)} requests, the event loop late by more than {1000 * LIMIT:.0f} ms in {len(late)}"
    for one in sorted(delays, key=lambda one: -(one.seconds - one.machine))[:25]:
        yield (
            f"{1000 * one.seconds:6.0f} ms late (another process {1000 * one.machine:4.0f} ms),"
            f" answered {one.status} in {one.took:5.1f} s: {one.name}"
        )
    if failed := sorted({f"{one.status} {one.name}" for one in delays if one.status >= 500 and one.status != 503}):
        yield f"errors of the server: {'; '.join(failed[:10])}"


def _delays(app: AppProcess) -> Iterator[Delay]:
    file = HeartbeatFile(app.folder)
    with httpx.Client(base_url=app.url, timeout=TIMEOUT, trust_env=False) as http, _own_heartbeat() as own:
        config = http.get("/config").json()
        time.sleep(2)
        for name, request in chain(
            _page_functions(http, config), _presses(http, config), _tools(http), _uploads(http)
        ):
            file.take()
            own.clear()
            begun = time.monotonic()
            try:
                status = http.send(request).status_code
            except httpx.TimeoutException:
                status = 599
            took = time.monotonic() - begun
            time.sleep(0.02)
            yield Delay(name, file.take(), max(own, default=0.0), took, status)


@contextmanager
def _own_heartbeat() -> Generator[list[float]]:
    delays: list[float] = []
    ended = threading.Event()

    def beat() -> None:
        while not ended.is_set():
            begun = time.monotonic()
            time.sleep(0.01)
            delays.append(time.monotonic() - begun - 0.01)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    yield delays
    ended.set()
    thread.join()


def _page_functions(http: httpx.Client, config: dict[str, Any]) -> Requests:
    """Yield a call of each function of the page with each text under each key."""
    for part in config["components"]:
        for function in part["props"].get("server_fns") or []:
            place = part["props"].get("elem_id", "")
            for text_name, text in worst_texts(FUNCTION_BYTES).items():
                for key in (*KEYS, *WRAPPED):
                    value = WRAPPED[key](text) if key in WRAPPED else text
                    data = {"visitor": secrets.token_hex(16), "prompt": "fox", key.strip(): value}
                    call = {"component_id": part["id"], "fn_name": function, "data": data}
                    request = _posted(http, "/gradio_api/component_server", call)
                    yield f"{place}.{function}({key}: {text_name})", request


def _presses(http: httpx.Client, config: dict[str, Any]) -> Requests:
    """Yield presses of Generate and program calls with each text in each place for one."""
    parts = {part["id"]: part["props"] for part in config["components"]}
    for event in (event for event in config["dependencies"] if event["backend_fn"]):
        for place, number in enumerate(event["inputs"]):
            if isinstance(parts[number].get("value"), str | None):
                for text_name, text in worst_texts(TEXT_BYTES).items():
                    data = [_value(parts[one], text if one == number else None) for one in event["inputs"]]
                    path = "/gradio_api/queue/join"
                    if event["api_visibility"] == "public":
                        path = f"/gradio_api/call/{event['api_name']}"
                    name = f"{event['api_name']}({parts[number].get('elem_id') or place}: {text_name})"
                    yield name, _posted(http, path, {"data": data, "fn_index": event["id"]})


def _value(props: dict[str, Any], text: str | None) -> object:
    if props.get("elem_id") == "results":
        return {"visitor": secrets.token_hex(16), "click": secrets.token_hex(16)}
    return props.get("value") if text is None else text


def _tools(http: httpx.Client) -> Requests:
    """Yield calls of the tools for programs with each text as a prompt, a LoRA, a picture, and the name of a tool."""
    accept = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    for text_name, text in worst_texts(TEXT_BYTES).items():
        for place, call in {
            "prompt": {"name": "generate", "arguments": {"prompt": text}},
            "loras": {"name": "generate", "arguments": {"prompt": "fox", "loras": [{"path": text, "scale": 1}]}},
            "image": {"name": "generate", "arguments": {"prompt": "fox", "image": text}},
            "tool": {"name": text},
        }.items():
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
            content = json.dumps(body, ensure_ascii=False).encode()
            request = http.build_request("POST", MCP, content=content, headers=_headers() | accept)
            yield f"mcp({place}: {text_name})", request


def _uploads(http: httpx.Client) -> Requests:
    for name, content in worst_images().items():
        headers = _headers() | {"x-playground-visitor": secrets.token_hex(16)}
        yield f"upload({name})", http.build_request("POST", "/playground/sources", content=content, headers=headers)
    for name, body in {
        "empty lists": b'{"data": [' + b"[]," * 300_000 + b"[]]}",
        "open lists": b"[" * 900_000,
    }.items():
        headers = _headers() | {"content-type": "application/json"}
        for path in (*_PATHS, MCP):
            yield f"{path}({name})", http.build_request("POST", path, content=body, headers=headers)


def _posted(http: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Request:
    content = json.dumps({"session_hash": secrets.token_hex(6), **body}, ensure_ascii=False).encode()
    return http.build_request("POST", path, content=content, headers=_headers() | {"content-type": "application/json"})


def _headers() -> dict[str, str]:
    """Return the header of a proxy: rate limits count by client address."""
    return {"x-forwarded-for": f"9.9.{secrets.randbelow(256)}.{secrets.randbelow(256)}"}
