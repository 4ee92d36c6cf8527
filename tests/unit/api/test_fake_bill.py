"""The fake hosted API's bill, levels, deletion and clock, by which the app's accounts are judged."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.support.v3_service import KEY, HostedApi
from tests.support.v3_task import Task

PAGE = {"page": 1, "page_size": 100}


class Caller:
    """Client of a fake API without its socket, at a time that tests set."""

    def __init__(self) -> None:
        self.api, self.time = HostedApi(), 0.0
        self.api.monotonic, self.api.wall = lambda: self.time, lambda: 1_800_000_000.0 + self.time
        self.api.length = lambda body: 10.0

    def call(self, path: str, body: Any = None, method: str = "POST", key: str = KEY) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {key}"}
        answer = self.api._answer(method, f"/api/v3/{path}", headers, json.dumps(body).encode())
        assert answer
        return answer[0], json.loads(answer[2])["data"]

    def submit(self, outcome: str = "completed") -> Task:
        status, data = self.call("stability-ai/sdxl-lora", {"prompt": "a cat", "size": "256*256", "seed": 1})
        assert status == 200
        task = self.api.tasks[data["id"]]
        task.outcome = outcome
        return task

    def bill(self, **query: Any) -> list[tuple[str, float, str]]:
        status, data = self.call("billings/search", PAGE | query)
        assert status == 200
        assert data["total"] >= len(data["items"])
        return [(item["billing_type"], item["price"], item["order"]["state"]) for item in data["items"]]


@pytest.fixture
def caller():
    caller = Caller()
    yield caller
    caller.api._loop.close()


def test_a_task_is_deducted_when_it_is_accepted(caller):
    caller.submit()
    assert caller.bill() == [("deduct", 0.01, "pre")]
    caller.time = 10
    assert caller.bill() == [("deduct", 0.01, "done")]
    caller.api.bill.is_in_millionths = True
    assert caller.bill() == [("deduct", 10_000, "done")]


def test_a_failed_task_is_refunded_after_the_delay(caller):
    caller.api.bill.refund_delay = lambda task: 3600
    task = caller.submit("failed")
    caller.time = 3609
    assert caller.bill() == [("deduct", 0.01, "done")]
    caller.time = 3610
    assert caller.bill() == [("refund", 0.01, "done"), ("deduct", 0.01, "done")]
    assert caller.bill(billing_type="refund") == [("refund", 0.01, "done")]
    assert caller.api.bill.net([task]) == 0


def test_a_running_task_stops_late_and_may_be_refunded_in_part(caller):
    caller.api.stop_delay, caller.api.bill.refund_share = 5.0, lambda task: Fraction(1, 2)
    stopped, ended = caller.submit(), caller.submit()
    caller.time = 3
    assert caller.call(f"predictions/{stopped.id}", method="DELETE")[1] == {"id": stopped.id, "status": "deleted"}
    assert caller.call(f"predictions/{stopped.id}", method="GET")[1]["status"] == "processing"
    caller.time = 8
    assert caller.call(f"predictions/{stopped.id}/result", method="GET")[1]["status"] == "cancelled"
    assert caller.api.bill.net([stopped]) == Fraction("0.005")
    caller.time = 10
    assert caller.call("predictions/delete", {"ids": [ended.id, "none"]})[1] == {"deleted_count": 1}
    assert caller.call(f"predictions/{ended.id}", method="GET")[0] == 404
    assert caller.bill(prediction_uuids=[ended.id]) == [("deduct", 0.01, "done")]


def test_a_task_may_end_before_it_stops(caller):
    caller.api.stop_delay = 60.0
    task = caller.submit()
    caller.call("predictions/delete", {"ids": [task.id]})
    caller.time = 10
    assert caller.call(f"predictions/{task.id}", method="GET")[1]["status"] == "completed"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"page": 1},
        {**PAGE, "page_size": 101},
        {**PAGE, "start_time": 1},
        {**PAGE, "sort": "price"},
        {**PAGE, "x": 1},
    ],
)
def test_a_search_that_the_documentation_does_not_allow(query, caller):
    assert caller.call("billings/search", query)[0] == 400


def test_pages_order_and_times(caller):
    tasks = [caller.submit()]
    caller.time = 60
    tasks.append(caller.submit())
    found = [caller.call("billings/search", {**PAGE, "page_size": 1, "page": page})[1] for page in (1, 2, 3)]
    assert [[item["prediction"]["uuid"] for item in data["items"]] for data in found] == [
        [tasks[1].id],
        [tasks[0].id],
        [],
    ]
    assert found[0]["total"] == 2
    oldest_first = caller.call("billings/search", {**PAGE, "sort": "created_at ASC"})[1]["items"]
    assert [item["prediction"]["uuid"] for item in oldest_first] == [task.id for task in tasks]
    assert len(caller.bill(start_time="1800000060000")) == len(caller.bill(end_time="1800000000000")) == 1


@pytest.mark.parametrize(("trouble", "status"), [("absent", 404), ("weary", 500)])
def test_a_bill_that_is_away(trouble, status, caller):
    caller.api.bill.trouble = trouble
    assert caller.call("billings/search", PAGE)[0] == status


def test_accounts_do_not_see_each_other(caller):
    caller.api.account_of, caller.api.keys = lambda key: key, {KEY, "another"}
    task = caller.submit()
    assert caller.call("billings/search", PAGE, key="another")[1]["items"] == []
    assert caller.call("predictions", PAGE, key="another")[1]["items"] == []
    assert caller.call(f"predictions/{task.id}", method="GET", key="another")[0] == 404


def test_levels_and_clock(caller):
    caller.api.images_per_minute, caller.api.at_once = 3, 2
    body = {"prompt": "a cat", "size": "256*256", "seed": 1}
    results = []
    for caller.time in (0, 1, 2, 10, 20, 60):
        results.append(caller.call("stability-ai/sdxl-lora", body)[0])
    assert results == [200, 200, 429, 200, 429, 200]
    caller.api.skew = 180.0
    answer = caller.api._answer("GET", "/api/v3/balance", {"authorization": f"Bearer {KEY}"}, b"")
    assert parsedate_to_datetime(answer[1]["date"]).timestamp() == 1_800_000_000 + 60 + 180
