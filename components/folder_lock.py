"""One data folder is open in one process at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from components.errors import SetupError


def only_one(path: Path) -> sqlite3.Connection | None:
    """Hold the folder for this process: SQLite's own lock ends with the process, however it ends, on any system.

    None: the folder cannot be written. Raises SetupError when another app holds it.
    """
    try:
        lock = sqlite3.connect(path, timeout=0, check_same_thread=False, isolation_level=None)
    except sqlite3.OperationalError:
        return None
    try:
        lock.execute("PRAGMA journal_mode = MEMORY")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            return None
        raise SetupError(
            f"Another playground is running on the data folder {path.parent}.",
            "Stop it, or set PLAYGROUND_DATA_DIR to another folder.",
        ) from error
    return lock
