"""Presses that the host's account ends are a state of the page; what failed at the service is a result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components import messages
from components.domain.job import JobState
from components.services.account_refusals import is_account_refusal
from tests.support.scripted_api import ALICE
from tests.support.stored_jobs import done

UNSENT = {"images": (), "sent": None, "task_id": None, "price": None}
REFUSED = replace(done("a-1", at=5.0, ended=9.0), state=JobState.FAILED, **UNSENT)


@pytest.mark.parametrize(
    "message",
    [messages.DAY_SPENT, messages.STOPPED_BY_HOST, messages.HOST_MODEL_FORBIDDEN, messages.picture_limit(20)],
)
def test_what_the_account_does_not_pay_for_is_no_result(message):
    assert is_account_refusal(replace(REFUSED, problem=message))
    assert not is_account_refusal(replace(REFUSED, problem=message, key="0" * 16)), "a key of the visitor's own"
    assert not is_account_refusal(replace(REFUSED, problem=message, backend="demo"))
    assert not is_account_refusal(replace(REFUSED, problem=message, ended=None)), "it goes on"
    assert not is_account_refusal(replace(REFUSED, problem=message, sent=6.0)), "it may have been charged"


def test_a_service_that_is_away_ends_a_press_before_its_price_is_known():
    away = replace(REFUSED, problem=messages.UNREACHABLE)
    assert is_account_refusal(away)
    assert not is_account_refusal(replace(away, price=10_000)), "after minutes in the queue it is a result"


def test_what_the_service_refused_is_a_result():
    assert not is_account_refusal(replace(REFUSED, problem=messages.UNSUITABLE))
    assert not is_account_refusal(done("a-2", at=5.0, ended=9.0))
    assert REFUSED.visitor == ALICE
