"""Image files of the server in two folders. Every name is made here, never taken from a request."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from pathlib import Path

PART = ".part"


class ImageFiles:
    """Folders `outputs` and `uploads`; each file is written completely or not at all."""

    def __init__(self, folder: Path, *, keeps_all: bool = False) -> None:
        """Create the folders. `keeps_all`: nothing is deleted, for a folder that a newer version wrote."""
        self._keeps_all = keeps_all
        self._outputs = folder / "outputs"
        self._uploads = folder / "uploads"
        for place in (self._outputs, self._uploads):
            place.mkdir(parents=True, exist_ok=True)

    def output(self, name: str) -> Path:
        return self._outputs / name

    def upload(self, name: str) -> Path:
        return self._uploads / name

    def put(self, path: Path, data: bytes) -> None:
        """Write a file atomically: beside `path`, then rename."""
        part = path.with_name(path.name + PART)
        part.write_bytes(data)
        part.replace(path)

    def delete(self, path: Path) -> None:
        """Delete a file, if it exists."""
        if not self._keeps_all:
            path.unlink(missing_ok=True)

    def remove_unknown(self, outputs: Collection[str], uploads: Collection[str]) -> None:
        """Delete files that no record names: leftovers of a killed process."""
        for place, known in ((self._outputs, outputs), (self._uploads, uploads)):
            for path in place.iterdir():
                if path.name not in known:
                    self.delete(path)


def output_name(task_id: str) -> str:
    return f"{task_id}-{secrets.token_hex(16)}.png"


def upload_name(extension: str) -> str:
    """Return a new name; `extension` is one of EXTENSIONS, not the client's."""
    return f"{secrets.token_hex(16)}.{extension}"
