"""Data folder: its lock, its database and its image files, opened and closed together."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from components.errors import SetupError
from components.sqlite.mount import LOCAL, mount_of
from components.sqlite.table_schema import Migration, newer_file_error
from components.sqlite.transactions import may_exist
from components.storage.database import Database, set_aside
from components.storage.folder_lease import FolderLease
from components.storage.folder_lock import lock_folder
from components.storage.image_files import ImageFiles


class DataFolder:
    """Data folder, open in one process at a time; in memory while it cannot be written."""

    def __init__(self, folder: Path, tables: str, migrations: Sequence[Migration], merges: Mapping[str, str]) -> None:
        """Open or create the folder; one of a newer version is shown, and nothing in it is written. See Database.

        Raises SetupError when another process has the folder, or its database cannot be migrated or shown.
        """
        self._mount, self._lock, self._lease = LOCAL, None, None
        database = folder / "playground.sqlite3"
        self._database = database if self._take(folder) else None
        self._was_left_closed = not self._database and may_exist(database)
        try:
            self._db = Database(self._database, tables, migrations, merges, self._mount)
        except BaseException:
            self._unlock()
            raise
        self._images = ImageFiles(folder, is_read_only=self.is_from_newer_version)

    def _take(self, folder: Path) -> bool:
        """Keep other processes away from the folder; return False where it cannot be written. Raises SetupError."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._mount = mount_of(folder)
            if self._mount.has_locks:
                self._lock = lock_folder(folder / "playground.lock")
                if not self._lock:
                    return False
            if self._mount != LOCAL:
                self._lease = FolderLease(folder / "playground.lease")
        except OSError:
            return False
        except SetupError:
            self._unlock()
            raise
        return True

    def close(self) -> None:
        """Close the database, then unlock the folder."""
        self._db.close()
        self._unlock()

    @property
    def is_on_disk(self) -> bool:
        """Return whether data is written to disk; False: it is in memory and lost when the process ends."""
        return self._db.is_on_disk

    @property
    def may_be_set_back(self) -> bool:
        """Return whether the folder may be found as it was up to half a minute before a crash."""
        return not self._mount.keeps_synced

    @property
    def sign_of_life(self) -> float:
        """Return when the process before was seen last, in Unix seconds; 0: it ended in order, or never ran."""
        return self._lease.sign_of_life if self._lease else 0.0

    @property
    def is_taken(self) -> bool:
        """Return whether another container took the folder, since this one did not say in time that it uses it."""
        return self._lease is not None and self._lease.is_taken()

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
        if self._lease:
            self._lease.release()
        if self._lock:
            self._lock.close()
