"""Migrations of the store, on folders made by real earlier commits: everything stays, whenever a process is killed."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.budget.limits import BudgetLimits, Reservation
from components.domain.person import Person
from components.errors import SetupError
from components.storage import store as store_module
from components.storage.store import VERSION, Store
from tests.support.paths import DATA, ROOT
from tests.support.scripted_api import ALICE, BOB
from tests.support.stored_jobs import done, job

FOLDERS = sorted(path for path in (DATA / "stored_jobs").iterdir() if path.is_dir())
VERSION_1 = DATA / "stored_jobs" / "2026-11-29"
NOW = 1795953800.0
"""Unix seconds shortly after the jobs of VERSION_1."""


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def folder(request, tmp_path) -> Path:
    return Path(shutil.copytree(request.param, tmp_path / "data"))


@pytest.fixture
def folder_1(tmp_path) -> Path:
    """A copy of the folder made by the last commit with version 1."""
    return Path(shutil.copytree(VERSION_1, tmp_path / "data"))


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "playground.sqlite3")) as db:
        return db.execute(query).fetchall()


def content(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the tables that a user would miss."""
    tables: dict[str, str] = dict.fromkeys(("switches", "sources", "uploads", "search_index", "sweeps"), "*")
    # Those of all versions.
    tables["jobs"] = "id, visitor, created, ended, state, backend, model, task_id, record"
    tables["spendings"] = "job_id, person, made, cost, is_settled"
    found = {name for (name,) in rows(folder, "SELECT name FROM sqlite_schema")}
    return {
        table: rows(folder, f"SELECT {columns} FROM {table} ORDER BY 1, 2")
        for table, columns in tables.items()
        if table in found
    }


def form(folder: Path) -> dict[str, Any]:
    """Return the columns and indexes of each table."""
    tables = rows(folder, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return {
        table: (
            rows(folder, f"PRAGMA table_xinfo({table})"),
            rows(folder, f"SELECT strict FROM pragma_table_list WHERE name = '{table}'"),
            sorted(rows(folder, f"SELECT name, \"unique\", origin, partial FROM pragma_index_list('{table}')")),
        )
        for (table,) in tables
    }


def test_a_migrated_folder_has_the_tables_of_a_new_one(folder, tmp_path):
    for place in (folder, tmp_path / "new"):
        Store(place).close()
    assert form(folder) == form(tmp_path / "new")
    assert rows(folder, "PRAGMA user_version") == [(VERSION,)]


def test_no_row_of_an_earlier_folder_is_lost(folder):
    before = content(folder)
    Store(folder).close()
    after = content(folder)
    assert {table: after[table] for table in before} == before


def test_what_version_1_counted_and_charged_is_shown(folder_1):
    visitor = Person.browser((folder_1 / "visitor.txt").read_text().strip()).visitor_id
    store = Store(folder_1)
    assert store.cleanup_note(visitor).images == 2
    assert [(one.images, one.this_month) for one in store.spending_by_person(NOW)] == [(8, 70_000)]
    assert [one.request.prompt for one in store.page_of(visitor, None, 9) if one.is_favourite] == ["a quiet harbour"]
    assert len(store.page_of(visitor, None, 9)) == 6
    store.close()


def test_two_clean_ups_of_one_instant_are_both_counted(folder_1):
    store = Store(folder_1)
    pictures = [done(f"a-{number}", images=("one", "two")) for number in range(3)]
    for one in pictures:
        store.record_cleanup([one], NOW)
    assert store.cleanup_note(ALICE).images == 6
    assert store.cleanup_note(ALICE).latest == NOW
    store.close()


def test_clean_ups_of_one_instant_are_counted_when_a_visitor_signs_in(tmp_path):
    store = Store(tmp_path)
    store.record_cleanup([done("a-1", images=("one",)), done("b-1", images=("two", "three"), visitor=BOB)], NOW)
    store.transfer_jobs(BOB, ALICE)
    assert store.cleanup_note(ALICE).images == 3
    store.close()


def test_a_database_of_another_program_is_set_aside_without_a_change(tmp_path):
    with closing(sqlite3.connect(tmp_path / "playground.sqlite3")) as other:
        other.execute("CREATE TABLE jobs (name TEXT)")
    store = Store(tmp_path)
    assert (store.was_quarantined, store.is_on_disk) == (True, True)
    store.close()
    [aside] = tmp_path.glob("playground.sqlite3.bad-*[0-9]")
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("jobs",)]
        assert db.execute("PRAGMA user_version").fetchone() == (0,)


def test_a_migration_that_fails_stops_the_start_and_frees_the_folder(folder_1, monkeypatch):
    def fails(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM jobs")
        db.execute("UPDATE jobs SET colour = 1")

    before = content(folder_1)
    with monkeypatch.context() as patched:
        patched.setattr(store_module, "MIGRATIONS", (*store_module.MIGRATIONS, fails))
        with pytest.raises(SetupError, match="could not be brought to this version") as caught:
            Store(folder_1)
    assert "PLAYGROUND_DATA_DIR" in str(caught.value)
    assert content(folder_1) == before
    assert not list(folder_1.glob("*.bad-*"))
    store = Store(folder_1)
    assert store.is_on_disk
    store.close()


KILLED = """
import os, sys
from pathlib import Path
from components.storage import store

to = int(sys.argv[2])
left = int(sys.argv[3])

def dies(sql):
    global left
    left -= 1
    if left == 0:
        os._exit(9)

def migration(db):
    db.set_trace_callback(dies)
    original(db)

migrations = list(store.MIGRATIONS)
original, migrations[to - 1] = migrations[to - 1], migration
store.MIGRATIONS = tuple(migrations)
store.Store(Path(sys.argv[1]))
"""


STATEMENTS = [
    *((2, number) for number in range(1, 8)),
    *((3, number) for number in range(1, 5)),
    *((4, number) for number in range(1, 4)),
]
"""Versions, and the statements on the way to each: its own, the new version number and the commit."""


@pytest.mark.parametrize(("version", "statement"), STATEMENTS)
def test_a_process_killed_before_any_statement_of_a_migration_leaves_the_earlier_version(folder_1, version, statement):
    before = content(folder_1)
    command = [sys.executable, "-c", KILLED, str(folder_1), str(version), str(statement)]
    assert subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode == 9
    assert rows(folder_1, "PRAGMA user_version") == [(version - 1,)]
    assert content(folder_1) == before
    store = Store(folder_1)
    assert (store.is_on_disk, store.was_quarantined) == (True, False)
    store.close()
    assert rows(folder_1, "PRAGMA user_version") == [(VERSION,)]
    assert content(folder_1) == before


def test_what_a_migrated_folder_stores_is_there_at_the_next_start(folder_1):
    store = Store(folder_1)
    store.add_jobs([job("a-1")])
    store.reserve([job("a-1")], Reservation(BudgetLimits(), "browser x", (500,), None), NOW)
    store.record_cleanup([done("b-1", images=("one",))], NOW)
    store.close()
    again = Store(folder_1)
    assert again.job("a-1") == job("a-1")
    assert again.spending_totals("browser x", NOW).by_person_today == 500
    assert again.cleanup_note(ALICE).images == 1
    again.close()
