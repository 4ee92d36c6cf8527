from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock

import pytest

from components.domain.task import TaskStatus, TaskUpdate
from components.jobs.poll_schedule import DurationHistory
from components.jobs.watcher import POLLS_A_SECOND, Watcher
from tests.support.fake_clock import FakeClock
from tests.support.stored_jobs import job

SECONDS = 20.0
"""Virtual seconds that tasks are followed; their polls would be half a second apart at first."""


async def polls_of(clock: FakeClock, tasks: int) -> list[float]:
    """Return the times at which tasks without an end are polled."""
    times, over = list[float](), asyncio.Event()

    async def get_task(*_: Any) -> TaskUpdate:
        times.append(clock.monotonic())
        if clock.monotonic() > SECONDS:
            over.set()
        return TaskUpdate("task", TaskStatus.RUNNING)

    watcher = Watcher(AsyncMock(get_task=get_task), AsyncMock(), AsyncMock(), clock, DurationHistory())
    followed = [
        asyncio.create_task(watcher.follow(job(f"job{number}", task_id=f"task{number}"))) for number in range(tasks)
    ]
    await over.wait()
    for task in followed:
        task.cancel()
    await asyncio.gather(*followed, return_exceptions=True)
    return times


@pytest.mark.parametrize("tasks", [200, 400])
async def test_many_tasks_together_are_polled_so_often_a_second_at_most(clock, tasks):
    later = [time for time in await polls_of(clock, tasks) if time >= 5]
    assert 0.5 * POLLS_A_SECOND < len(later) / (SECONDS - 5) < 1.25 * POLLS_A_SECOND


async def test_a_few_are_polled_as_often_as_one_alone(clock):
    assert len(await polls_of(clock, 10)) == 10 * len(await polls_of(FakeClock(), 1))
