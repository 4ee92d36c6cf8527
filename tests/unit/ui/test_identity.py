from __future__ import annotations

import pytest

from components.jobs.visitor_keys import VisitorKeys
from components.ui.identity import session_key
from tests.support.fake_clock import FakeClock


@pytest.mark.parametrize("values", [{}, {"key": None}, {"key": ""}])
def test_a_tab_without_a_key_has_no_token(values):
    assert session_key(values) == ""


@pytest.mark.parametrize("token", [["a" * 64], [], {}, {"a": 1}, 7, 0, 1.5, True, False])
def test_a_token_of_another_type_is_one_whose_key_is_gone_and_the_host_does_not_pay(token):
    """An empty token would let the host's key pay."""
    told = session_key({"key": token})
    assert told
    assert VisitorKeys(FakeClock()).find(told) is None


def test_a_token_is_cut_and_never_changed():
    assert session_key({"key": "a" * 64}) == "a" * 64
    assert len(session_key({"key": "a" * 9999})) == 100
