"""Jobs and folders of the store."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from components import messages
from components.budget.limits import BudgetLimits, Reservation
from components.domain.bill import Bill
from components.domain.job import JobState
from components.errors import SetupError
from components.messages.message import literal
from components.storage.store import Store
from tests.support.paths import ROOT
from tests.support.scripted_api import ALICE, BOB, picture_bytes
from tests.support.stored_jobs import done, job, save


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


# --- jobs ---


def test_a_click_is_written_down_all_or_none(store):
    assert store.add_jobs([job("c-1"), job("c-2")])
    assert not store.add_jobs([job("c-3"), job("c-2")])
    assert store.job("c-3") is None
    assert store.add_jobs([job("c-3")])


def test_a_message_keeps_no_parameter_of_the_one_before(store):
    store.add_jobs([job("a-1")])
    store.save_job(job("a-1").with_problem(messages.busy_until(1000.0)))
    store.save_job(job("a-1").with_problem(messages.BUSY))
    assert store.job("a-1").problem == messages.BUSY
    store.save_job(job("a-1"))
    assert store.job("a-1").problem is None


def test_a_task_is_claimed_by_one_job(store):
    store.add_jobs([job("a-1"), job("b-1"), job("c-1", backend="demo")])
    assert store.save_job(job("a-1", task_id="t"))
    assert not store.save_job(job("b-1", task_id="t"))
    assert store.save_job(job("a-1", task_id="t", state=JobState.PROCESSING)), "its own claim stands"
    assert store.save_job(job("c-1", task_id="t", backend="demo")), "another backend has ids of its own"
    assert store.claimed_tasks("hosted", ["t", "u"]) == {"t"}
    assert store.claimed_tasks("demo", []) == frozenset()


def test_saving_replaces_the_whole_value(store):
    store.add_jobs([job("a-1")])
    changed = job("a-1", state=JobState.COMPLETED, ended=5.0, notes=(literal("done"),), task_id="t")
    store.save_job(changed)
    assert store.job("a-1") == changed


def test_a_job_whose_bill_is_in_no_clear_unit_is_read_after_each_write(store):
    store.add_jobs([job("c-1", task_id="t1")])
    store.set_bill("c-1", Bill(None, None, 1.0))
    for _ in range(2):
        found = store.job("c-1")
        assert found
        assert (found.is_readable, found.bill) == (True, Bill(None, None, 1.0))
        store.save_job(found)


def test_of_a_deleted_job_only_its_click_its_task_and_its_cost_stay_known(store):
    landing = store.open_temp()
    landing.write(picture_bytes())
    picture, _ = store.commit_image(landing, nsfw=False)
    ended = job("a-1", state=JobState.COMPLETED, ended=5.0, task_id="t", price=300, images=(picture,))
    store.add_jobs([ended, job("b-1")])
    store.reserve([ended], Reservation(BudgetLimits(), "browser x", (500,), None), 1.0)
    store.save_job(ended)
    before = store.spending_totals("browser x", 6.0)
    store.delete_jobs([ended])
    assert store.job("a-1") is None
    assert [one.id for one in store.page_of(ALICE, None, 9)] == ["b-1"]
    assert store.completed(9) == []
    assert store.image_file(picture.name) is None
    assert not store.add_jobs([ended]), "a click seen before pays nothing again"
    assert store.claimed_tasks("hosted", ["t"]) == {"t"}, "no other job takes its task"
    assert before.today == 300
    assert store.spending_totals("browser x", 6.0) == before


def test_what_has_not_ended_is_open(store):
    store.add_jobs([job("a-1", created=2.0), job("b-1", created=1.0), job("c-1", created=3.0)])
    store.save_job(job("c-1", ended=4.0, state=JobState.FAILED))
    assert [one.id for one in store.open_jobs()] == ["b-1", "a-1"]


def test_pages_are_one_visitors_the_newest_first_and_have_no_gap(store):
    store.add_jobs([job(f"a-{number}", created=float(number)) for number in range(7)])
    store.add_jobs([job("b-1", visitor=BOB)])
    first = store.page_of(ALICE, None, 3)
    second = store.page_of(ALICE, first[-1].created, 3)
    third = store.page_of(ALICE, second[-1].created, 3)
    assert [one.id for page in (first, second, third) for one in page] == [
        f"a-{number}" for number in range(6, -1, -1)
    ]


def test_the_latest_finished_ones_come_the_oldest_first(store):
    jobs = [job(f"a-{number}", created=float(number), state=JobState.COMPLETED) for number in range(5)]
    store.add_jobs(jobs)
    assert [one.id for one in store.completed(3)] == ["a-2", "a-3", "a-4"]


def test_c02_a_huge_one_of_an_earlier_version_is_not_read_at_a_start(store):
    emoji = done("a-3", prompt="\U0001f431" * 10_000, at=3.0)
    save(store, done("a-1", at=1.0), done("a-2", prompt="a" * 600_000, at=2.0), emoji)
    assert [one.id for one in store.completed(3)] == ["a-1", "a-3"]


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
        job("own-1", sent=1.0, key="ours"),
    ]
    store.add_jobs([sent, lost, ended, *others])

    def beside(one):
        return {other.id for other in store.submits_beside(one, [])[0]}

    assert beside(sent) == {"lost-1", "told-1"}, "nobody is a rival of itself"
    assert beside(job("new-1")) == {"sent-1", "lost-1", "told-1"}
    assert beside(job("new-1", key="ours")) == {"own-1"}, "each account has a list of its own"


def test_those_that_found_a_task_after_a_lost_answer_are_told_from_those_that_were_answered(store):
    found = job("found-1", sent=1.0, lost=2.0, task_id="t", state=JobState.CREATED)
    answered = job("answered-1", sent=1.0, task_id="u", state=JobState.CREATED)
    store.add_jobs([found, answered, job("elsewhere-1", sent=1.0, lost=2.0, task_id="w")])
    assert store.submits_beside(job("new-1"), ["t", "u", "v"]) == ([found], {"t", "u"})


def test_all_is_there_after_opening_again(tmp_path):
    first = Store(tmp_path)
    kept = job("a-1", state=JobState.CREATED, task_id="t", notes=(literal("é😀"),))
    first.add_jobs([kept])
    landing = first.open_temp()
    landing.write(picture_bytes())
    picture, is_on_disk = first.commit_image(landing, nsfw=True)
    assert is_on_disk
    first.close()
    second = Store(tmp_path)
    assert second.job("a-1") == kept
    assert second.image_file(picture.name)
    assert second.is_on_disk
    assert not second.was_quarantined
    second.close()


# --- the folder ---


def test_one_folder_is_open_once(store, tmp_path):
    with pytest.raises(SetupError, match="Another playground is running"):
        Store(tmp_path)


OPEN = """
import sys
from pathlib import Path
from components.errors import SetupError
from components.budget.limits import BudgetLimits, Reservation
from components.storage.store import Store
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


def test_in_a_folder_that_cannot_be_made_it_goes_on_in_memory(tmp_path):
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "folder")
    assert not store.is_on_disk
    kept = job("a-1", notes=(literal("é"),))
    assert store.add_jobs([kept])
    assert store.job("a-1") == kept
    landing = store.open_temp()
    landing.write(picture_bytes())
    picture, is_on_disk = store.commit_image(landing, nsfw=False)
    assert (is_on_disk, store.image_file(picture.name)) == (False, picture_bytes())
    store.discard(landing)
    store.close()


def test_a_history_that_is_no_database_is_set_aside_and_a_new_one_begun(tmp_path):
    junk = b"this is no database" * 100
    (tmp_path / "playground.sqlite3").write_bytes(junk)
    store = Store(tmp_path)
    assert (store.was_quarantined, store.is_on_disk) == (True, True)
    [aside] = tmp_path.glob("playground.sqlite3.bad-*")
    assert aside.read_bytes() == junk
    assert store.add_jobs([job("a-1")])
    store.close()
    again = Store(tmp_path)
    assert not again.was_quarantined
    assert again.job("a-1")
    again.close()


def test_a_history_with_tables_that_are_not_ours_is_set_aside(tmp_path):
    other = sqlite3.connect(tmp_path / "playground.sqlite3")
    other.execute("CREATE TABLE jobs (name TEXT)")
    other.close()
    store = Store(tmp_path)
    assert store.was_quarantined
    assert store.add_jobs([job("a-1")])
    store.close()


def test_a_lock_that_is_no_database_is_not_blamed_on_another_playground(tmp_path):
    (tmp_path / "playground.lock").write_bytes(b"this is no database" * 100)
    store = Store(tmp_path)
    assert not store.is_on_disk, "whether the folder is another's cannot be told: nothing of it is touched"
    store.close()
    assert not (tmp_path / "playground.sqlite3").exists()


def test_a_folder_among_what_is_half_fetched_stops_nothing(tmp_path):
    (tmp_path / "incoming" / "folder").mkdir(parents=True)
    store = Store(tmp_path)
    assert store.is_on_disk
    landing = store.open_temp()
    landing.write(picture_bytes())
    assert store.commit_image(landing, nsfw=False)[1]
    store.close()


def test_of_two_that_mark_a_job_as_sent_one_does(store):
    unsent = job("a-1")
    store.add_jobs([unsent])
    assert store.mark_sent(unsent.with_sent(2.0))
    assert not store.mark_sent(unsent.with_sent(3.0))
    assert store.job("a-1").sent == 2.0
    store.save_job(unsent.with_send_rejected(messages.BUSY))
    assert store.mark_sent(unsent.with_sent(4.0)), "a rejected one may be sent again"


def test_a_job_that_ended_elsewhere_is_not_marked_as_sent(store):
    unsent = job("a-1")
    store.add_jobs([unsent])
    store.save_job(unsent.ended_as(JobState.STOPPED, 2.0, messages.TAKEN_BACK))
    assert not store.mark_sent(unsent.with_sent(3.0))
    assert store.job("a-1").state is JobState.STOPPED
