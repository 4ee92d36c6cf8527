"""Visitors take turns in the line of POSTs, and their places say so. Time passes at once."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.fake_clock import FakeClock, until
from tests.support.full_run import examples
from tests.support.send_service import Service, names


async def test_after_busy_one_behind_24_of_another_goes_second(clock):
    service = Service(clock, [10.0])
    tasks = service.start("job000")
    await until(lambda: service.turns.seconds_to_next)
    tasks += service.start(*names(24)[1:]) + service.start("mine", visitor="bob")
    await until(lambda: len(service.turns.positions()) == 25)
    assert list(service.turns.positions().items())[:3] == [("job000", 0), ("mine", 1), ("job001", 2)]
    await asyncio.gather(*tasks)
    assert service.accepted[:3] == ["job000", "mine", "job001"]


async def test_jobs_at_the_service_count_until_they_end(clock):
    service = Service(clock)
    service.turns.resume("from before a restart", "alice")
    service.turns.pause(10.0)
    tasks = service.start("a") + service.start("mine", visitor="bob")
    await until(lambda: len(service.turns.positions()) == 2)
    assert service.turns.positions() == {"mine": 0, "a": 1}
    service.turns.end("from before a restart")
    assert service.turns.positions() == {"a": 0, "mine": 1}
    await asyncio.gather(*tasks)
    service.turns.pause(10.0)
    tasks = service.start("b", visitor="bob") + service.start("c")
    await until(lambda: len(service.turns.positions()) == 2)
    service.turns.end("a")
    assert service.turns.positions() == {"c": 0, "b": 1}, "what was accepted counts too"
    await asyncio.gather(*tasks)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=20), st.lists(st.sampled_from("abc"), max_size=5))
@settings(max_examples=examples(100), deadline=None)
def test_places_are_the_order_in_which_jobs_are_sent_when_nothing_else_comes(waiting, at_service):
    async def life() -> tuple[list[str], list[str]]:
        service = Service(FakeClock(), [5.0])
        for number, visitor in enumerate(at_service):
            service.turns.resume(f"at service {number}", visitor)
        tasks = service.start("first", visitor="someone")
        await until(lambda: service.turns.seconds_to_next)
        for number, visitor in enumerate(waiting):
            tasks += service.start(f"{visitor}{number}", visitor=visitor)
        await until(lambda: len(service.turns.positions()) == len(waiting) + 1)
        expected = list(service.turns.positions())
        await asyncio.gather(*tasks)
        service.turns.close()
        return service.order[1:], expected

    order, expected = asyncio.run(life())
    assert order == expected
