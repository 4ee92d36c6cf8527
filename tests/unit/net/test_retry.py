from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import messages
from components.errors import CertificateError, ConnectionFailed, RateLimited, SubmissionUnknown, Unauthorized
from components.net.retry import DAY_SECONDS, MAX_RETRY_AFTER, ResendPolicy, backoff, retry_after_seconds

NOW = 1_800_000_000.0
POLICY = ResendPolicy()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        (" 7 ", 7.0),
        (format_datetime(datetime.fromtimestamp(NOW + 30, UTC), usegmt=True), 30.0),
        (format_datetime(datetime.fromtimestamp(NOW + 30, timezone(timedelta(hours=9)))), 30.0),
        (format_datetime(datetime.fromtimestamp(NOW - 30, UTC), usegmt=True), None),
        ("1e300", DAY_SECONDS),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("soon", None),
        ("Mon, 01 Jan 2024 00:00:00 +9999999999999", None),
        ("Mon, 01 Jan 2024 00:00:00 -9999999999999", None),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Mon, 99999999999999999999 Jan 2024 00:00:00 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date_and_else_nothing(header, seconds):
    assert retry_after_seconds(header, NOW) == seconds


numbers = st.integers(-(10**15), 10**15).map(str)
dates = st.tuples(numbers, numbers, numbers, st.sampled_from(["+", "-"]), numbers.map(lambda text: text.strip("-")))


@given(st.text() | dates.map(lambda parts: "Mon, {} Jan {} {}:00:00 {}{}".format(*parts)))
def test_no_header_makes_trouble(header):
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or 0 <= seconds <= DAY_SECONDS


def test_what_never_arrived_is_sent_three_times_in_all():
    error = ConnectionFailed("No.")
    waits = [POLICY.wait(error, tries, 0.0) for tries in (1, 2, 3)]
    assert waits == [0.5, 1.0, None]


@pytest.mark.parametrize(
    "error",
    [SubmissionUnknown(messages.NO_ANSWER), CertificateError(messages.UNTRUSTED), Unauthorized(messages.KEY_REFUSED)],
)
def test_nothing_else_is_sent_again(error):
    assert POLICY.wait(error, 1, 0.0) is None


def test_a_busy_service_without_a_time_is_asked_less_and_less():
    waits = [POLICY.wait(RateLimited(messages.BUSY), tries, 0.0) for tries in range(1, 8)]
    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("asked", "waited", "wait"),
    [
        (0.0, 0.0, 0.5),
        (7.0, 0.0, 7.0),
        (MAX_RETRY_AFTER, 0.0, MAX_RETRY_AFTER),
        (MAX_RETRY_AFTER + 0.1, 0.0, None),
        (20.0, 580.0, 20.0),
        (20.1, 580.0, None),
    ],
)
def test_a_busy_service_is_waited_for_two_minutes_at_once_and_ten_in_all(asked, waited, wait):
    assert POLICY.wait(RateLimited(messages.BUSY, retry_after=asked), 1, waited) == wait


@given(st.integers(1, 10_000), st.integers())
def test_looks_back_off_with_jitter_up_to_eight_seconds(failures, seed):
    wait = backoff(failures, random.Random(seed))
    assert 0.25 <= wait <= 8.0


def test_the_jitter_is_full():
    chance = random.Random(1)
    waits = [backoff(10, chance) for _ in range(2000)]
    assert min(waits) < 0.5
    assert max(waits) > 7.5
    assert math.isclose(sum(waits) / len(waits), (0.25 + 8) / 2, rel_tol=0.05)
