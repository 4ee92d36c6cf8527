"""Data folder: its lock, its database and its image files, opened and closed together."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from components.sqlite.table_schema import Migration, newer_file_error
from components.sqlite.transactions import may_exist
from components.storage.database import Database, set_aside
from components.storage.folder_lock import lock_folder
from components.storage.image_files import ImageFiles


class DataFolder:
    """Data folder, open in one process at a time; in memory while it cannot be written."""

    def __init__(self, folder: Path, tables: str, migrations: Sequence[Migration], merges: Mapping[str, str]) -> None:
        """Open or create the folder; one of a newer version is shown, and nothing in it is written. See Database.

        Raises SetupError when another process has the folder, or its database cannot be migrated or shown.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = lock_folder(folder / "playground.lock")
        except OSError:
            self._lock = None
        # In memory without the lock: the folder cannot be written.
        database = folder / "playground.sqlite3"
        self._database = database if self._lock else None
        self._was_left_closed = not self._lock and may_exist(database)
        try:
            self._db = Database(self._database, tables, migrations, merges)
        except BaseException:
            self._unlock()
            raise
        self._images = ImageFiles(folder, is_read_only=self.is_from_newer_version)

    def close(self) -> None:
        """Close the database, then unlock the folder."""
        self._db.close()
        self._unlock()

    @property
    def is_on_disk(self) -> bool:
        """Return whether data is written to disk; False: it is in memory and lost when the process ends."""
        return self._db.is_on_disk

    @property
    def is_from_newer_version(self) -> bool:
        """Return whether a newer version wrote the folder: it is shown, and changes stay in memory."""
        return self._db.is_from_newer_version

    @property
    def is_unread(self) -> bool:
        """Return whether memory stands in for a database that is there and could not be read: what is in it counts."""
        return self._was_left_closed or self._db.is_unread

    @property
    def was_quarantined(self) -> bool:
        """Return whether an unreadable database was renamed and replaced by an empty one at the start."""
        return self._db.was_quarantined

    @property
    def is_whole(self) -> bool:
        """Return whether the database is sure to name all image files of the folder.

        Not one in memory, of a newer version, or begun anew beside one that was set aside, now or at an earlier start.
        """
        is_replaced = self.was_quarantined or not self._database or any(set_aside(self._database))
        return self.is_on_disk and not self.is_from_newer_version and not is_replaced

    @contextmanager
    def _closed_on_error(self) -> Generator[None]:
        """Close the folder on errors of its first use; SetupError when they are due to a newer version's tables."""
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error) and self.is_from_newer_version:
                raise newer_file_error(self._database) from error
            raise

    def _unlock(self) -> None:
        if self._lock:
            self._lock.close()
