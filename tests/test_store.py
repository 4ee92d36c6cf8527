from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from components.errors import PictureTrouble, SetupError
from components.generation import GenerationRequest
from components.job import Job, JobState
from components.store import Store
from tests.fakes import ALICE, BOB, MODEL, picture_bytes

ROOT = Path(__file__).resolve().parents[1]


def job(name: str, **given: object) -> Job:
    plain = Job(name, ALICE, name.partition("-")[0], 1, "hosted", MODEL, GenerationRequest("a cat", seed=1), 100.0)
    return replace(plain, **given)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


# --- jobs ---


def test_a_click_is_written_down_all_or_none(store):
    assert store.intend([job("c-1"), job("c-2")])
    assert not store.intend([job("c-3"), job("c-2")])
    assert store.job("c-3") is None
    assert store.intend([job("c-3")])


def test_a_task_is_claimed_by_one_job(store):
    store.intend([job("a-1"), job("b-1"), job("c-1", backend="demo")])
    assert store.save(job("a-1", task_id="t"))
    assert not store.save(job("b-1", task_id="t"))
    assert store.save(job("a-1", task_id="t", state=JobState.PROCESSING)), "its own claim stands"
    assert store.save(job("c-1", task_id="t", backend="demo")), "another backend has ids of its own"
    assert store.claimed("hosted", ["t", "u"]) == {"t"}
    assert store.claimed("demo", []) == frozenset()


def test_saving_replaces_the_whole_value(store):
    store.intend([job("a-1")])
    changed = job("a-1", state=JobState.COMPLETED, ended=5.0, note="done", task_id="t")
    store.save(changed)
    assert store.job("a-1") == changed


def test_what_has_not_ended_is_open(store):
    store.intend([job("a-1", created=2.0), job("b-1", created=1.0), job("c-1", created=3.0)])
    store.save(job("c-1", ended=4.0, state=JobState.FAILED))
    assert [one.id for one in store.open_jobs()] == ["b-1", "a-1"]


def test_pages_are_one_visitors_the_newest_first_and_have_no_gap(store):
    store.intend([job(f"a-{number}", created=float(number)) for number in range(7)])
    store.intend([job("b-1", visitor=BOB)])
    first = store.page(ALICE, None, 3)
    second = store.page(ALICE, first[-1].created, 3)
    third = store.page(ALICE, second[-1].created, 3)
    assert [one.id for page in (first, second, third) for one in page] == [
        f"a-{number}" for number in range(6, -1, -1)
    ]


def test_the_latest_finished_ones_come_the_oldest_first(store):
    jobs = [job(f"a-{number}", created=float(number), state=JobState.COMPLETED) for number in range(5)]
    store.intend(jobs)
    assert [one.id for one in store.completed(3)] == ["a-2", "a-3", "a-4"]


def test_in_doubt_is_what_was_sent_and_has_no_task(store):
    sent = job("sent-1", sent=1.0)
    lost = job("lost-1", sent=1.0, lost=2.0, state=JobState.UNKNOWN)
    ended = job("told-1", sent=1.0, lost=2.0, state=JobState.UNKNOWN, ended=3.0)
    others = [
        job("waiting-1"),
        job("accepted-1", sent=1.0, task_id="t", state=JobState.CREATED),
        job("refused-1", state=JobState.FAILED, ended=2.0),
        job("elsewhere-1", sent=1.0, backend="demo"),
        job("other-1", sent=1.0, model="x/y"),
    ]
    store.intend([sent, lost, ended, *others])
    assert {one.id for one in store.in_doubt("hosted", MODEL)} == {"sent-1", "lost-1", "told-1"}


def test_all_is_there_after_opening_again(tmp_path):
    first = Store(tmp_path)
    kept = job("a-1", state=JobState.CREATED, task_id="t", note="é😀")
    first.intend([kept])
    fetched = first.incoming()
    fetched.write_bytes(picture_bytes())
    picture = first.keep(fetched, nsfw=True)
    first.close()
    second = Store(tmp_path)
    assert second.job("a-1") == kept
    assert second.picture(picture.name)
    second.close()


def test_a_full_disk_at_a_click_does_not_spoil_the_next(store):
    limit = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {limit}")
    heavy = [job(f"a-{number}", note="x" * 9000) for number in range(9)]
    with pytest.raises(sqlite3.Error):
        store.intend(heavy)
    store._db.execute("PRAGMA max_page_count = 100000")
    assert store.job("a-0") is None
    assert store.intend(heavy)


def test_a_failing_commit_leaves_no_transaction_open(store):
    """A deferred constraint fails at COMMIT, as a full disk can."""
    store._db.execute("PRAGMA foreign_keys = ON")
    store._db.execute("CREATE TABLE other (id TEXT PRIMARY KEY)")
    store._db.execute("ALTER TABLE jobs ADD COLUMN extra TEXT REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED")
    trigger = "CREATE TRIGGER spoil AFTER INSERT ON jobs BEGIN UPDATE jobs SET extra = 'none' WHERE id = NEW.id; END"
    store._db.execute(trigger)
    store.intend([job("a-1")])
    store._db.execute("DROP TRIGGER spoil")
    assert store.job("a-1") is None
    assert store.intend([job("a-1")])


# --- the folder ---


def test_one_folder_is_open_once(store, tmp_path):
    with pytest.raises(SetupError, match="Another playground is running"):
        Store(tmp_path)


OPEN = """
import sys
from pathlib import Path
from components.errors import SetupError
from components.store import Store
try:
    store = Store(Path(sys.argv[1]))
except SetupError as error:
    sys.exit(str(error))
print("open", flush=True)
sys.stdin.read()
"""


def opened(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OPEN, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_cannot_share_a_folder_and_a_killed_one_frees_it(tmp_path):
    with opened(tmp_path) as first:
        assert first.stdout
        assert first.stdout.readline() == "open\n"
        with opened(tmp_path) as second:
            _, said = second.communicate(timeout=20)
            assert second.returncode == 1
            assert "Another playground is running on the data folder" in said
            assert "PLAYGROUND_DATA_DIR" in said
            assert "Traceback" not in said
        first.kill()
        first.communicate()
    Store(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match=r"cannot be used\. Set PLAYGROUND_DATA_DIR"):
        Store(tmp_path / "file" / "folder")


@pytest.mark.parametrize("name", ["playground.sqlite3", "playground.lock"])
def test_a_file_that_is_no_database_is_not_blamed_on_another_playground(tmp_path, name):
    (tmp_path / name).write_bytes(b"this is no database" * 100)
    with pytest.raises(SetupError, match="cannot be used"):
        Store(tmp_path)


def test_a_folder_among_what_is_half_fetched_is_said_so(tmp_path):
    (tmp_path / "incoming" / "folder").mkdir(parents=True)
    with pytest.raises(SetupError, match="cannot be used"):
        Store(tmp_path)


def test_leftovers_of_a_killed_process_are_swept(tmp_path):
    (tmp_path / "incoming").mkdir()
    (tmp_path / "incoming" / "half").write_bytes(b"x")
    store = Store(tmp_path)
    assert not list((tmp_path / "incoming").iterdir())
    store.close()


# --- pictures ---


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_a_kept_picture_is_byte_for_byte_what_came(store, kind, suffix):
    fetched = store.incoming()
    fetched.write_bytes(picture_bytes(kind))
    picture = store.keep(fetched, nsfw=False)
    path = store.picture(picture.name)
    assert path.read_bytes() == picture_bytes(kind)
    assert path.suffix == suffix
    assert picture.size == len(picture_bytes(kind))
    assert not fetched.exists()


def test_no_two_pictures_have_a_name_that_tells_of_the_other(store):
    names = set()
    for _ in range(20):
        fetched = store.incoming()
        fetched.write_bytes(picture_bytes())
        names.add(store.keep(fetched, nsfw=False).name)
    assert len({name[:16] for name in names}) == 20


def test_what_is_no_picture_is_not_kept(store, tmp_path):
    fetched = store.incoming()
    fetched.write_bytes(b"<html>")
    with pytest.raises(PictureTrouble):
        store.keep(fetched, nsfw=False)
    assert not list((tmp_path / "pictures").iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "../playground.sqlite3",
        "..",
        "",
        ".",
        "/etc/passwd",
        "a/b.png",
        "secret.png",
        "%2e%2e/x",
        f"{'a' * 32}.svg",
        f"{'a' * 32}.png\n",
        f"{'A' * 32}.png",
        f"{'a' * 32}.png/",
        f"../pictures/{'a' * 32}.png",
        "\0" * 36,
        f"{'b' * 32}.png",
    ],
)
def test_a_name_leads_to_a_picture_or_nowhere(store, tmp_path, name):
    for made in ("secret.png", f"{'a' * 32}.png", f"{'a' * 32}.svg"):
        (tmp_path / "pictures" / made).write_bytes(b"x")
    assert store.picture(name) is None
    assert store.picture(f"{'a' * 32}.png")


def test_a_folder_by_a_pictures_name_is_none(store, tmp_path):
    os.mkdir(tmp_path / "pictures" / f"{'c' * 32}.png")  # noqa: PTH102 - shorter than the Path
    assert store.picture(f"{'c' * 32}.png") is None
