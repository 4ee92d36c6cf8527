"""Zip stream: a zip file that is sent while it is written, with one of its files in memory at a time."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

Entry = tuple[str, float, bytes]
"""Name, modification time in Unix seconds, and content of a file."""


def stream_zip(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the parts of a zip file, uncompressed: image files are compressed already. Blocks."""
    buffer = _Buffer()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, modified, content in entries:
            archive.writestr(zipfile.ZipInfo(name, _date(modified)), content)
            yield buffer.take()
    # Closing it wrote the central directory.
    yield buffer.take()


class _Buffer(io.RawIOBase):
    """Output file without seek, from which the bytes written so far are taken: ZipFile then writes no offsets back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self._written.append(bytes(content))
        return len(content)

    def take(self) -> bytes:
        parts, self._written = self._written, []
        return b"".join(parts)


def _date(modified: float) -> tuple[int, int, int, int, int, int]:
    """Return a time in the format of zip files, whose earliest year is 1980."""
    # Windows has no local time before 1970.
    year, month, day, hour, minute, second = time.localtime(max(modified, 0.0))[:6]
    return (year, month, day, hour, minute, second) if year >= 1980 else (1980, 1, 1, 0, 0, 0)
