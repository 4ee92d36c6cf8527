"""Visitor by HTTP: calls the page's endpoints as its scripts do, for many visitors at once and for own keys."""

from __future__ import annotations

import json
import secrets
from typing import Any

import httpx

from components.messages import in_full
from components.messages.message import message_of
from tests.support.waiting import wait_until

TIMEOUT = 12.0
"""Seconds."""
Row = dict[str, Any]


class HttpVisitor:
    """HTTP client of one browser, with its own token."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self.token = secrets.token_hex(16)
        config = self.http.get("/config").json()
        self._parts = {part["id"]: part["props"] for part in config["components"]}
        (button,) = [number for number, props in self._parts.items() if props.get("elem_id") == "generate"]
        (self._event,) = [event for event in config["dependencies"] if event["targets"] == [[button, "click"]]]

    def __enter__(self) -> HttpVisitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def press(self, prompt: str, key: str = "", pictures: int = 1) -> dict[str, Any]:
        """Press Generate and return the receipt."""
        ticket = {"visitor": self.token, "click": secrets.token_hex(16), "key": key}
        values = {
            "results": ticket,
            "field-prompt": prompt,
            "field-pictures": pictures,
            "field-width": 256,
            "field-height": 256,
        }
        props = [self._parts[number] for number in self._event["inputs"]]
        data = [values.get(part.get("elem_id", ""), part.get("value")) for part in props]
        session = secrets.token_hex(8)
        body = {"data": data, "fn_index": self._event["id"], "session_hash": session}
        self.http.post("/gradio_api/queue/join", json=body).raise_for_status()
        return self._receipt(session)

    def use_key(self, text: object) -> dict[str, Any]:
        """Enter an own key; return `token`, or `refused`."""
        return self._call("account", "use_key", {"visitor": self.token, "text": text})

    def rows(self) -> list[Row]:
        """Return the tiles, newest first."""
        answer = self.http.get("/playground/feed", headers={"X-Playground-Visitor": self.token})
        answer.raise_for_status()
        return answer.json()["rows"]

    def row(self, prompt: str, state: str) -> Row:
        """Wait until the newest tile of a prompt is in a state, and return it."""
        found: list[Row] = []

        def is_there() -> bool:
            found[:] = [row for row in self.rows() if row["prompt"] == prompt]
            return bool(found) and found[0]["state"] == state

        wait_until(is_there, lambda: found, seconds=TIMEOUT, pause=0.1)
        return found[0]

    def _call(self, panel: str, function: str, data: object) -> Any:
        (number,) = [number for number, props in self._parts.items() if props.get("elem_id") == panel]
        body = {"session_hash": self.token[:10], "component_id": number, "fn_name": function, "data": data}
        answer = self.http.post("/gradio_api/component_server", json=body)
        answer.raise_for_status()
        return answer.json()

    def _receipt(self, session: str) -> dict[str, Any]:
        with self.http.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                event = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if event.get("msg") == "process_completed":
                    return event["output"]["data"][0]
        raise AssertionError("no receipt came")


def text_of(message: Row) -> str:
    """Return a message, or that of a tile, as one English text."""
    sent = message.get("message", message)
    known = message_of({**sent, "charge": sent["charge"] or "none"})
    return in_full(known, is_free=not sent["charge"])
