"""The line of POSTs: order, pace, places. Time passes at once."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import messages
from components.clock import Clock
from components.jobs.send_queue import MAX_CONCURRENT, QueueResult, SendQueue
from tests.support.fake_clock import FakeClock, until
from tests.support.full_run import examples
from tests.support.send_service import Service, names


async def test_c03_all_go_in_the_order_of_their_clicks(clock):
    service = Service(clock)
    ends = await asyncio.gather(*service.start(*names(100)))
    assert set(ends) == {QueueResult.SEND}
    assert service.order == names(100)


async def test_c03_never_more_than_at_once_are_under_way(clock):
    service = Service(clock)
    tasks = service.start(*names(3 * MAX_CONCURRENT), takes=1.0)
    await asyncio.gather(*tasks)
    assert service.most == MAX_CONCURRENT
    assert clock.monotonic() == pytest.approx(3.0)


async def test_c03_one_at_a_time_after_busy_then_twice_as_many_a_round(clock):
    service = Service(clock, [10.0])
    await asyncio.gather(*await service.busy("first", *names(20), takes=1.0))
    together = Counter(at for at, _ in service.pace)
    assert together == {0.0: 1, 10.0: 3, 11.0: 4, 12.0: 8, 13.0: 6}, "1, 2, 4, 8: the first took no time"
    assert service.order[:2] == ["first", "first"], "it kept its place"


async def test_c03_a_job_that_was_turned_away_goes_before_those_behind_it(clock):
    service = Service(clock, [5.0] * 8)
    await asyncio.gather(*service.start(*names(8)))
    assert service.accepted == names(8)


async def test_c03_nobody_overtakes_the_first_while_it_pauses_by_itself(clock):
    """It could not connect and waits half a second before it asks for its turn again."""
    service = Service(clock)
    service.turns.pause(0.0)
    first = service.turns.enter("first", "alice")
    assert await service.turns.wait(first) is QueueResult.SEND
    service.turns.end_send(first, accepted=False)
    (second,) = service.start("second")
    for _ in range(20):
        await asyncio.sleep(0)
    assert service.order == []
    assert await service.turns.wait(first) is QueueResult.SEND
    service.turns.end_send(first, accepted=True)
    service.turns.leave(first)
    assert await second is QueueResult.SEND


async def test_c03_no_time_behind_others_is_too_long(clock):
    service = Service(clock, [100.0] * 10)
    ends = await asyncio.gather(*service.start("a", "b"))
    assert ends == [QueueResult.SEND, QueueResult.SEND]
    assert clock.monotonic() > 800
    assert service.accepted == ["a", "b"]


async def test_c03_a_wait_can_be_taken_back_and_is_never_sent(clock):
    service = Service(clock, [60.0])
    tasks = await service.busy(*names(3))
    assert service.turns.cancel("job001", messages.TAKEN_BACK)
    assert await tasks[1] is QueueResult.CANCELLED
    assert not service.turns.cancel("job001", messages.TAKEN_BACK), "it is not here any more"
    await asyncio.gather(*tasks)
    assert service.accepted == ["job000", "job002"]


async def test_c03_what_is_being_sent_cannot_be_taken_back(clock):
    service = Service(clock)
    (task,) = service.start("a", takes=1.0)
    await until(lambda: service.under_way)
    assert not service.turns.cancel("a", messages.TAKEN_BACK)
    assert await task is QueueResult.SEND


async def test_s02_when_all_are_taken_back_what_is_turned_away_is_not_sent_again(clock):
    service = Service(clock, [1.0])
    service.gate = asyncio.Event()
    tasks = service.start(*names(MAX_CONCURRENT + 3))
    await until(lambda: service.under_way == MAX_CONCURRENT)
    service.turns.cancel_all(messages.KEY_FORGOTTEN)
    service.gate.set()
    ends = await asyncio.gather(*tasks)
    assert ends.count(QueueResult.SEND) == MAX_CONCURRENT - 1, "of those under way one was turned away"
    assert len(service.order) == MAX_CONCURRENT


async def test_c03_a_job_that_pauses_by_itself_can_be_taken_back_too(clock):
    turns = SendQueue(clock, lambda: None)
    entry = turns.enter("a", "alice")
    assert await turns.wait(entry) is QueueResult.SEND
    turns.end_send(entry, accepted=False)
    assert turns.cancel("a", messages.TAKEN_BACK)
    assert await turns.wait(entry) is QueueResult.CANCELLED
    assert entry.cancelled == messages.TAKEN_BACK
    turns.leave(entry)


async def test_f15_places_count_those_who_wait_before(clock):
    service = Service(clock, [30.0])
    tasks = await service.busy(*names(4))
    assert service.turns.positions() == {"job000": 0, "job001": 1, "job002": 2, "job003": 3}
    assert service.turns.seconds_to_next == pytest.approx(30.0)
    assert service.turns.is_congested
    await asyncio.gather(*tasks)
    assert service.turns.positions() == {}


async def test_nothing_is_told_while_nobody_waits_for_longer_than_a_moment(clock):
    service = Service(clock)
    (task,) = service.start("a", takes=1.0)
    await until(lambda: service.under_way)
    assert not service.turns.is_congested
    assert await task is QueueResult.SEND


async def test_a_job_whose_task_is_cancelled_leaves_the_line_and_lets_the_next_go(clock):
    service = Service(clock, [20.0])
    tasks = await service.busy(*names(3))
    tasks[0].cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await tasks[0]
    await asyncio.gather(*tasks[1:])
    assert service.accepted == ["job001", "job002"]


async def test_a_closed_line_leaves_no_task_behind():
    turns = SendQueue(Clock(), lambda: None)
    turns.pause(20.0)
    tasks = [asyncio.create_task(turns.wait(turns.enter(name, "alice"))) for name in names(3)]
    await asyncio.sleep(0)
    turns.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    turns.leave(turns._entries["job000"])
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


ANSWERS = st.lists(st.none() | st.sampled_from([0.0, 0.5, 2.0, 45.0, 119.0]), max_size=60)
DEEDS = st.lists(
    st.sampled_from(["withdraw", "withdraw all", "cancel", "wait", "more"]) | st.floats(0.0, 50.0), max_size=12
)


@given(ANSWERS, DEEDS, st.integers(1, 50), st.randoms(use_true_random=False))
@settings(max_examples=examples(150), deadline=None)
def test_c03_whatever_happens_every_job_comes_to_its_end_in_order(answers, deeds, count, chance):
    asyncio.run(_a_life(answers, deeds, count, chance))


async def _a_life(answers: list[float | None], deeds: list[str | float], count: int, chance: random.Random) -> None:
    clock = FakeClock()
    service = Service(clock, answers)
    tasks = dict(zip(names(count), service.start(*names(count), takes=0.2), strict=True))
    taken_back: set[str] = set()
    cancelled: set[str] = set()
    for deed in deeds:
        name = chance.choice(sorted(tasks))
        match deed:
            case "withdraw":
                if service.turns.cancel(name, messages.TAKEN_BACK):
                    taken_back.add(name)
            case "withdraw all":
                service.turns.cancel_all(messages.KEY_FORGOTTEN)
            case "cancel":
                tasks[name].cancel()
                cancelled.add(name)
            case "more":
                late = f"late{len(tasks)}"
                tasks[late] = asyncio.create_task(service.job(late, 0.2))
            case float():
                await clock.sleep(deed)
            case _:
                await asyncio.sleep(0)
    ends = await asyncio.wait_for(asyncio.gather(*tasks.values(), return_exceptions=True), 10)
    for name, end in zip(tasks, ends, strict=True):
        assert isinstance(end, QueueResult) or name in cancelled
        assert (end is QueueResult.SEND) is (name in service.accepted) or name in cancelled
        if name in taken_back and name not in cancelled:
            assert end is QueueResult.CANCELLED
    assert service.most <= MAX_CONCURRENT
    assert len(service.accepted) == len(set(service.accepted))
    firsts = list(dict.fromkeys(service.order))
    assert firsts == sorted(firsts, key=list(tasks).index), "the first POST of each, in the order of their clicks"
    assert not service.turns.positions()
    service.turns.close()
