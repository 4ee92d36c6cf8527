"""What a mount promises, found by trying, and the journal that fits it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from components.sqlite.mount import LOCAL, Mount, mount_of

REMOTE = Mount(keeps_synced=False)
FULL = 2
"""SQLite's number for `synchronous = FULL`."""


def mounts(folder: Path, *lines: str) -> Path:
    table = folder / "mounts"
    table.write_text("".join(f"{line} rw 0 0\n" for line in ("/dev/root / ext4", *lines)))
    return table


def journal(path: Path, mount: Mount) -> tuple[str, set[str]]:
    """Write to a database; return its journal mode and SQLite's files beside it while it is open."""
    with closing(mount.connect(path, 1)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS notes (text)")
        db.execute("INSERT INTO notes VALUES ('one')")
        beside = {file.name.removeprefix(path.name) for file in path.parent.glob(f"{path.name}-*")}
        return db.execute("PRAGMA journal_mode").fetchone()[0], beside


def test_a_disk_keeps_what_is_synced_and_locks(tmp_path):
    assert mount_of(tmp_path) == mount_of(tmp_path, mounts(tmp_path)) == LOCAL
    assert mount_of(tmp_path, tmp_path / "no list of mounts") == LOCAL


@pytest.mark.parametrize("kind", ["fuse", "fuse.hf-mount", "fuse.s3fs", "nfs4", "cifs", "9p"])
def test_a_bucket_or_share_does_not_keep_what_is_synced(tmp_path, kind):
    (tmp_path / "a bucket").mkdir()
    place = f"{tmp_path}/a bucket".replace(" ", "\\040")
    table = mounts(tmp_path, f"bucket {place} {kind}")
    assert mount_of(tmp_path / "a bucket", table) == REMOTE
    assert mount_of(tmp_path, table) == LOCAL


def test_the_innermost_and_the_latest_mount_counts(tmp_path):
    assert mount_of(tmp_path, mounts(tmp_path, f"b {tmp_path.parent} fuse", f"d {tmp_path} ext4")) == LOCAL
    assert mount_of(tmp_path, mounts(tmp_path, f"d {tmp_path} ext4", f"b {tmp_path} fuse")) == REMOTE
    assert mount_of(tmp_path, mounts(tmp_path, f"ntfs {tmp_path} fuseblk")) == LOCAL


def test_what_fails_when_it_is_tried_is_no_promise(tmp_path, monkeypatch):
    def fails(*_: object) -> None:
        raise OSError(95, "not supported")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        assert mount_of(tmp_path) == REMOTE
    monkeypatch.setattr("fcntl.lockf", fails)
    assert mount_of(tmp_path) == Mount(has_locks=False)


def test_the_journal_fits_the_mount(tmp_path):
    path = tmp_path / "notes with a space?.sqlite3"
    assert journal(path, LOCAL) == ("wal", {"-wal", "-shm"})
    assert journal(path, REMOTE) == ("truncate", {"-journal"}), "a file from a disk is converted"
    assert journal(path, Mount(has_locks=False)) == ("truncate", {"-journal"})
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM notes").fetchone() == (3,)


def test_others_can_read_a_file_on_a_bucket_while_it_is_open(tmp_path):
    path = tmp_path / "notes.sqlite3"
    with closing(REMOTE.connect(path, 0)) as db, closing(sqlite3.connect(path, timeout=0)) as other:
        db.execute("CREATE TABLE notes (text)")
        assert other.execute("SELECT count(*) FROM notes").fetchone() == (0,)


@pytest.mark.parametrize("mount", [LOCAL, REMOTE, Mount(has_locks=False)])
def test_a_commit_is_on_the_disk_before_it_returns(tmp_path, mount):
    with closing(mount.connect(tmp_path / "notes.db", 1)) as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (FULL,)
