"""Fixtures of the services' tests."""

from __future__ import annotations

import pytest

from components.budget.limits import BudgetLimits
from tests.support.core import running
from tests.support.own_keys import ALICE_KEY, BOB_KEY, OWN_ONLY


@pytest.fixture
def open_to(tmp_path, api, clock):
    """The core on one folder; opening it a second time is a restart."""
    api.keys |= {ALICE_KEY, BOB_KEY}

    def make(limits: BudgetLimits = OWN_ONLY):
        return running(tmp_path, api.client(), clock, limits=limits, own=api.client)

    return make
