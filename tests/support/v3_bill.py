"""Bill of the fake hosted API, written from the API's documentation: what each task cost, by the service's clock."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.support.v3_http import Response, failure, iso, page, success
from tests.support.v3_task import Seconds, Task

REFUNDED_STATUSES = ("failed", "timeout", "cancelled")
_NAMES = uuid.UUID(int=3)
_PARAMETERS = {"page", "page_size", "billing_type", "prediction_uuids", "sort", "start_time", "end_time"}


@dataclass(frozen=True)
class Row:
    """Entry of the bill; `made` is the monotonic time of the service at which it was written."""

    kind: str
    """`deduct` or `refund`."""
    task: Task
    dollars: Fraction
    made: float


class Bill:
    """Bill of all accounts: a `deduct` row for each accepted task, a `refund` row for one that brought nothing."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self.refund_delay: Callable[[Task], Seconds] = lambda task: 0.0
        """Time from the end of a task to its refund."""
        self.refund_share: Callable[[Task], Fraction] = lambda task: Fraction(1)
        """Part of the price that is refunded for a task that failed, timed out or was cancelled."""
        self.is_in_millionths = False
        """True: prices are whole millionths of a dollar, as on the vendor's older page; False: dollars as a float."""
        self.trouble = ""
        """What the call answers in place of the bill: `absent` (404), `weary` (500), `page` (a gateway's) or ""."""
        self.delay: Seconds = 0.0
        """Time that each answer takes."""

    def book(self, task: Task) -> None:
        """Deduct the price of a task that was just accepted."""
        self._tasks.append(task)

    def rows(self, account: str, *, is_stalled: bool = False) -> list[Row]:
        """Return the rows of an account that are written by now, oldest first."""
        found = (
            row
            for task in self._tasks
            if task.account == account
            for row in self._rows_of(task, is_stalled=is_stalled)
        )
        return sorted(found, key=lambda row: row.made)

    def net(self, tasks: Iterable[Task], *, is_stalled: bool = False) -> Fraction:
        """Return the dollars that tasks cost by now, refunds deducted."""
        rows = (row for task in tasks for row in self._rows_of(task, is_stalled=is_stalled))
        return sum((row.dollars if row.kind == "deduct" else -row.dollars for row in rows), Fraction(0))

    def search(self, query: Any, account: str, unix: Callable[[float], float], *, is_stalled: bool) -> Response:
        """Answer `POST /api/v3/billings/search`; `unix` returns the Unix seconds of a monotonic time."""
        if self.trouble:
            return {"absent": failure(404, "not found"), "weary": failure(500, "internal error")}.get(
                self.trouble, page(502)
            )
        if problem := _problem(query):
            return failure(400, problem)
        rows = [row for row in self.rows(account, is_stalled=is_stalled) if _fits(row, query, unix)]
        if query.get("sort", "created_at DESC") == "created_at DESC":
            rows.reverse()
        number, size = query["page"], query["page_size"]
        items = [self._item(row, unix, is_stalled=is_stalled) for row in rows[(number - 1) * size :][:size]]
        return success({"page": number, "total": len(rows), "items": items})

    def _rows_of(self, task: Task, *, is_stalled: bool) -> list[Row]:
        rows = [Row("deduct", task, task.price, task.born)]
        refunded_at = task.ended_at + self.refund_delay(task)
        dollars = task.price * self.refund_share(task)
        is_due = task.status(is_stalled) in REFUNDED_STATUSES and task.monotonic() >= refunded_at
        return [*rows, Row("refund", task, dollars, refunded_at)] if is_due and dollars else rows

    def _item(self, row: Row, unix: Callable[[float], float], *, is_stalled: bool) -> dict[str, Any]:
        task, status = row.task, row.task.status(is_stalled)
        state = "pre" if status in ("created", "processing") else "done"
        made = iso(unix(row.made))
        return {
            "uuid": _uuid(row.kind, task),
            "billing_type": row.kind,
            "price": self._price(row.dollars),
            "created_at": made,
            "updated_at": made if state == "pre" else iso(unix(max(row.made, task.ended_at))),
            "access_key_name": f"key of {task.account[-4:]}",
            "order": {
                "uuid": _uuid("order", task),
                "state": state,
                "price": self._price(row.dollars),
                "origin_price": self._price(row.dollars),
                "status": status,
                "ak_id": _uuid("account", task),
            },
            "prediction": {"uuid": task.id, "model_uuid": task.model, "status": status},
        }

    def _price(self, dollars: Fraction) -> float | int:
        return round(dollars * 1_000_000) if self.is_in_millionths else float(dollars)


def _uuid(kind: str, task: Task) -> str:
    return str(uuid.uuid5(_NAMES, f"{kind} {task.account if kind == 'account' else task.id}"))


def _problem(query: Any) -> str:
    """Return what is wrong with a search; empty when nothing is."""
    if not isinstance(query, dict) or set(query) - _PARAMETERS:
        return "unknown parameter"
    number, size = query.get("page"), query.get("page_size")
    if type(number) is not int or type(size) is not int or number < 1 or not 1 <= size <= 100:
        return "page from 1 and page_size from 1 to 100 are required"
    times = [query[name] for name in ("start_time", "end_time") if name in query]
    if not all(isinstance(moment, str) and moment.isdecimal() for moment in times):
        return "start_time and end_time are milliseconds as strings"
    if query.get("sort", "created_at DESC") not in ("created_at ASC", "created_at DESC"):
        return "sort is created_at ASC or created_at DESC"
    ids = query.get("prediction_uuids", [])
    return (
        "" if isinstance(ids, list) and query.get("billing_type", "deduct") in ("deduct", "refund") else "bad filter"
    )


def _fits(row: Row, query: dict[str, Any], unix: Callable[[float], float]) -> bool:
    made = 1000 * unix(row.made)
    is_wanted = "prediction_uuids" not in query or row.task.id in query["prediction_uuids"]
    is_in_time = float(query.get("start_time", 0)) <= made <= float(query.get("end_time", "inf"))
    return is_wanted and is_in_time and row.kind == query.get("billing_type", row.kind)
