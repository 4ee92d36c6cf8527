"""Folder lock: a data folder is open in one process at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from components.errors import SetupError


def lock_folder(path: Path) -> sqlite3.Connection | None:
    """Lock a folder by the lock file `path`, until the connection that is returned is closed or the process ends.

    None: the folder cannot be written. Raises SetupError when another process has the lock.
    """
    try:
        # No timeout: another process has the lock for as long as it runs. Closed by another thread than this one.
        lock = sqlite3.connect(path, timeout=0, check_same_thread=False, isolation_level=None)
    except sqlite3.OperationalError:
        return None
    try:
        # A lock of SQLite works on all systems, and the system drops it even when the process is killed.
        # No journal file beside the lock file.
        lock.execute("PRAGMA journal_mode = MEMORY")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            return None
        raise in_use(path.parent) from error
    return lock


def in_use(folder: Path) -> SetupError:
    """Return the error of a folder that another process has."""
    return SetupError(
        f"Another playground is running on the data folder {folder}.",
        "Stop it, or set PLAYGROUND_DATA_DIR to another folder.",
    )
