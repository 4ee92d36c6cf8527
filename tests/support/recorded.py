"""Recorded responses of the API (tests/data/golden) as ApiResponse values."""

from __future__ import annotations

import json
from typing import Any

from components.api.envelope import ApiResponse
from components.net.retry import retry_after_seconds
from tests.support.paths import GOLDEN


def recorded(name: str) -> ApiResponse:
    """Return the response recorded in `tests/data/golden/<name>.json`."""
    record = json.loads((GOLDEN / f"{name}.json").read_text())
    body = record["text"] if "text" in record else json.dumps(record["body"])
    wait = retry_after_seconds(record.get("headers", {}).get("retry-after"), 0)
    return ApiResponse(record["status"], body.encode(), wait)


TASK = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
PICTURE = f"https://d1q70pf5vjeyhc.cloudfront.net/predictions/{TASK}/1.png"


def answer(data: Any, *, code: int = 200, status: int = 200, message: str = "") -> ApiResponse:
    """Return a response with an envelope around `data`; `code` is the envelope's, `status` the HTTP status."""
    return ApiResponse(status, json.dumps({"code": code, "message": message, "data": data}).encode())
