"""A zip file that is sent while it is made: no more of it is held than one file."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

Entry = tuple[str, float, bytes]
"""A file's name, when it was made in Unix seconds, and its content."""


def zipped(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the parts of a zip file of these entries. Nothing is compressed: pictures are already."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for name, made, content in entries:
            archive.writestr(zipfile.ZipInfo(name, _date(made)), content)
            yield outlet.take()
    yield outlet.take()


class _Outlet(io.RawIOBase):
    """A file that cannot be gone back in, from which what was written is taken."""

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


def _date(made: float) -> tuple[int, int, int, int, int, int]:
    """Return a time as zip files have it, from 1980 on."""
    year, month, day, hour, minute, second = time.localtime(max(made, 0.0))[:6]
    return (year, month, day, hour, minute, second) if year >= 1980 else (1980, 1, 1, 0, 0, 0)
