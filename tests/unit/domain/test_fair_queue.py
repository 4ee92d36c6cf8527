"""Turns of visitors in a queue: who is next, and what that promises to those who wait."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.domain.fair_queue import FairQueue
from tests.support.fair_queue_by_definition import FairQueueByDefinition
from tests.support.full_run import examples

VISITORS = "abcd"


def many(queue: FairQueue, visitor: str, count: int) -> list[str]:
    names = [f"{visitor}{number}" for number in range(1, count + 1)]
    for name in names:
        queue.add(name, visitor)
    return names


class Workers:
    """Workers that start what is next, and end what runs longest."""

    def __init__(self, count: int) -> None:
        self.queue, self.count = FairQueue(count), count
        self.running: list[str] = []
        self.started: list[str] = []

    def fill(self) -> None:
        while len(self.running) < self.count and (name := self.queue.next_start()):
            self.queue.start(name)
            self.running.append(name)
            self.started.append(name)

    def end(self, place: int = 0) -> None:
        self.queue.remove(self.running.pop(place))
        self.fill()

    def finish(self) -> None:
        self.fill()
        while self.running:
            self.end()


@pytest.mark.parametrize("workers", [1, 2, 3, 10])
def test_one_behind_24_of_another_starts_after_at_most_one_more_for_each_worker(workers: int) -> None:
    at_work = Workers(workers)
    theirs = many(at_work.queue, "a", 24)
    at_work.fill()
    at_work.queue.add("b1", "b")
    assert at_work.queue.next_start() == "b1"
    at_work.finish()
    assert at_work.started == [*theirs[:workers], "b1", *theirs[workers:]]


def test_one_behind_24_of_which_none_has_started_is_second() -> None:
    queue = FairQueue(1)
    theirs = many(queue, "a", 24)
    queue.add("b1", "b")
    assert list(queue.starts())[:3] == [theirs[0], "b1", theirs[1]]


def test_two_who_each_click_again_at_once_do_not_keep_a_third_waiting() -> None:
    """Each is new in the queue each time, and the third has had a turn before."""
    at_work = Workers(1)
    many(at_work.queue, "a", 3)
    for number in range(6):
        for visitor in "bc":
            at_work.queue.add(f"{visitor}{number}", visitor)
            at_work.fill()
            at_work.end()
    assert [name for name in at_work.started if name[0] == "a"] == ["a1", "a2", "a3"]
    assert at_work.started.index("a3") < 8


def test_fewer_running_goes_before_an_older_one_with_more() -> None:
    queue = FairQueue()
    for number in range(3):
        queue.add_running(f"resumed{number}", "a")
    queue.add("a1", "a")
    queue.add("b1", "b")
    assert list(queue.starts()) == ["b1", "a1"]
    for number in range(3):
        queue.remove(f"resumed{number}")
    assert list(queue.starts()) == ["a1", "b1"]


def test_what_is_requeue_has_its_place_and_its_turn() -> None:
    queue = FairQueue()
    many(queue, "a", 2)
    queue.add("b1", "b")
    queue.start("a1")
    assert list(queue.starts()) == ["b1", "a2"]
    queue.requeue("a1")
    assert list(queue.starts()) == ["a1", "b1", "a2"]
    queue.start("a1")
    queue.remove("a1")
    assert list(queue.starts()) == ["b1", "a2"], "its turn was used, though it never got anything"


def test_an_idle_queue_remembers_no_visitor() -> None:
    queue = FairQueue()
    for number in range(100):
        queue.add(f"{number}", f"visitor{number}")
        queue.start(f"{number}")
        queue.remove(f"{number}")
    assert len(queue._visitors) <= 1
    assert queue.next_start() is None


DEEDS = st.lists(st.sampled_from(VISITORS) | st.integers(0, 3), max_size=60)
"""A visitor's entry arrives, or one of the running entries ends."""


def do(at_work: Workers, deeds: list[str | int]) -> None:
    for number, deed in enumerate(deeds):
        if isinstance(deed, str):
            at_work.queue.add(f"{deed}{number}", deed)
            at_work.fill()
        elif at_work.running:
            at_work.end(deed % len(at_work.running))


@given(DEEDS, st.integers(1, 4))
@settings(max_examples=examples(300), deadline=None)
def test_of_each_other_visitor_one_starts_before_a_newcomer_at_most(deeds: list[str | int], workers: int) -> None:
    at_work = Workers(workers)
    do(at_work, deeds)
    before = len(at_work.started)
    at_work.queue.add("new", "newcomer")
    at_work.finish()
    overtook = Counter(name[0] for name in at_work.started[before : at_work.started.index("new")])
    assert all(count == 1 for count in overtook.values()), overtook


@given(DEEDS, DEEDS, st.integers(1, 4))
@settings(max_examples=examples(300), deadline=None)
def test_a_visitor_s_own_start_in_the_order_of_their_arrival(deeds: list[str | int], more: list, workers: int) -> None:
    at_work = Workers(workers)
    do(at_work, [*deeds, *more])
    at_work.finish()
    for visitor in VISITORS:
        own = [int(name[1:]) for name in at_work.started if name[0] == visitor]
        assert own == sorted(own)
    assert len(at_work.started) == len(set(at_work.started)) == sum(isinstance(deed, str) for deed in [*deeds, *more])


@given(DEEDS, st.integers(1, 4))
@settings(max_examples=examples(300), deadline=None)
def test_places_are_the_order_of_the_starts_when_nothing_else_arrives(deeds: list[str | int], workers: int) -> None:
    at_work = Workers(workers)
    do(at_work, deeds)
    expected, before = list(at_work.queue.starts()), len(at_work.started)
    at_work.finish()
    assert at_work.started[before:] == expected


@given(DEEDS)
@settings(max_examples=examples(200), deadline=None)
def test_without_a_capacity_places_are_the_order_while_nothing_ends(deeds: list[str | int]) -> None:
    queue = FairQueue()
    for number, deed in enumerate(deeds):
        if isinstance(deed, str):
            queue.add(f"{deed}{number}", deed)
        elif name := queue.next_start():
            queue.start(name)
    expected = list(queue.starts())
    started = []
    while name := queue.next_start():
        queue.start(name)
        started.append(name)
    assert started == expected


CHANGES = st.lists(
    st.tuples(st.sampled_from(["add", "add_running", "start next", "start", "requeue", "remove"]), st.integers(0, 99)),
    min_size=20,
    max_size=60,
)
"""Each with a number that chooses the visitor, or the entry."""


@given(CHANGES, st.sampled_from([None, 1, 2, 5]), st.integers(2, 4))
@settings(max_examples=examples(1000, 50), deadline=None)
def test_the_order_is_that_of_the_definition(
    changes: list[tuple[str, int]], capacity: int | None, visitors: int
) -> None:
    queue, definition = FairQueue(capacity), FairQueueByDefinition(capacity)
    for count, (change, number) in enumerate(changes):
        call = (change, f"entry{count}", f"visitor{number % visitors}")
        if not change.startswith("add"):
            call = _call_on_one_that_is_here(definition, change, number)
        for one in (queue, definition):
            getattr(one, call[0])(*call[1:])
        expected = definition.order()
        assert list(queue.starts()) == expected
        assert [queue.position(name) for name in reversed(expected)] == [*reversed(range(len(expected)))]
        assert queue.next_start() == (expected[0] if expected else None)
        assert (queue.waiting_count, queue.running_count) == (len(expected), definition.running_count)


def _call_on_one_that_is_here(definition: FairQueueByDefinition, change: str, number: int) -> tuple[str, ...]:
    here = {
        "start next": definition.order()[:1],
        "start": definition.order(),
        "requeue": definition.running_with_a_turn(),
        "remove": [*definition.entries],
    }[change]
    method = change.removesuffix(" next")
    return (method, here[number % len(here)]) if here else ("remove", "one that is not here")


def test_where_one_is_that_does_not_wait() -> None:
    queue = FairQueue()
    many(queue, "a", 2)
    queue.start("a1")
    assert [queue.position(name) for name in ("a1", "a2", "b1")] == [None, 0, None]
    assert [queue.is_waiting(name) for name in ("a1", "a2", "b1")] == [False, True, False]


@pytest.mark.full
def test_a_change_costs_the_same_however_many_wait() -> None:
    few, many_more = (_seconds_of_changes(waiting) for waiting in (500, 50_000))
    assert many_more < 10 * few, "100 times as many wait"


@pytest.mark.full
def test_the_order_of_thousands_of_visitors_is_found_in_milliseconds() -> None:
    """It is published for the jobs of a queue, on the event loop."""
    queue = FairQueue(2)
    for number in range(3_000):
        queue.add(f"{number}", f"visitor {number}")
    begun = time.thread_time()
    assert len(list(queue.starts())) == 3_000
    # 3 seconds where each start looked at every visitor.
    assert time.thread_time() - begun < 0.5


def _seconds_of_changes(waiting: int) -> float:
    queue = FairQueue(2)
    for number in range(waiting):
        queue.add(f"{number}", f"visitor {number % 5000}")
    begun = time.thread_time()
    for number in range(500):
        queue.add(f"later {number}", f"visitor {number}")
        name = queue.next_start()
        assert name
        queue.start(name)
        queue.remove(name)
    return time.thread_time() - begun
