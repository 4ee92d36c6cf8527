"""LoRAs that lie in a folder of the host's: our own engine loads them by the names of their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components import messages
from components.errors import NoLoraFile, OutsideTrouble
from components.lora_header import LENGTH_BYTES, LoraFacts, header_size, read_header
from components.lora_sites import is_host_file


@dataclass(frozen=True, slots=True)
class HostLoras:
    """The folder, as it stands when it is asked."""

    folder: Path | None = None
    """None: there is none."""

    @property
    def names(self) -> Mapping[str, str]:
        """Return the files by their names without the ending, in lower case."""
        try:
            files = sorted(self.folder.iterdir()) if self.folder else []
        except OSError:
            return {}
        return {file.stem.lower(): file.name for file in files if is_host_file(file.name) and file.is_file()}

    def facts(self, name: str) -> LoraFacts:
        """Return what a file's header tells. Raises NoLoraFile, and OutsideTrouble when it cannot be read."""
        if self.folder is None or not is_host_file(name):
            raise NoLoraFile(messages.LORA_NOT_FOUND)
        try:
            return self._read(self.folder / name)
        except FileNotFoundError as error:
            raise NoLoraFile(messages.LORA_NOT_FOUND) from error
        except OSError as error:
            raise OutsideTrouble(messages.LORA_FILE_UNREADABLE) from error

    @staticmethod
    def _read(path: Path) -> LoraFacts:
        with path.open("rb") as file:
            start = file.read(LENGTH_BYTES + 1)
            head = start + file.read(header_size(start) - len(start))
        return read_header(head, path.stat().st_size)
