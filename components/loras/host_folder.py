"""LoRA files in the host's folder, which the app's own server loads by file name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components import messages
from components.domain.lora_path import is_host_file
from components.errors import NotALora, SiteUnavailable
from components.loras.lora_facts import LoraFacts, header_size, read_header
from components.loras.safetensors_header import LENGTH_BYTES


@dataclass(frozen=True, slots=True)
class HostLoras:
    """LoRA folder of the host; it is read at each call, so that files can be added while the app runs."""

    folder: Path | None = None
    """None: no folder is configured."""

    @property
    def names(self) -> Mapping[str, str]:
        """Return file names by lower-case names without suffix; empty when the folder cannot be read."""
        try:
            files = sorted(self.folder.iterdir()) if self.folder else []
        except OSError:
            return {}
        return {file.stem.lower(): file.name for file in files if is_host_file(file.name) and file.is_file()}

    def facts(self, name: str) -> LoraFacts:
        """Return the facts in a file's header. Raises NotALora, or SiteUnavailable when the file cannot be read."""
        # Such a name has no slash or drive, so that no path leads out of the folder.
        if self.folder is None or not is_host_file(name):
            raise NotALora(messages.LORA_NOT_FOUND)
        try:
            return self._read(self.folder / name)
        except FileNotFoundError as error:
            raise NotALora(messages.LORA_NOT_FOUND) from error
        except OSError as error:
            raise SiteUnavailable(messages.LORA_FILE_UNREADABLE) from error

    @staticmethod
    def _read(path: Path) -> LoraFacts:
        with path.open("rb") as file:
            start = file.read(LENGTH_BYTES + 1)  # one byte more: header_size checks that it is a brace
            head = start + file.read(header_size(start) - len(start))
        return read_header(head, path.stat().st_size)
