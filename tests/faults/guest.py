"""A visitor without a browser: drives the page's own endpoints as its script does. For crowds, and for keys."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import httpx

PATIENCE = 12.0
Row = dict[str, Any]


class Guest:
    """One browser's worth of requests; its token is its own."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self.token = secrets.token_hex(16)
        config = self.http.get("/config").json()
        self._parts = {part["id"]: part["props"] for part in config["components"]}
        (button,) = [number for number, props in self._parts.items() if props.get("elem_id") == "generate"]
        (self._event,) = [event for event in config["dependencies"] if event["targets"] == [[button, "click"]]]

    def __enter__(self) -> Guest:
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

    def brings_key(self, text: object) -> dict[str, Any]:
        """Enter a key of one's own; return `token`, or `refused`."""
        return self._asks("account", "use_key", {"visitor": self.token, "text": text})

    def rows(self) -> list[Row]:
        """Return the tiles, the newest first."""
        ask = {"visitor": self.token, "epoch": "", "version": 0, "wait": 0}
        return self._asks("results", "changes", ask)["rows"]

    def row(self, prompt: str, state: str) -> Row:
        """Wait until a prompt's tile is in a state."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = [row for row in self.rows() if row["prompt"] == prompt]
            if found and found[0]["state"] == state:
                return found[0]
            assert time.monotonic() < deadline, found
            time.sleep(0.1)

    def _asks(self, place: str, function: str, data: object) -> Any:
        (number,) = [number for number, props in self._parts.items() if props.get("elem_id") == place]
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


def says_of(message: Row) -> str:
    """Return what a tile or a notice says."""
    return " ".join((message["happened"], message["charged"], message["advice"]))
