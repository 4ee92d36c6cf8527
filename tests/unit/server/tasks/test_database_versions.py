"""Task databases of earlier and newer servers, made by real earlier commits: nothing in them is lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.errors import SetupError
from components.messages.message import Message, literal
from components.server.assembly import ServerLimits
from components.server.http.timestamps import now_ms
from components.server.tasks import database_file
from components.server.tasks.database import Filter, TaskDatabase, TaskRecord
from components.server.tasks.outcome import Outcome, messages_of, messages_of_texts
from components.server.tasks.tables import SCHEMA
from components.server.tasks.worker import GIVEN_UP
from components.sqlite.table_schema import TableSchema
from tests.support.paths import DATA
from tests.support.tiny_engines import TinyEngine
from tests.support.v3_server import serving

FOLDERS = sorted(path for path in (DATA / "server_tasks").iterdir() if path.is_dir())
TEXTS, COLUMN_WITHOUT_VERSION = FOLDERS[-2:]
REFUSED = "This engine has no paint left. Try again tomorrow."
MONTH_MS = 30 * 24 * 3600 * 1000


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def folder(request, tmp_path) -> Path:
    return Path(shutil.copytree(request.param, tmp_path / "data"))


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "server.sqlite3")) as db:
        return db.execute(query).fetchall()


def open_in(folder: Path) -> TaskDatabase:
    return TaskDatabase(folder / "server.sqlite3", lock_timeout=0.2)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def version(folder: Path) -> tuple[int, int]:
    """Return user_version and application_id."""
    return rows(folder, "PRAGMA user_version")[0][0], rows(folder, "PRAGMA application_id")[0][0]


def outcomes(records: TaskDatabase) -> dict[str, Outcome]:
    """Return the outcomes by prompt."""
    return {str(task.input["prompt"]): task.outcome for task in records.list_tasks(Filter(), 0, 9)[0]}


def test_an_earlier_folder_gets_the_tables_of_a_new_one_and_keeps_every_row(folder, tmp_path):
    before = {table: rows(folder, f"SELECT * FROM {table} ORDER BY 1") for table in ("tasks", "uploads")}
    for _ in range(2):
        open_in(folder).close()
    open_in(tmp_path).close()
    for table, old in before.items():
        assert rows(folder, f"PRAGMA table_xinfo({table})") == rows(tmp_path, f"PRAGMA table_xinfo({table})")
        assert [row[: len(old[0])] for row in rows(folder, f"SELECT * FROM {table} ORDER BY 1")] == old
    indexes = "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY name"
    assert rows(folder, indexes) == rows(tmp_path, indexes)
    assert version(folder) == version(tmp_path) == (1, SCHEMA.version)


def test_what_an_earlier_server_made_is_served_and_finished(folder):
    image = next((folder / "outputs").iterdir()).read_bytes()
    week_ago = rows(folder, "SELECT max(created_ms) FROM tasks")[0][0]
    engine = TinyEngine()
    with serving(engine, folder, limits=ServerLimits(now=lambda: week_ago)) as caller:
        listed = caller.data(caller.http.post("/api/v3/predictions", json={}))["items"]
        waits, slow, crashed, refused, noted = (caller.end(one["id"]) for one in listed)
        assert (refused["status"], refused["error"]) == ("failed", REFUSED)
        assert crashed["error"] and noted["x-note"] == "Tiny."
        assert caller.http.get(noted["outputs"][0]).content == image
        assert (waits["status"], slow["status"]) == ("completed", "completed")
    assert [request.seed for request in engine.requests] == [11, 12]
    assert engine.requests[0].image is not None
    assert not list(folder.glob("*.bad-*"))


def test_the_codes_that_were_stored_before_the_version_are_read(tmp_path):
    data = Path(shutil.copytree(COLUMN_WITHOUT_VERSION, tmp_path / "data"))
    records = open_in(data)
    found = outcomes(records)
    records.close()
    assert found["please crash"].error == Message("server_engine_failed")
    assert found["please refuse"].error == literal("This engine has no paint left.", "Try again tomorrow.")
    assert found["a note"].notes == (literal("Tiny."),)


def test_servers_of_version_1_read_what_this_one_stored_and_go_on(tmp_path):
    """They accept no other user_version, and would set the file aside and delete its pictures."""
    data = Path(shutil.copytree(TEXTS, tmp_path / "data"))
    records = open_in(data)
    ids = {str(task.input["prompt"]): task.id for task in records.unfinished()}
    notes = (Message("note_as_it_was"), literal("Tiny."))
    assert records.finish(ids["a slow one"], Outcome("a.png", notes=notes))
    assert records.finish(ids["one that waits"], Outcome(error=GIVEN_UP))
    records.close()
    assert rows(data, "PRAGMA user_version") == [(1,)]
    texts = dict(rows(data, "SELECT id, error || note FROM tasks"))
    assert texts[ids["one that waits"]] == str(GIVEN_UP)
    assert texts[ids["a slow one"]] == f"{notes[0]} Tiny."
    codes = {task: messages_of(stored) for task, stored in rows(data, "SELECT id, messages FROM tasks") if stored}
    assert codes == {ids["a slow one"]: (None, notes), ids["one that waits"]: (GIVEN_UP, ())}
    # What the server of 65623d0 runs at its start, and at the end of a task.
    with closing(sqlite3.connect(data / "server.sqlite3")) as old:
        old.execute("PRAGMA user_version = 1")
        old.execute(
            "INSERT INTO tasks (id, model, input, created_ms, status, attempts, error, note, output, nsfw,"
            " inference_ms) VALUES ('a', 'm', '{\"prompt\": \"later\"}', 1, 'created', 0, '', '', '', 0, 0)"
        )
        old.execute("UPDATE tasks SET status = 'failed', error = 'It broke.' WHERE id = 'a'")
        old.commit()
    records = open_in(data)
    found = outcomes(records)
    assert found["later"].error == literal("It broke.")
    assert found["one that waits"].error == GIVEN_UP, "its code is read, not its text"
    records.close()
    assert version(data) == (1, SCHEMA.version)


def test_a_row_without_codes_has_its_texts():
    assert messages_of_texts("It broke.", "Tiny.") == (literal("It broke."), (literal("Tiny."),))
    assert messages_of_texts("", "") == (None, ())


@pytest.mark.parametrize("pragma", ["user_version", "application_id"])
def test_a_newer_folder_is_served_and_not_a_byte_of_it_is_changed(folder, pragma):
    open_in(folder).close()
    with closing(sqlite3.connect(folder / "server.sqlite3")) as db:
        db.execute("ALTER TABLE tasks ADD COLUMN of_a_later_version TEXT")
        db.execute(f"PRAGMA {pragma} = {SCHEMA.version + 1}")
    (folder / "uploads" / "of a table that is not known.png").write_bytes(b"x")
    before = files(folder)
    with serving(TinyEngine(), folder, limits=ServerLimits(now=lambda: now_ms() + MONTH_MS)) as caller:
        assert caller.data(caller.http.post("/api/v3/predictions", json={}))["items"] == []
    with serving(TinyEngine(), folder, limits=ServerLimits(now=lambda: 1)) as caller:
        *_, noted = caller.data(caller.http.post("/api/v3/predictions", json={}))["items"]
        assert caller.http.get(noted["outputs"][0]).status_code == 200
        assert caller.submit(enable_sync_mode=True)["status"] == "completed"
        assert caller.http.delete(f"/api/v3/predictions/{noted['id']}").status_code == 200
    after = files(folder)
    assert {name: after[name] for name in before} == before
    assert all(name.startswith("outputs/") for name in after.keys() - before.keys())


def test_a_downgrade_by_one_version_loses_nothing(tmp_path):
    """This server's file for the server before it, and back again."""
    records = open_in(tmp_path)
    records.add_task(TaskRecord("a", {"prompt": "x"}, 1))
    records.add_task(TaskRecord("b", {"prompt": "y"}, 2))
    records.finish("a", Outcome(error=GIVEN_UP))
    records.close()
    before = files(tmp_path)
    older = TableSchema(SCHEMA.tables, SCHEMA.migrations[:-1], SCHEMA.version_pragma)
    connection, is_newer = database_file.open_database(tmp_path / "server.sqlite3", 0.2, older)
    assert is_newer
    connection.execute("DELETE FROM tasks")
    connection.close()
    assert files(tmp_path) == before
    records = open_in(tmp_path)
    assert [task.id for task in records.unfinished()] == ["b"]
    assert outcomes(records)["x"].error == GIVEN_UP
    records.close()


def test_a_newer_folder_that_cannot_be_served_is_said_and_left_alone(folder):
    with closing(sqlite3.connect(folder / "server.sqlite3")) as db:
        db.execute("ALTER TABLE tasks RENAME COLUMN status TO state")
        db.execute("PRAGMA application_id = 99")
    before = files(folder)
    with pytest.raises(SetupError, match=r"newer version of this app made .*server\.sqlite3"):
        open_in(folder)
    assert files(folder) == before


def test_a_migration_that_fails_leaves_the_file_as_it_was_and_says_so(folder):
    def fails(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM tasks")
        db.execute("UPDATE tasks SET colour = 1")

    before = rows(folder, "SELECT * FROM tasks")
    schema = TableSchema(SCHEMA.tables, (*SCHEMA.migrations[:1], fails), SCHEMA.version_pragma)
    with pytest.raises(SetupError, match=r"colour.* Nothing in it was lost"):
        database_file.open_database(folder / "server.sqlite3", 0.2, schema)
    assert rows(folder, "SELECT * FROM tasks") == before
    assert version(folder) == (1, 0)
    assert not list(folder.glob("*.bad-*"))


def test_a_database_of_another_program_is_set_aside_without_a_change(tmp_path):
    with closing(sqlite3.connect(tmp_path / "server.sqlite3")) as other:
        other.execute("CREATE TABLE tasks (name TEXT)")
    open_in(tmp_path).close()
    [aside] = tmp_path.glob("server.sqlite3.bad-*")
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("tasks",)]
    assert version(tmp_path) == (1, SCHEMA.version)
