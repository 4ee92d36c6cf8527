"""File of the task database: locked, brought to this version, or set aside when it cannot be read."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from components.errors import SetupError
from components.server.tasks.tables import SCHEMA
from components.sqlite.mount import LOCAL, mount_of
from components.sqlite.newer_file import copy_in_memory, is_newer
from components.sqlite.table_schema import TableSchema

log = logging.getLogger(__name__)


def open_database(path: Path, lock_timeout: float, schema: TableSchema = SCHEMA) -> tuple[sqlite3.Connection, bool]:
    """Return a connection, and whether it is to a copy in memory, because a newer version wrote the file.

    It waits `lock_timeout` seconds for the lock. An unreadable file is renamed and replaced by a new one. Raises
    SetupError when another server has the file, or it cannot be migrated, read or, a newer one, be shown.
    """
    if is_newer(path, schema):
        return copy_in_memory(path, schema), True
    deadline = time.monotonic() + lock_timeout
    while True:
        try:
            return _connect(path, schema), False
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise SetupError(f"The server's records could not be opened ({error}).") from error
            if time.monotonic() > deadline:
                raise SetupError("Another server is already using this folder.") from error
            time.sleep(0.05)
        except sqlite3.DatabaseError:
            _quarantine(path, (path, path.with_name(path.name + "-wal")))


def _connect(path: Path, schema: TableSchema) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.1, isolation_level=None, check_same_thread=False)
    try:
        # EXCLUSIVE holds the file until it is closed, however the process ends.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute(f"PRAGMA journal_mode = {'WAL' if mount_of(path.parent) == LOCAL else 'TRUNCATE'}")
        connection.execute("PRAGMA synchronous = NORMAL")
        schema.apply(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _quarantine(path: Path, files: Iterable[Path]) -> None:
    suffix = f".bad-{time.time_ns() // 1_000_000}"
    log.warning("%s cannot be read; it is set aside as %s", path, path.name + suffix)
    for file in files:
        if file.exists():
            file.rename(file.with_name(file.name + suffix))
