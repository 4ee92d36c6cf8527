"""When a task is looked at: simulated, no time passes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.jobs.poll_schedule import (
    MAX_DURATIONS,
    MAX_KEYS,
    MAX_POLL_SECONDS,
    MIN_POLL_SECONDS,
    DurationHistory,
    DurationRange,
    PollSchedule,
)

LENGTHS = st.none() | st.builds(
    lambda low, more: DurationRange(low, low + more), st.floats(0, 100), st.floats(0, 20) | st.just(0.0)
)
KIND = "a kind"


@dataclass
class Watched:
    looks: list[float]
    length: float

    @property
    def delay(self) -> float:
        return self.looks[-1] - self.length


def watch(known: DurationRange | None, length: float, queued: float = 0.0, after: float = 0.0) -> Watched:
    """Look until it is done; `after`: the first look cannot be sooner, for the app was off."""
    looks, times = PollSchedule(known), [after]
    looks.last_unfinished = after
    while True:
        times.append(times[-1] + looks.next_delay())
        assert len(times) < 5000
        if times[-1] >= length:
            return Watched(times[1:], length)
        looks.record(times[-1], queued=times[-1] < queued)


def run_of_tasks(lengths: list[float], told: float | None = 0.95) -> list[Watched]:
    """Watch one task after the other, learning as the app does; the service tells that share of each length."""
    experience, watched = DurationHistory(), []
    for length in lengths:
        one = watch(experience.range_of(KIND), length)
        looks = PollSchedule(None, last_unfinished=one.looks[-2] if len(one.looks) > 1 else 0.0)
        experience.add(KIND, looks.estimated_duration(one.looks[-1], None if told is None else told * length))
        watched.append(one)
    return watched[MAX_DURATIONS:]


def sdk_looks(length: float) -> int:
    """What the official SDK needs: at once, then every 1.0 s."""
    return 1 + int(-(-length // 1.0))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def steady(middle: float, count: int = 300, spread: float = 0.1) -> list[float]:
    chance = random.Random(7)
    return [middle * chance.uniform(1 - spread, 1 + spread) for _ in range(count)]


@given(LENGTHS, st.floats(0, 200), st.floats(0, 100), st.floats(0, 50))
def test_two_looks_are_never_closer_than_a_quarter_second(known, length, queued, after):
    looks = [after, *watch(known, length, queued, after).looks]
    gaps = [second - first for first, second in pairwise(looks)]
    assert min(gaps) >= MIN_POLL_SECONDS - 1e-9
    assert max(gaps) <= 5.0 + 1e-9


@pytest.mark.parametrize("told", [1.0, 0.95, 0.8])
def test_steady_tasks_are_seen_done_at_once_with_no_more_looks_than_the_sdk(told):
    watched = run_of_tasks(steady(2.5), told)
    assert mean([len(one.looks) for one in watched]) <= mean([sdk_looks(one.length) for one in watched])
    assert mean([one.delay for one in watched]) < 0.2


@pytest.mark.parametrize("middle", [5.0, 8.0, 20.0])
def test_longer_steady_tasks_need_far_fewer_looks(middle):
    watched = run_of_tasks(steady(middle))
    assert mean([len(one.looks) for one in watched]) <= 0.75 * mean([sdk_looks(one.length) for one in watched])
    assert mean([one.delay for one in watched]) < 0.2


@pytest.mark.parametrize("middle", [0.5, 1.0, 2.5, 8.0])
def test_a_service_that_tells_no_lengths_costs_half_a_look_more_at_most(middle):
    watched = run_of_tasks(steady(middle), None)
    assert mean([len(one.looks) for one in watched]) <= mean([sdk_looks(one.length) for one in watched]) + 0.5
    assert mean([one.delay for one in watched]) < 0.2


def test_the_service_is_trusted_about_the_length_within_what_was_seen():
    looks = PollSchedule(None, last_unfinished=2.0)
    assert looks.estimated_duration(3.0, None) == 2.5
    assert looks.estimated_duration(3.0, 2.7) == 2.7
    assert looks.estimated_duration(3.0, 0.1) == 2.0
    assert looks.estimated_duration(3.0, 99.0) == 3.0


def test_a_task_of_unknown_length_is_looked_at_each_half_second_growing_to_two_after_ten():
    looks = watch(None, 60.0).looks
    gaps = [(second, second - first) for first, second in zip([0.0, *looks], looks, strict=False)]
    assert all(gap == 0.5 for at, gap in gaps if at <= 5.0)
    assert all(gap == 1.0 for at, gap in gaps if 6.0 < at <= 10.0)
    assert all(gap == MAX_POLL_SECONDS for at, gap in gaps if at > 12.0)


def test_after_a_quarter_of_an_hour_looks_are_rare():
    looks = watch(None, 2000.0).looks
    assert looks[-1] - looks[-2] == 15.0


def test_unsteady_lengths_are_watched_as_unknown_ones():
    assert DurationRange(10.0, 21.0).is_steady
    assert not DurationRange(10.0, 21.1).is_steady
    assert watch(DurationRange(1.0, 30.0), 12.0).looks == watch(None, 12.0).looks


def test_a_task_that_stood_in_line_is_expected_later():
    """In line until 6 s, then made in 2.5 s as all the others."""
    one = watch(DurationRange(2.4, 2.6), 8.5, queued=6.0)
    assert one.delay < 0.6
    assert len(one.looks) <= sdk_looks(8.5) + 3


def test_a_late_start_is_not_looked_at_four_times_a_second_for_ever():
    one = watch(DurationRange(2.4, 2.6), 60.0)
    assert len(one.looks) < sdk_looks(60.0)
    assert one.looks[-1] - one.looks[-2] == MAX_POLL_SECONDS


def test_after_a_restart_the_first_look_comes_soon():
    assert watch(DurationRange(2.4, 2.6), 1.0, after=100.0).looks[0] <= 100.0 + MAX_POLL_SECONDS


def test_kinds_are_learnt_apart_and_the_old_is_forgotten():
    experience = DurationHistory()
    assert experience.range_of(KIND) is None
    for _ in range(MAX_DURATIONS):
        experience.add(KIND, 100.0)
    for _ in range(MAX_DURATIONS):
        experience.add(KIND, 2.0)
    assert experience.range_of(KIND) == DurationRange(2.0, 2.0)
    assert experience.range_of("another") is None


def test_one_odd_task_does_not_spoil_what_is_known():
    experience = DurationHistory()
    for seconds in (2.4, 2.5, 2.6, 2.5, 2.4, 2.6, 2.5, 45.0):
        experience.add(KIND, seconds)
    known = experience.range_of(KIND)
    assert known
    assert known.high < 3.0


def test_only_so_many_kinds_are_remembered():
    experience = DurationHistory()
    for kind in range(MAX_KEYS + 3):
        experience.add(kind, 1.0)
    assert experience.range_of(0) is None
    assert experience.range_of(MAX_KEYS + 2) is not None


def test_the_usual_length_is_the_middle_one_of_its_kind():
    experience = DurationHistory()
    assert experience.typical("a") is None
    for seconds in (9.0, 2.0, 3.0):
        experience.add("a", seconds)
    experience.add("b", 50.0)
    assert experience.typical("a") == 3.0
