"""File of a newer version: read into memory without a change to it, or to SQLite's files beside it."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from components.sqlite.table_schema import TableSchema, newer_file_error
from components.sqlite.transactions import is_disk_error
from components.sqlite.wal_file import database_header_in

_BESIDE = ("-wal", "-journal")
"""Endings of SQLite's files beside a database that may have transactions of a killed process."""
_log = logging.getLogger(__name__)


def is_newer(path: Path, schema: TableSchema) -> bool:
    """Return whether a file has a newer version than `schema`; False where it cannot be read."""
    # The file alone first: it has the version in all but the moment after an upgrade, and no copy of it is needed.
    if _version_in_file(path, schema) > schema.version:
        return True
    return _has_transactions_beside(path) and _version_with_transactions(path, schema) > schema.version


def _version_in_file(path: Path, schema: TableSchema) -> int:
    try:
        with _without_transactions(path) as db:
            return schema.version_of(db)
    except (sqlite3.Error, OSError):
        return 0


def _version_with_transactions(path: Path, schema: TableSchema) -> int:
    try:
        with _unchanged(path) as db:
            return schema.version_of(db)
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, sqlite3.Error) and not is_disk_error(error):
            return 0
    # There is no room for a copy.
    try:
        return schema.version_in_header(database_header_in(_beside(path, "-wal")))
    except OSError:
        return 0


def _without_transactions(path: Path) -> closing[sqlite3.Connection]:
    """Open a file for reading, without the transactions that lie beside it."""
    return _opened(path, "mode=ro&immutable=1")


def copy_in_memory(path: Path, schema: TableSchema) -> sqlite3.Connection:
    """Return a copy of a newer file, with the tables of `schema` that it lacks.

    Raises SetupError when its tables are too different to be shown.
    """
    memory = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    try:
        with _unchanged(path) as db:
            db.backup(memory)
        schema.create_missing(memory)
        schema.check_columns(memory)
    except (sqlite3.Error, OSError) as error:
        memory.close()
        raise newer_file_error(path) from error
    _log.warning("%s was made by a newer version of this app: it is shown, and not written", path)
    return memory


@contextmanager
def _unchanged(path: Path) -> Generator[sqlite3.Connection]:
    """Open a file for reading, with the transactions that lie beside it."""
    if not _has_transactions_beside(path):
        # Immutable: SQLite would else create the -wal and -shm files of a database in WAL mode, or change them, also
        # for a reader. The lock of the folder keeps other processes of this app away meanwhile.
        with _without_transactions(path) as db:
            yield db
        return
    # Immutable would not read those transactions, and any other reader would change the -shm file.
    with TemporaryDirectory(prefix="playground-") as folder:
        for ending in ("", *_BESIDE):
            if _has_content(_beside(path, ending)):
                shutil.copyfile(_beside(path, ending), Path(folder, f"copy{ending}"))
        with _opened(Path(folder, "copy"), "mode=rw") as db:
            yield db


def _opened(path: Path, options: str) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True))


def _has_transactions_beside(path: Path) -> bool:
    return any(_has_content(_beside(path, ending)) for ending in _BESIDE)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
