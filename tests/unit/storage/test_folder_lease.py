"""A data folder on a bucket: of two containers, each with its own mount and its own locks, one uses it."""

from __future__ import annotations

import sqlite3
import time

import pytest

from components.errors import SetupError
from components.sqlite.mount import Mount
from components.storage import data_folder, folder_lease
from components.storage.folder_lease import FolderLease
from components.storage.store import Store
from tests.support.waiting import wait_until

BUCKET = Mount(keeps_synced=False)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_lease, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(folder_lease, "WATCH_SECONDS", 0.5)
    return tmp_path / "playground.lease"


def test_a_second_container_is_refused_while_the_first_runs(path):
    first = FolderLease(path)
    with pytest.raises(SetupError, match="Another playground is running"):
        FolderLease(path)
    first.release()
    FolderLease(path).release()
    assert not path.exists()


def test_what_a_killed_container_left_is_waited_for_and_taken(path, monkeypatch):
    first = FolderLease(path)
    first._ended.set()
    first._thread.join()  # as SIGKILL ends it
    waits: list[float] = []
    monkeypatch.setattr(folder_lease.time, "sleep", waits.append)
    second = FolderLease(path)
    assert waits
    second.release()


def test_who_did_not_renew_in_time_stops(path):
    first = FolderLease(path)
    path.write_text('{"owner": "another", "renewals": 1}')
    wait_until(lambda: first.is_lost)
    first.release()
    assert path.exists(), "it is the other's now"


def test_a_store_on_a_bucket_has_a_lease_and_one_on_a_disk_none(path, monkeypatch):
    disk = Store(path.parent / "disk")
    assert (disk.may_be_set_back, disk.is_taken) == (False, False)
    disk.close()
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: BUCKET)
    bucket = Store(path.parent)
    assert (bucket.may_be_set_back, path.exists()) == (True, True)
    # The other container sees the same files through its own mount, where this one's lock does not count.
    monkeypatch.setattr(data_folder, "lock_folder", lambda path: sqlite3.connect(":memory:"))
    with pytest.raises(SetupError, match="Another playground is running"):
        Store(path.parent)
    bucket.close()
    assert not path.exists()


def test_without_locks_the_lease_alone_keeps_others_away(path, monkeypatch):
    monkeypatch.setattr(data_folder, "mount_of", lambda folder: Mount(has_locks=False))
    first = Store(path.parent)
    assert first.is_on_disk
    with pytest.raises(SetupError):
        Store(path.parent)
    first.close()


def test_what_a_killed_container_left_tells_when_it_was_alive(path):
    before = time.time()
    first = FolderLease(path)
    first._ended.set()
    first._thread.join()  # as SIGKILL ends it
    second = FolderLease(path)
    assert (first.sign_of_life, before <= second.sign_of_life <= time.time()) == (0.0, True)
    second.release()
    third = FolderLease(path)
    assert third.sign_of_life == 0.0, "after one that ended in order"
    third.release()


@pytest.mark.parametrize("content", ['{"owner": "x", "renewals": 1}', "[]", '{"time": null}', '{"time": NaN}', "{"])
def test_a_lease_without_a_time_tells_nothing(path, content):
    path.write_text(content)
    lease = FolderLease(path)
    assert lease.sign_of_life == 0.0
    lease.release()
