"""The two folders of picture files. Every name is made here; none is ever taken from a request."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from pathlib import Path

PART = ".part"


class Shelf:
    """`outputs` and `uploads` below one folder; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._outputs = folder / "outputs"
        self._uploads = folder / "uploads"
        for place in (self._outputs, self._uploads):
            place.mkdir(parents=True, exist_ok=True)

    def output(self, name: str) -> Path:
        return self._outputs / name

    def upload(self, name: str) -> Path:
        return self._uploads / name

    def put(self, path: Path, data: bytes) -> None:
        """Write beside `path` and rename."""
        part = path.with_name(path.name + PART)
        part.write_bytes(data)
        part.replace(path)

    def remove_strangers(self, outputs: Collection[str], uploads: Collection[str]) -> None:
        """Remove what no record names: the leftovers of a killed process."""
        for place, known in ((self._outputs, outputs), (self._uploads, uploads)):
            for path in place.iterdir():
                if path.name not in known:
                    path.unlink(missing_ok=True)


def output_name(task_id: str) -> str:
    return f"{task_id}-{secrets.token_hex(16)}.png"


def upload_name(extension: str) -> str:
    """`extension` is one of ours, not a caller's."""
    return f"{secrets.token_hex(16)}.{extension}"
