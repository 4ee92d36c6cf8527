"""Sealed records of jobs: only what was sealed here is taken back, and only where a folder can be set back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.domain.job import JobState
from components.sqlite.mount import Mount
from components.storage import data_folder
from components.storage.store import Store
from tests.support import stored_jobs


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: Mount(keeps_synced=False))
    store = Store(tmp_path)
    yield store
    store.close()


def test_a_record_survives_its_seal_and_the_key_a_restart(bucket, tmp_path):
    job = replace(stored_jobs.job("c1-1", person="browser x"), task_id="t1", state=JobState.PROCESSING, price=10_000)
    sealed = bucket.seal(job)
    bucket.close()
    again = Store(tmp_path)
    assert again.unsealed(sealed) == job
    again.close()


def test_on_a_disk_nothing_is_sealed(tmp_path):
    disk = Store(tmp_path)
    assert disk.seal(stored_jobs.job("c1-1", person="browser x")) == ""
    disk.close()


def test_a_secret_outside_the_folder_seals_where_one_is_given(bucket, tmp_path):
    bucket.seal_by("a key of the service")
    sealed = bucket.seal(stored_jobs.job("c1-1", person="browser x"))
    assert not (tmp_path / "playground.seal").exists()
    bucket.seal_by("another key")
    assert bucket.unsealed(sealed) is None
    bucket.seal_by("a key of the service")
    assert bucket.unsealed(sealed) == stored_jobs.job("c1-1", person="browser x")


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda text: ("1" if text[0] == "0" else "0") + text[1:],
        lambda text: text[65:],
        lambda text: text[:-9],
    ],
)
def test_what_was_changed_or_made_elsewhere_is_not_taken(bucket, change):
    sealed = bucket.seal(stored_jobs.job("c1-1", person="browser x"))
    assert bucket.unsealed(sealed) == stored_jobs.job("c1-1", person="browser x")
    assert bucket.unsealed(change(sealed)) is None


@pytest.mark.parametrize("text", ["", ".", "é.é", "\ud800.AAAA", "a" * 64 + ".AAAA", "." + "A" * 1000])
def test_nonsense_is_not_taken(bucket, text):
    assert bucket.unsealed(text) is None


def test_a_restored_job_counts_against_the_budget_once(bucket):
    job = replace(stored_jobs.job("c1-1", person="browser x"), task_id="t1", state=JobState.PROCESSING, price=10_000)
    assert bucket.restore_job(job)
    assert bucket.restore_job(job)
    assert bucket.job(job.id) == job
    assert bucket.spending_totals(job.person, job.created + 1).today == 10_000


def test_what_is_deleted_or_another_job_s_does_not_come_back(bucket):
    job = replace(stored_jobs.job("c1-1", person="browser x"), task_id="t1", state=JobState.FAILED, ended=2.0)
    assert bucket.restore_job(job)
    assert not bucket.restore_job(replace(job, id="c2-1")), "one task of two jobs"
    bucket.put_in_bin([job], 3.0)
    assert not bucket.restore_job(job)
    assert bucket.take_out_of_bin(job.visitor, [job.id]) == [job]
    bucket.delete_jobs([job])
    assert not bucket.restore_job(job)
    assert bucket.job(job.id) is None
