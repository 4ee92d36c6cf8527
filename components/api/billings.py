"""Billings: the API's list of what tasks were charged, as JSON bodies and entries. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components import messages
from components.api.decode import MAX_ENTRIES, data_or_raise, task_id_of
from components.api.envelope import ApiResponse
from components.api.times import unix_seconds
from components.domain.bill import BillEntry
from components.domain.json_values import as_list, as_mapping, as_text
from components.domain.money import MAX_MICROS
from components.errors import NotProvided

PAGE_SIZE = 100
"""Entries of a page, the most that the API takes."""
MAX_PAGES = 20
"""Pages that are read at most."""
MAX_BILLINGS = MAX_PAGES * PAGE_SIZE
"""Entries; a list of so many may have more, which were not read."""


@dataclass(frozen=True, slots=True)
class BillSearch:
    """Search in the list of billings: for the entries of tasks, or for all of a time."""

    task_ids: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    """First and last time in Unix seconds, by the API's clock; None: any."""


def encode_billings(search: BillSearch, page: int = 1) -> dict[str, Any]:
    """Return the JSON body of a search, newest entries first; pages count from 1."""
    body: dict[str, Any] = {"page": page, "page_size": PAGE_SIZE, "sort": "created_at DESC"}
    if search.task_ids:
        body["prediction_uuids"] = [*search.task_ids]
    if search.between:
        first, last = search.between
        # The API takes milliseconds as strings.
        body |= {"start_time": str(math.floor(first * 1000)), "end_time": str(math.ceil(last * 1000))}
    return body


def decode_billings(response: ApiResponse) -> tuple[BillEntry, ...]:
    """Return the entries of one page. Raises Unauthorized, and NotProvided for a response without a list."""
    items = as_mapping(data_or_raise(response, messages.BILL_UNAVAILABLE)).get("items")
    if not isinstance(items, list):
        raise NotProvided(messages.BILL_UNAVAILABLE, is_offered=True)
    entries = (_entry(as_mapping(item)) for item in as_list(items)[:MAX_ENTRIES])
    return tuple(entry for entry in entries if entry)


def _entry(item: Mapping[str, Any]) -> BillEntry | None:
    """Return an entry; None for one about no task, or without an amount."""
    task_id = task_id_of(as_mapping({"id": as_mapping(item.get("prediction")).get("uuid")}))
    amount = item.get("price")
    if not task_id or isinstance(amount, bool) or not isinstance(amount, int | float):
        return None
    # Also false for NaN, which Python reads as JSON.
    if not abs(amount) <= MAX_MICROS:
        return None
    # The sign is not documented: a refund may come as a negative amount.
    is_refund = as_text(item.get("billing_type")) == "refund"
    order = as_mapping(item.get("order"))
    is_open = as_text(order.get("state")) == "pre"
    keys = (as_text(key) for key in (item.get("access_key_id"), order.get("ak_id"), item.get("access_key_name")))
    made = unix_seconds(item.get("created_at"))
    return BillEntry(task_id, abs(amount), is_refund, is_open, made, payer_key=next(filter(None, keys), ""))
