"""SQLite database that falls back to memory when its disk cannot be written, and returns to disk when it can."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from components.errors import SetupError
from components.sqlite.mount import LOCAL, Mount
from components.sqlite.newer_file import copy_in_memory, is_newer
from components.sqlite.table_schema import Migration, TableSchema, newer_file_error
from components.sqlite.transactions import copy_rows, is_disk_error, is_locked, may_exist, primary_code, transaction

Result = TypeVar("Result")

LOCK_SECONDS, LOCKED_SECONDS = 5.0, 0.2
"""Longest wait for another program's lock, and that of the calls after one waited in vain: they all use one thread."""
RETRY_SECONDS = 30.0
"""Time between attempts to return to disk."""
NO_MERGES: Mapping[str, str] = {}
_log = logging.getLogger(__name__)


def set_aside(path: Path) -> list[Path]:
    """Return the unreadable files that were renamed to make room for a new one at this path."""
    return list(path.parent.glob(f"{path.name}.bad-*"))


class Database:
    """Database in one file, or in memory; for use by one thread at a time."""

    def __init__(
        self,
        path: Path | None,
        tables: str,
        migrations: Sequence[Migration] = (),
        merges: Mapping[str, str] = NO_MERGES,
        mount: Mount = LOCAL,
    ) -> None:
        """Open or create the file; in memory for None, or when it cannot be opened.

        `tables` is SQL that creates missing tables. `migrations` bring the file of an older version to them; their
        number is the version. A file that is no database, or another program's, is renamed to `.bad-<time>` and
        replaced by a new one. Of a newer version's file a copy in memory is used. `merges` has the ON CONFLICT clause
        of tables whose rows in memory do not replace those of a file that could not be read before. Raises SetupError
        when a migration fails, or the newer file cannot be shown.
        """
        self._path, self._schema, self._merges = path, TableSchema(tables, tuple(migrations)), merges
        self._mount = mount
        self.was_quarantined = False
        self._disk: sqlite3.Connection | None = None
        self._memory: sqlite3.Connection | None = None
        self._tried, self._lock_wait = time.monotonic(), LOCK_SECONDS
        self.is_from_newer_version = bool(path) and is_newer(path, self._schema)
        """Whether the content is that of a newer version's file, which is never written."""
        if path and self.is_from_newer_version:
            # Without its path it can never be written back.
            self._path, self._memory = None, copy_in_memory(path, self._schema)
        elif path:
            self._disk = self._open(path)
        self._was_unread = bool(self._path) and not self._disk and may_exist(self._path)
        if not (self._disk or self._memory):
            self._memory = self._connect_and_apply(":memory:")

    @property
    def is_on_disk(self) -> bool:
        """Return whether data is written to disk; False: it is in memory and lost when the process ends."""
        return self._memory is None

    @property
    def is_unread(self) -> bool:
        """Return whether memory stands in for a file that is there and could not be read: its content is not known."""
        return self._was_unread and not self.is_on_disk

    def close(self) -> None:
        """Close the file; data in memory is written to disk if possible."""
        if self._memory:
            self._return_to_disk()
        for connection in (self._disk, self._memory):
            if connection:
                connection.close()

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query. Raises sqlite3.Error, also while another program has locked the file."""
        with self._shorter_once_locked():
            return self._current.execute(query, values).fetchall()

    def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `work` in one transaction, which is on disk when this returns, or in memory when the disk fails.

        `work` runs again in memory when it fails on disk, so it must not change anything but the database. Raises
        sqlite3.OperationalError while another program has locked the file: nothing is written then.
        """
        if self._memory and time.monotonic() - self._tried > RETRY_SECONDS:
            self._return_to_disk()
        # A deleted file can still be written by its open connection, and all of it would be gone at the next start.
        elif self._path and not self._memory and not self._path.exists():
            self._recreate()
        try:
            with self._shorter_once_locked():
                result = transaction(self._current, work)
        except sqlite3.OperationalError as error:
            if self._memory or not is_disk_error(error):
                raise
            self._fall_back_to_memory(error, self._disk)
            return transaction(self._current, work)
        self._wait_for_locks(LOCK_SECONDS)
        return result

    @contextmanager
    def _shorter_once_locked(self) -> Generator[None]:
        """Let the calls after one that waited in vain for a lock wait less, until a write succeeds."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if is_locked(error):
                self._wait_for_locks(LOCKED_SECONDS)
            raise

    def _wait_for_locks(self, seconds: float) -> None:
        if seconds != self._lock_wait:
            self._lock_wait = seconds
            self._current.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    @property
    def _current(self) -> sqlite3.Connection:
        connection = self._memory or self._disk
        assert connection
        return connection

    def _open(self, path: Path) -> sqlite3.Connection | None:
        try:
            return self._open_or_replace(path)
        except (sqlite3.Error, OSError) as error:
            _log.warning("%s cannot be opened or made: %s", path, error)
            return None

    def _open_or_replace(self, path: Path) -> sqlite3.Connection:
        try:
            return self._open_checked(path)
        except sqlite3.OperationalError as error:
            # SQLITE_ERROR: the SQL does not fit the tables in the file. Any other: the disk fails or another program
            # has locked the file, whose content may be valid.
            if primary_code(error) != sqlite3.SQLITE_ERROR:
                raise
            self._quarantine(path, error)
        except sqlite3.DatabaseError as error:
            self._quarantine(path, error)
        return self._connect_and_apply(path)

    def _open_checked(self, path: Path) -> sqlite3.Connection:
        connection = self._connect(path)
        try:
            # Ends at the first fault, and without the check of the indexes: a large history must not delay the start.
            (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if result != "ok":
                raise sqlite3.DatabaseError(str(result))
            self._apply_schema(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _apply_schema(self, disk: sqlite3.Connection) -> None:
        """Create missing tables and migrate, in a copy in memory when the file can be read but not written.

        It takes the write lock, so that a file another program has locked is found at the start.
        """
        try:
            self._schema.apply(disk)
        except sqlite3.OperationalError as error:
            if not is_disk_error(error):
                raise
            self._fall_back_to_memory(error, disk)

    def _connect(self, location: Path | str) -> sqlite3.Connection:
        return self._mount.connect(location, LOCK_SECONDS)

    def _connect_and_apply(self, location: Path | str) -> sqlite3.Connection:
        connection = self._connect(location)
        try:
            self._schema.apply(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _quarantine(self, path: Path, error: sqlite3.Error) -> None:
        """Rename an unreadable file, and SQLite's files beside it, so that nothing is lost."""
        bad = f".bad-{time.strftime('%Y%m%d-%H%M%S')}"
        while path.with_name(path.name + bad).exists():
            bad += "+"
        # Together: the -wal file has the latest transactions, and must not lie beside the new database.
        for ending in ("", "-wal", "-shm", "-journal"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.rename(path.with_name(path.name + bad + ending))
        _log.error("%s is not readable (%s); it was set aside as %s", path, error, path.name + bad)
        self.was_quarantined = True

    def _fall_back_to_memory(self, error: sqlite3.Error, disk: sqlite3.Connection | None) -> None:
        _log.error("%s cannot be written (%s): going on in memory", self._path, error)
        memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        if disk:
            # A full or read-only disk can still be read.
            disk.backup(memory)
        # It may be of an older version, whose migration was what could not be written.
        self._schema.apply(memory)
        self._memory, self._tried = memory, time.monotonic()

    def _recreate(self) -> None:
        """Write the file again that was deleted while it was open: its connection can still read the content."""
        self._fall_back_to_memory(sqlite3.OperationalError("its file is gone"), self._disk)
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
                self._disk = self._restore(self._path, self._memory, self._disk)
            else:
                self._disk = self._merge_into(self._path, self._memory)
        except (sqlite3.Error, OSError, SetupError):
            return
        self._memory.close()
        self._memory = None
        _log.warning("%s can be written again", self._path)

    def _restore(self, path: Path, memory: sqlite3.Connection, disk: sqlite3.Connection) -> sqlite3.Connection:
        """Replace the file's content by that of memory, which began as a copy of it; return the connection to use."""
        try:
            memory.backup(disk)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
                raise
            return self._reopen_and_restore(path, memory, disk)
        return disk

    def _reopen_and_restore(
        self, path: Path, memory: sqlite3.Connection, read_only: sqlite3.Connection
    ) -> sqlite3.Connection:
        """Open a file again that was read-only before: a connection that was opened read-only stays so."""
        disk = self._connect_and_apply(path)
        try:
            memory.backup(disk)
        except BaseException:
            disk.close()
            raise
        read_only.close()
        return disk

    def _merge_into(self, path: Path, memory: sqlite3.Connection) -> sqlite3.Connection:
        """Open a file that could not be opened before, and add the rows in memory to those in it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # It could not be read at the start, so its version was not known.
        if is_newer(path, self._schema):
            raise newer_file_error(path)
        disk = self._connect_and_apply(path)
        try:
            transaction(disk, partial(copy_rows, memory, self._merges))
        except BaseException:
            disk.close()
            raise
        return disk
