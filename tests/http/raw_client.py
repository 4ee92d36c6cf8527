"""Raw HTTP client of the app; each request comes from a client address of its own."""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import httpx

from tests.support.app_process import AppProcess

TIMEOUT = 20.0
"""Seconds."""
_TRACES = re.compile(r"Traceback|\.py\b|site-packages|File \"|Error:|Exception|components/|line \d+")
_addresses = itertools.count(8 << 24)


class RawClient:
    """HTTP client of one visitor without a page; without `has_cookies` it never opened `/`."""

    def __init__(self, app: AppProcess, *, has_cookies: bool = False) -> None:
        self.app = app
        self.http = httpx.Client(base_url=app.url, timeout=TIMEOUT, event_hooks={"request": [from_a_new_address]})
        self.visitor, self.session = secrets.token_hex(16), secrets.token_hex(8)
        config = self.http.get("/config").json()
        self._parts = {part["id"]: part["props"] for part in config["components"]}
        self.press_event = _event(config, "press")
        self.program_event = _event(config, "generate")
        self.script_events = [event["id"] for event in config["dependencies"] if not event["backend_fn"]]
        (self.gallery,) = [number for number, part in self._parts.items() if part.get("elem_id") == "results"]
        if has_cookies:
            self.http.get("/")

    def post(self, path: str, body: Any) -> httpx.Response:
        """Post a value as JSON, or bytes unchanged."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(path, content=raw, headers={"Content-Type": "application/json"})

    def values(self, click: str, visitor: str | None = None, **fields: Any) -> list[Any]:
        """Return the inputs that the page sends for a press, with some fields changed."""
        ticket = {"visitor": visitor or self.visitor, "click": click}
        known = {"results": ticket, "field-prompt": "a stranger's prompt"} | fields
        parts = [self._parts[number] for number in self.press_event["inputs"]]
        return [known.get(part.get("elem_id") or "", part.get("value")) for part in parts]

    def join(self, data: list[Any], session: str | None = None, **more: Any) -> httpx.Response:
        """Post a press with these inputs to the queue."""
        body = {"data": data, "fn_index": self.press_event["id"], "session_hash": session or self.session} | more
        return self.post("/gradio_api/queue/join", body)

    def press(self, click: str, **fields: Any) -> dict[str, Any]:
        """Press Generate and return the receipt."""
        self.join(self.values(click, **fields)).raise_for_status()
        return self.completed(f"/gradio_api/queue/data?session_hash={self.session}")["output"]["data"][0]

    def completed(self, address: str) -> dict[str, Any]:
        """Read an event stream up to its `process_completed` event, and return it."""
        return next(event for event in self.events(address) if event.get("msg") == "process_completed")

    def events(self, address: str) -> Iterator[dict[str, Any]]:
        """Yield the events of an event stream."""
        with self.http.stream("GET", address) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])

    def call(self, function: str, **data: Any) -> httpx.Response:
        """Call a server function of the gallery."""
        body = {"session_hash": self.session, "component_id": self.gallery, "fn_name": function, "data": data}
        return self.post("/gradio_api/component_server/", body)

    def feed(self, visitor: str | None = None) -> httpx.Response:
        """Return the first answer of a visitor's feed."""
        return self.http.get("/playground/feed", headers={"X-Playground-Visitor": visitor or self.visitor})

    def rows(self, visitor: str | None = None) -> list[dict[str, Any]]:
        """Return the tiles of a visitor."""
        return self.feed(visitor).json()["rows"]

    def generate(self, **parameters: Any) -> str:
        """Call `/generate` as curl does, and return the whole response."""
        called = self.post("/gradio_api/call/v2/generate", parameters)
        if called.status_code != 200:
            return called.text
        with self.http.stream("GET", f"/gradio_api/call/generate/{called.json()['event_id']}") as answer:
            return answer.read().decode()


def a_new_address() -> str:
    """Return an unused client address, so that the rate limit of one address does not apply."""
    number = next(_addresses)
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def from_a_new_address(request: httpx.Request) -> None:
    """Add the X-Forwarded-For header of a proxy on loopback to a request without one."""
    request.headers.setdefault("X-Forwarded-For", a_new_address())


def is_clean(status: int, text: str) -> bool:
    """Return whether a response is no server error and, if an error, shows no traceback or file name."""
    return status < 500 and (status < 400 or not _TRACES.search(text))


def _event(config: dict[str, Any], name: str) -> dict[str, Any]:
    (event,) = [event for event in config["dependencies"] if event["api_name"] == name]
    return event
