"""Call of `/generate` as `curl` makes it: two requests, no client library."""

from __future__ import annotations

import json
from typing import Any

import httpx


def call_generate(url: str, parameters: dict[str, Any]) -> tuple[str, Any]:
    """Post named parameters, read the event stream to its end, and return the last event and its data."""
    begun = httpx.post(f"{url}/gradio_api/call/v2/generate", json=parameters)
    assert begun.status_code == 200, begun.text
    stream = httpx.get(f"{url}/gradio_api/call/v2/generate/{begun.json()['event_id']}", timeout=60).text
    event, data = stream.strip().splitlines()[-2:]
    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))
