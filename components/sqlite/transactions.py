"""SQLite helpers: one transaction, the kinds of its errors, and rows that move from memory to a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

_DISK = frozenset(
    (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
)
_LOCKED = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_DAMAGED = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


def transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Result]) -> Result:
    """Return the result of `work`, run in one transaction; on any error nothing of it is stored."""
    with connection:  # commits; rolls back on errors, also on one of the commit itself, as on a full disk
        # IMMEDIATE takes the write lock here and waits for it. A deferred transaction that reads first may fail at its
        # first write, without waiting, because another program has written meanwhile.
        connection.execute("BEGIN IMMEDIATE")
        return work(connection)


def primary_code(error: Exception) -> int:
    """Return SQLite's primary result code, the lower byte; that of faulty SQL for an error with no code."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def is_disk_error(error: Exception) -> bool:
    """Return whether the disk cannot be written. SQLITE_BUSY is not meant: another program will release its lock."""
    return primary_code(error) in _DISK


def is_locked(error: Exception) -> bool:
    """Return whether another program has locked the file, which it will release."""
    return primary_code(error) in _LOCKED


def is_error_of_file(error: Exception) -> bool:
    """Return whether an error is due to the file or its disk, and not to the SQL that was run."""
    return isinstance(error, sqlite3.Error) and primary_code(error) in _DISK | _LOCKED | _DAMAGED


def may_exist(path: Path) -> bool:
    """Return whether a file is there, or cannot be looked for."""
    try:
        return path.exists()
    except OSError:
        return True


def copy_rows(memory: sqlite3.Connection, merges: Mapping[str, str], disk: sqlite3.Connection) -> None:
    """Add the rows of all tables in memory to those on disk; `merges` as in `Database`."""
    for (table,) in memory.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        rows = memory.execute(f"SELECT * FROM {table}")
        # By name: a migrated file may have its columns in another order.
        columns = [column[0] for column in rows.description]
        values = f"({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        # OR REPLACE: of a row that is in both, the one in memory is newer.
        merge = merges.get(table)
        insert = f"INSERT INTO {table} {values} {merge}" if merge else f"INSERT OR REPLACE INTO {table} {values}"
        disk.executemany(insert, rows.fetchall())
