"""The -wal file of a database, read without SQLite, which would change it or need room for a copy."""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct(">IIIIII8x")
"""Magic number, format, page size, checkpoints, two salts; https://sqlite.org/fileformat2.html#walformat."""
_FRAME = struct.Struct(">IIII8x")
"""Page number, size of the database after a commit or 0, two salts."""
DATABASE_HEADER = 100
"""Bytes at the start of the first page."""


def database_header_in(path: Path) -> bytes:
    """Return the header of a database as the last transaction in its -wal file has it; empty where none has it.

    Checksums are not looked at: after a power cut it may be that of a transaction that SQLite would not use. Raises
    OSError when the file cannot be read.
    """
    latest = committed = b""
    with path.open("rb") as wal:
        start = wal.read(_HEADER.size)
        if len(start) < _HEADER.size:
            return b""
        *_, page_size, _, salt, other_salt = _HEADER.unpack(start)
        while len(frame := wal.read(_FRAME.size)) == _FRAME.size:
            number, size_after_commit, *salts = _FRAME.unpack(frame)
            page = wal.read(page_size)
            # Frames behind those of the current salts are left over from before a checkpoint.
            if salts != [salt, other_salt] or len(page) < page_size:
                break
            latest = page[:DATABASE_HEADER] if number == 1 else latest
            committed = latest if size_after_commit else committed
    return committed
