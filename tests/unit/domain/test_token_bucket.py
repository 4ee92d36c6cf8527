"""Token buckets at their bounds: what is exactly there can be taken, and nothing more."""

from __future__ import annotations

import pytest

from components.domain.token_bucket import BucketSize, TokenBuckets


@pytest.mark.parametrize(("amount", "seconds"), [(2, 0), (2.5, 0.5), (4, 2)])
def test_what_is_exactly_there_is_taken_and_what_is_missing_is_a_wait(amount, seconds, clock):
    buckets = TokenBuckets(BucketSize(burst=2, per_second=1), clock)
    assert buckets.take("a", amount) == seconds
    assert buckets.take("b", 2) == 0


def test_what_is_refused_is_not_drawn(clock):
    buckets = TokenBuckets(BucketSize(burst=2, per_second=1), clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 1, 1]
    clock.advance(0.75)
    assert buckets.take("a") == 0.25


def test_full_buckets_are_forgotten(clock):
    buckets = TokenBuckets(BucketSize(burst=100, per_second=1), clock)
    for number in range(1000):
        buckets.take(str(number))
    buckets.take("busy", 100)
    assert len(buckets) == 1001
    clock.advance(61)
    buckets.take("late")
    assert len(buckets) == 2
    assert buckets.take("busy", 62) > 0


def test_memory_is_bounded_whoever_comes(clock):
    buckets = TokenBuckets(BucketSize(burst=10, per_second=0.001), clock)
    for number in range(60_000):
        buckets.take(str(number))
    assert len(buckets) == 50_000
    assert buckets.take("59999", 10) > 0
