"""Task records: searches at the same time read list and bill once, and each gets the whole answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from components.api.billings import BillSearch
from components.api.client import Client
from components.domain.bill import BillEntry
from components.domain.task import TaskStatus, TaskUpdate
from components.errors import PollFailed
from components.jobs.submit_match import Window
from components.jobs.task_records import CALL_TRIES, TaskRecords
from components.messages import LIST_UNREADABLE
from tests.support.fake_clock import until


class SlowClient:
    """Client of a service that answers when the gate opens."""

    def __init__(self) -> None:
        self.gate, self.calls = asyncio.Event(), Counter[object]()
        self.fails = False

    async def recent_tasks(self, model: str, page: int) -> tuple[TaskUpdate, ...]:
        self.calls[page] += 1
        await self.gate.wait()
        if self.fails:
            raise PollFailed(LIST_UNREADABLE)
        return (TaskUpdate(f"task of {page}", TaskStatus.COMPLETED, created_at=100.0 - page),)

    async def billings(self, search: BillSearch) -> tuple[BillEntry, ...]:
        self.calls["bill"] += 1
        await self.gate.wait()
        return (BillEntry("task", 0.01),)


@pytest.fixture
def client() -> Any:
    return SlowClient()


def records_of(client: Client) -> TaskRecords:
    return TaskRecords(client)


async def test_searches_at_the_same_time_share_each_reading(client: Any) -> None:
    records = records_of(client)
    listed = [asyncio.create_task(records.listed("m", lambda: Window(0, 9), 2)) for _ in range(5)]
    billed = [asyncio.create_task(records.billed(Window(600 + number, 610))) for number in range(5)]
    await until(lambda: client.calls["bill"] and client.calls[1])
    listed.pop().cancel()
    client.gate.set()
    assert [[one.task_id for one in await search] for search in listed] == [["task of 1", "task of 2"]] * 4
    assert all([(await search).entries for search in billed])
    assert client.calls == {1: 1, 2: 1, "bill": 1}
    await records.listed("m", lambda: Window(0, 9), 1)
    assert client.calls[1] == 2


async def test_a_failed_reading_fails_for_all_who_wait_for_it(client: Any) -> None:
    client.fails = True
    records = records_of(client)
    searches = [asyncio.create_task(records.listed("m", lambda: Window(0, 9), 2)) for _ in range(3)]
    client.gate.set()
    for search in searches:
        with pytest.raises(PollFailed):
            await search
    assert client.calls == {1: CALL_TRIES}
