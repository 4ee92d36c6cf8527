"""Scripted list of billings of the v3 API: entries by task, as the vendor's pages describe them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx

from components.clock import Clock


class ScriptedBill:
    """List of billings of one account; tests add its entries."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.entries: list[dict[str, Any]] = []
        """Newest last."""
        self.searches: list[dict[str, Any]] = []
        """Bodies of the searches that arrived."""
        self.next_replies: list[httpx.Response] = []

    def add(self, task_id: str, price: float, kind: str = "deduct", *, is_open: bool = False, ago: float = 0) -> None:
        """Add an entry; `price` in dollars as a float, or in millionths as an int."""
        moment = datetime.fromtimestamp(self._clock.now() - ago, UTC).isoformat(timespec="milliseconds")
        self.entries.append(
            {
                "uuid": f"billing{len(self.entries)}",
                "billing_type": kind,
                "price": price,
                "created_at": moment,
                "updated_at": moment,
                "access_key_name": "default",
                "order": {"uuid": "order", "state": "pre" if is_open else "done", "price": price},
                "prediction": {"uuid": task_id, "model_uuid": "model", "status": "completed"},
            }
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a search."""
        body = json.loads(request.content)
        self.searches.append(body)
        if self.next_replies:
            return self.next_replies.pop(0)
        found = [entry for entry in self.entries[::-1] if _is_wanted(entry, body)]
        first = (body["page"] - 1) * body["page_size"]
        data = {"page": body["page"], "total": len(found), "items": found[first : first + body["page_size"]]}
        return httpx.Response(200, json={"code": 200, "message": "success", "data": data})


def _is_wanted(entry: dict[str, Any], body: dict[str, Any]) -> bool:
    moment = datetime.fromisoformat(entry["created_at"]).timestamp() * 1000
    first, last = body.get("start_time", "0"), body.get("end_time", "9" * 15)
    assert isinstance(first, str) and isinstance(last, str)
    ids = body.get("prediction_uuids")
    return int(first) <= moment <= int(last) and (not ids or entry["prediction"]["uuid"] in ids)
