"""List of billings: bodies of searches, and entries of answers of which nothing is trusted."""

from __future__ import annotations

import json

import pytest

from components import messages
from components.api.billings import BillSearch, decode_billings, encode_billings
from components.api.envelope import ApiResponse
from components.domain.bill import BillEntry
from components.errors import NotProvided, Unauthorized

ITEM = {
    "uuid": "b-1",
    "billing_type": "deduct",
    "price": 0.04,
    "created_at": "2026-11-29T12:00:00.000Z",
    "order": {"uuid": "o-1", "state": "done", "price": 0.04},
    "prediction": {"uuid": "task-1", "model_uuid": "m", "status": "completed"},
}
NOON = 1795953600.0


def answer(*items, status=200):
    body = {"code": status, "message": "", "data": {"page": 1, "total": len(items), "items": [*items]}}
    return ApiResponse(200, json.dumps(body).encode())


def test_a_search_has_the_fields_that_the_api_requires():
    assert encode_billings(BillSearch(("a", "b")), page=2) == {
        "page": 2,
        "page_size": 100,
        "sort": "created_at DESC",
        "prediction_uuids": ["a", "b"],
    }
    times = encode_billings(BillSearch(between=(1.5, 2.0001)))
    assert (times["start_time"], times["end_time"]) == ("1500", "2001")
    assert "prediction_uuids" not in times


def test_entries_are_read():
    refund = ITEM | {"billing_type": "refund", "price": -0.04, "order": {"state": "pre"}}
    assert decode_billings(answer(ITEM, refund)) == (
        BillEntry("task-1", 0.04, created_at=NOON),
        BillEntry("task-1", 0.04, is_refund=True, is_open=True, created_at=NOON),
    )


@pytest.mark.parametrize(
    ("names", "key"),
    [
        ({"access_key_name": "default", "access_key_id": "k-1", "order": {"ak_id": "k-2"}}, "k-1"),
        ({"access_key_name": "default", "order": {"ak_id": "k-2"}}, "k-2"),
        ({"access_key_name": "default"}, "default"),
        ({"access_key_name": 7, "access_key_id": None, "order": []}, ""),
    ],
)
def test_the_key_that_paid_is_read(names, key):
    assert [entry.payer_key for entry in decode_billings(answer(ITEM | names))] == [key]


@pytest.mark.parametrize(
    "change",
    [
        {"price": None},
        {"price": "0.04"},
        {"price": True},
        {"prediction": None},
        {"prediction": {"uuid": "../balance"}},
        {"prediction": {"uuid": ["a"]}},
        {"prediction": []},
    ],
)
def test_what_is_no_entry_about_a_task_is_left_out(change):
    assert decode_billings(answer(ITEM | change, None, 1, "x")) == ()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_an_amount_that_is_no_finite_number_is_left_out(number):
    body = answer(ITEM).body.replace(b"0.04", number.encode(), 1)
    assert decode_billings(ApiResponse(200, body)) == ()


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"code": 200, "data": {"items": {}}}', b'{"code": 500}'])
def test_an_answer_without_a_list_is_not_an_empty_bill(body):
    with pytest.raises(NotProvided) as caught:
        decode_billings(ApiResponse(200, body))
    assert caught.value.is_offered
    assert caught.value.message == messages.BILL_UNAVAILABLE


def test_a_missing_call_and_a_refused_key_are_told_apart():
    with pytest.raises(NotProvided) as caught:
        decode_billings(ApiResponse(404, b'{"code": 404, "message": "not found"}'))
    assert not caught.value.is_offered
    with pytest.raises(Unauthorized):
        decode_billings(ApiResponse(401, b'{"code": 401, "message": "no"}'))
