"""One SQLite file that goes on in memory when its disk cannot be written, and comes back to disk once it can."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

RETRY_SECONDS = 30.0
"""How often, at the most, the way back to disk is tried."""
_DISK_TROUBLE = frozenset(
    (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
)
_log = logging.getLogger(__name__)


class Database:
    """A connection used by one thread at a time."""

    def __init__(self, path: Path | None, tables: str) -> None:
        """Open or make the file; None, or a file that cannot be opened: memory. One that is no database, or whose
        tables are not ours, is set aside as `.bad-<time>`.
        """
        self._path, self._tables = path, tables
        self.was_set_aside = False
        self._memory: sqlite3.Connection | None = None
        self._disk = self._open(path) if path else None
        self._tried = time.monotonic()
        if self._disk is None:
            self._memory = self._new(":memory:")

    @property
    def is_on_disk(self) -> bool:
        """Tell whether what is written now outlives the process."""
        return self._memory is None

    def close(self) -> None:
        """Give the file back; what memory held goes to disk if it can."""
        if self._memory:
            self._return_to_disk()
        for connection in (self._disk, self._memory):
            if connection:
                connection.close()

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._current.execute(query, values).fetchall()

    def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do `work` in one transaction, on disk when this returns, or in memory when the disk fails."""
        if self._memory and time.monotonic() - self._tried > RETRY_SECONDS:
            self._return_to_disk()
        elif self._path and not self._memory and not self._path.exists():
            self._begin_anew()
        try:
            return _transaction(self._current, work)
        except sqlite3.OperationalError as error:
            if self._memory or error.sqlite_errorcode & 0xFF not in _DISK_TROUBLE:
                raise
            self._go_on_in_memory(error)
        return _transaction(self._current, work)

    @property
    def _current(self) -> sqlite3.Connection:
        connection = self._memory or self._disk
        assert connection
        return connection

    def _open(self, path: Path) -> sqlite3.Connection | None:
        try:
            return self._sound_or_new(path)
        except (sqlite3.Error, OSError) as error:
            _log.warning("%s cannot be opened or made: %s", path, error)
            return None

    def _sound_or_new(self, path: Path) -> sqlite3.Connection:
        try:
            return self._sound(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
                raise  # the disk's trouble, or another program holds the file: what is in it may be sound
            self._set_aside(path, error)
        except sqlite3.DatabaseError as error:
            self._set_aside(path, error)
        return self._new(path)

    def _sound(self, path: Path) -> sqlite3.Connection:
        connection = self._new(path)
        try:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(str(verdict))
            _transaction(connection, lambda db: db.execute("CREATE TEMP TABLE IF NOT EXISTS probe (one)"))
        except BaseException:
            connection.close()
            raise
        return connection

    def _new(self, place: Path | str) -> sqlite3.Connection:
        connection = sqlite3.connect(place, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(self._tables)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, path: Path, error: sqlite3.Error) -> None:
        """Keep the unreadable file, and what SQLite laid beside it, under another name."""
        bad = f".bad-{time.strftime('%Y%m%d-%H%M%S')}"
        while path.with_name(path.name + bad).exists():
            bad += "+"
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(path.with_name(path.name + bad + ending))
        _log.error("%s is not readable (%s); it was set aside as %s", path, error, path.name + bad)
        self.was_set_aside = True

    def _go_on_in_memory(self, error: sqlite3.Error) -> None:
        _log.error("%s cannot be written (%s): going on in memory", self._path, error)
        memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        if self._disk:
            self._disk.backup(memory)
        self._memory, self._tried = memory, time.monotonic()

    def _begin_anew(self) -> None:
        """Somebody took the file away while it was open: what was in it can still be read, and is written again."""
        self._go_on_in_memory(sqlite3.OperationalError("its file is gone"))
        if self._disk:
            self._disk.close()
        self._disk = None
        self._return_to_disk()

    def _return_to_disk(self) -> None:
        self._tried = time.monotonic()
        if not self._memory or not self._path:
            return
        try:
            if self._disk:
                self._disk = self._written(self._path, self._memory, self._disk)
            else:
                self._disk = self._joined(self._path, self._memory)
        except (sqlite3.Error, OSError):
            return
        self._memory.close()
        self._memory = None
        _log.warning("%s can be written again", self._path)

    def _written(self, path: Path, memory: sqlite3.Connection, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Put all that memory holds in place of what was read from this file."""
        try:
            memory.backup(disk)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
                raise
            return self._rewritten(path, memory, disk)
        return disk

    def _rewritten(self, path: Path, memory: sqlite3.Connection, read_only: sqlite3.Connection) -> sqlite3.Connection:
        """Open a file anew that could be read alone when it was opened: that connection stays so for ever."""
        disk = self._new(path)
        try:
            memory.backup(disk)
        except BaseException:
            disk.close()
            raise
        read_only.close()
        return disk

    def _joined(self, path: Path, memory: sqlite3.Connection) -> sqlite3.Connection:
        """Open a file that could not be opened before, and add what memory holds to what is in it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        disk = self._new(path)
        try:
            _transaction(disk, partial(_add, memory))
        except BaseException:
            disk.close()
            raise
        return disk


def _add(memory: sqlite3.Connection, disk: sqlite3.Connection) -> None:
    for (table,) in memory.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        if rows := memory.execute(f"SELECT * FROM {table}").fetchall():
            places = ", ".join("?" * len(rows[0]))
            disk.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)


def _transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Result]) -> Result:
    with connection:  # commits, and rolls back when that fails too: on a full disk, say
        connection.execute("BEGIN IMMEDIATE")
        return work(connection)
