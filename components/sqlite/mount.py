"""Mount of a folder: what its file system promises, found by trying, and how SQLite is used on it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

MOUNTS = Path("/proc/self/mounts")
"""Linux's list of mounts; other systems have none."""
_REMOTE = ("9p", "afs", "ceph", "cifs", "nfs", "nfs4", "smb3", "smbfs")
_LOCAL_FUSE = ("fuseblk",)
"""Local disks whose driver is no part of the kernel, such as NTFS's."""


@dataclass(frozen=True, slots=True)
class Mount:
    """Promises of a file system."""

    keeps_synced: bool = True
    """False: what was written last may be gone after a crash although fsync returned, and a lock may be held by two
    computers at once: a bucket or a network share."""
    has_locks: bool = True
    """False: no file can be locked."""

    def connect(self, location: Path | str, timeout: float) -> sqlite3.Connection:
        """Open a database in autocommit mode, for any thread, with the journal that fits this mount.

        `timeout` in seconds, for other programs' locks. Raises sqlite3.Error.
        """
        is_locked = self.has_locks or location == ":memory:"
        address = location if is_locked else f"file:{quote(str(location))}?nolock=1"
        # isolation_level=None: sqlite3 would else begin deferred transactions of its own, see `transaction`.
        connection = sqlite3.connect(
            address, timeout=timeout, check_same_thread=False, isolation_level=None, uri=not is_locked
        )
        try:
            for pragma in self._pragmas():
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _pragmas(self) -> tuple[str, ...]:
        # With NORMAL a power cut may undo the last transactions in WAL mode, such as that of a paid submit.
        if self.keeps_synced and self.has_locks:
            # Other programs that read the file, such as a backup, do not block a write then.
            return "journal_mode = WAL", "synchronous = FULL"
        # WAL needs memory that processes share, which such mounts lack; EXCLUSIVE lets SQLite convert a file from WAL
        # without it.
        return "locking_mode = EXCLUSIVE", "journal_mode = TRUNCATE", "synchronous = FULL", "locking_mode = NORMAL"


LOCAL = Mount()
"""A disk of this computer."""


def mount_of(folder: Path, mounts: Path = MOUNTS) -> Mount:
    """Return what the file system of a folder promises; a folder that cannot be written counts as local."""
    keeps_synced = not _is_remote(_kind_of(folder.resolve(), mounts))
    try:
        return Mount(keeps_synced and _succeeds(folder, _sync), _succeeds(folder, _lock))
    except OSError:
        return LOCAL


def _is_remote(kind: str) -> bool:
    return (kind.startswith("fuse") and kind not in _LOCAL_FUSE) or kind in _REMOTE


def _kind_of(folder: Path, mounts: Path) -> str:
    """Return the type of the innermost mount that has a folder; empty where it is not known."""
    found: tuple[int, str] = (0, "")
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    for _, place, kind, *_ in (line.split(" ") for line in lines if line.count(" ") > 2):
        point = Path(place.replace("\\040", " "))
        # `>=`: of two mounts at one place the later one hides the other.
        if folder.is_relative_to(point) and len(point.parts) >= found[0]:
            found = len(point.parts), kind
    return found[1]


def _succeeds(folder: Path, attempt: Callable[[IO[bytes]], None]) -> bool:
    """Return whether something can be done to a file in a folder. Raises OSError where no file can be made."""
    with tempfile.TemporaryFile(dir=folder, prefix="probe-") as file:
        file.write(b"probe")
        file.flush()
        with suppress(OSError):
            attempt(file)
            return True
    return False


def _sync(file: IO[bytes]) -> None:
    os.fsync(file.fileno())


def _lock(file: IO[bytes]) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not there on Windows, whose files can be locked
    except ImportError:
        return
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
