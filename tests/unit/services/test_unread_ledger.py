"""What everybody and the host are told while what was spent cannot be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from components import messages
from components.api.endpoint import Endpoint
from components.budget.limits import BudgetLimits
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage import database
from components.storage.store import Store
from tests.support.core import host_config
from tests.support.scripted_api import BASE, KEY, MODEL

BACKEND = Backend.hosted(Endpoint(BASE, KEY), (MODEL,))


@pytest.mark.parametrize(
    ("is_local", "told"), [(False, messages.SPENDING_UNREAD), (True, messages.HISTORY_NOT_STORED)]
)
async def test_a_ledger_that_cannot_be_read_is_said(tmp_path, monkeypatch, is_local, told):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "playground.sqlite3", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        store = Store(tmp_path)
        config = host_config(BACKEND, limits=BudgetLimits(is_local=is_local))
        playground = Playground(BACKEND, store, config)
        assert told in playground.notices
        report = (await playground.owner_report()).spending
        assert report is not None
        assert (report.is_unread, report.spent.is_stopped) == (not is_local, not is_local)
        store.close()
