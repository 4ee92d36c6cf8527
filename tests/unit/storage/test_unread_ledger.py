"""A ledger that is there and cannot be read at the start: away from home nothing is spent until then.

Whoever restarts the app while another program holds the file would else begin with no caps used and no switch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from components.budget.limits import STOP_SWITCH, Reservation
from components.errors import BudgetDenied
from components.storage import database
from components.storage.store import Store
from tests.support.budgets import CENT, NOWHERE, WIDE
from tests.support.stored_jobs import job

NOW = 1_000_000.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch, at_once):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.01)


@contextmanager
def held(folder: Path) -> Generator[None]:
    """Another program holds the database."""
    other = sqlite3.connect(folder / "playground.sqlite3", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.close()


def pay(store: Store, name: str, cost: int = CENT, **changes: object) -> None:
    """Reserve money for a new job. Raises BudgetDenied."""
    store.add_jobs([job(name)])
    limits = replace(WIDE, per_day=2 * CENT, **changes)
    store.reserve([job(name)], Reservation(limits, "browser x", (cost,), None), NOW)


def spend_all(folder: Path, *, stop: bool = False) -> None:
    store = Store(folder)
    pay(store, "old-1")
    pay(store, "old-2")
    if stop:
        store.set_switch(STOP_SWITCH, is_on=True)
    store.close()


def test_nothing_is_spent_while_the_ledger_is_held_and_its_caps_hold_afterwards(tmp_path):
    spend_all(tmp_path)
    with held(tmp_path):
        store = Store(tmp_path)
        assert store.is_unread
        with pytest.raises(BudgetDenied, match="The owner has paused"):
            pay(store, "new-1")
        assert store.spending_totals("", NOW, is_stopped=True).is_stopped
    with pytest.raises(BudgetDenied, match="Today's free pictures"):
        pay(store, "new-2")
    assert not store.is_unread
    assert not store.spending_totals("", NOW).is_stopped, "the switch on disk decides"
    store.close()


def test_at_home_it_goes_on_as_with_a_ledger_that_was_set_aside(tmp_path):
    spend_all(tmp_path)
    with held(tmp_path):
        store = Store(tmp_path)
        pay(store, "new-1", is_local=True)
        store.close()


def test_the_host_may_resume_and_what_is_spent_meanwhile_counts_with_the_rest(tmp_path):
    spend_all(tmp_path, stop=True)
    with held(tmp_path):
        store = Store(tmp_path)
        store.set_switch(STOP_SWITCH, is_on=False)
        pay(store, "new-1")
        assert not store.spending_totals("", NOW, is_stopped=True).is_stopped
    spent = store.spending_totals("", NOW)
    assert (spent.today, spent.is_stopped) == (3 * CENT, True), "the switch on disk was on"
    store.close()


def test_a_stop_in_the_meantime_outlives_the_return(tmp_path):
    spend_all(tmp_path)
    with held(tmp_path):
        store = Store(tmp_path)
        store.set_switch(STOP_SWITCH, is_on=True)
    assert store.spending_totals("", NOW).is_stopped
    store.close()


def test_a_folder_that_cannot_be_made_or_holds_no_ledger_is_no_ledger_unread(tmp_path):
    for folder in (NOWHERE, tmp_path):
        store = Store(folder)
        assert not store.is_unread
        pay(store, "a-1")
        store.close()


def test_a_folder_that_cannot_be_locked_and_holds_a_ledger_is_one_unread(folder):
    Store(folder).close()
    (folder / "playground.lock").unlink()
    folder.chmod(0o500)
    store = Store(folder)
    assert (store.is_on_disk, store.is_unread) == (False, True)
    with pytest.raises(BudgetDenied):
        pay(store, "a-1")
    store.close()
