"""Table schema of a database file: the tables of a new one, and the migrations that bring an older one to them."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

from components.errors import SetupError
from components.sqlite.transactions import is_error_of_file, transaction

Migration = Callable[[sqlite3.Connection], object]
"""Change of a file to the next version, by single statements: `executescript` would commit what was done before it."""

_PLACES_IN_HEADER = {"user_version": 60, "application_id": 68}
"""Offsets of four bytes; https://sqlite.org/fileformat2.html#database_header."""

_log = logging.getLogger(__name__)


class ForeignFile(sqlite3.DatabaseError):
    """The file is a database of another program. Raised by migrations from version 0, which any file may have."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """Tables, and one migration for each version: the first brings a file from version 0 to 1."""

    tables: str
    """SQL that creates missing tables, as they are in the newest version."""
    migrations: tuple[Migration, ...] = ()
    version_pragma: str = "user_version"
    """Where the version is stored: as `application_id` where earlier programs accept one `user_version` alone."""

    @property
    def version(self) -> int:
        """Return the version of the tables."""
        return len(self.migrations)

    @property
    def _version_pragmas(self) -> set[str]:
        return {"user_version", self.version_pragma}

    def version_of(self, db: sqlite3.Connection) -> int:
        """Return the version that is stored in a file; 0 for a file without one."""
        return max(int(db.execute(f"PRAGMA {pragma}").fetchone()[0]) for pragma in self._version_pragmas)

    def version_in_header(self, header: bytes) -> int:
        """Return the version in the header of a database file; 0 for an empty one."""
        places = [_PLACES_IN_HEADER[pragma] for pragma in self._version_pragmas]
        return max(int.from_bytes(header[place : place + 4], signed=True) for place in places)

    def apply(self, db: sqlite3.Connection) -> None:
        """Create the tables in a new file, or migrate an older one.

        Raises SetupError when a migration fails, and for a file of a newer version, which is not changed.
        """
        if not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
            # With its version, so that a process killed meanwhile leaves no new tables that say they are old.
            self.create_missing(db, f"PRAGMA {self.version_pragma} = {self.version};")
            return
        version = self.version_of(db)
        if version > self.version:
            raise newer_file_error(place_of(db))
        for number in range(version, self.version):
            self._migrate(db, number)
        # After the migrations: an index on a new column cannot be created before it.
        with _refusing_our_faults(db) if self.version_of(db) else nullcontext():
            self.create_missing(db)

    def create_missing(self, db: sqlite3.Connection, more: str = "") -> None:
        """Create missing tables, whatever the version, and run `more` SQL in the same transaction."""
        try:
            db.executescript(f"BEGIN IMMEDIATE; {self.tables} {more} COMMIT;")
        except BaseException:
            db.rollback()
            raise

    def check_columns(self, db: sqlite3.Connection) -> None:
        """Raise OperationalError when a database has not all columns of these tables."""
        with closing(sqlite3.connect(":memory:")) as new:
            new.executescript(self.tables)
            if missing := _columns(new) - _columns(db):
                raise sqlite3.OperationalError(f"missing columns: {sorted(missing)}")

    def _migrate(self, db: sqlite3.Connection, number: int) -> None:
        """Run one migration; its version is written in the same transaction."""

        def work(db: sqlite3.Connection) -> None:
            self.migrations[number](db)
            db.execute(f"PRAGMA {self.version_pragma} = {number + 1}")

        with _refusing_our_faults(db):
            transaction(db, work)
        _log.info("%s was brought to version %d", place_of(db), number + 1)


@contextmanager
def _refusing_our_faults(db: sqlite3.Connection) -> Generator[None]:
    """Raise SetupError for any error that is not the file's: the file is good, and must not be set aside."""
    try:
        yield
    except Exception as error:
        if isinstance(error, ForeignFile) or is_error_of_file(error):
            raise
        _log.exception("migration of %s", place_of(db))
        raise SetupError(
            f"The history in {place_of(db)} could not be brought to this version of the app ({error})."
            " Nothing in it was lost.",
            "Start the earlier version again, or set PLAYGROUND_DATA_DIR to another folder.",
        ) from error


def _columns(db: sqlite3.Connection) -> set[tuple[str, str]]:
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    return set(db.execute(f"SELECT t.name, c.name FROM ({tables}) AS t, pragma_table_info(t.name) AS c").fetchall())


def place_of(db: sqlite3.Connection) -> str:
    """Return the path of a connection's file; "memory" for one without."""
    return db.execute("PRAGMA database_list").fetchone()[2] or "memory"


def newer_file_error(place: object) -> SetupError:
    """Return the error for a file of a newer version that this one cannot show."""
    return SetupError(
        f"A newer version of this app made {place}, and this one cannot show it. Nothing in it was changed.",
        "Start that version, or set PLAYGROUND_DATA_DIR to another folder.",
    )
