"""LoRA downloads from the Hub, by its own library: cached, and found again without a network.

The host's own token is never sent: a visitor would generate with what only the host may read.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from components.engines.sdxl import messages
from components.engines.sdxl.loras.download_limits import CONNECT_SECONDS, MAX_FILE_BYTES, check_size, head_in
from components.engines.sdxl.loras.header_check import Head
from components.engines.sdxl.loras.location import HubFile
from components.engines.sdxl.model.download_progress import Report, byte_counter, no_report
from components.engines.sdxl.model.libraries import hub_errors, library
from components.errors import EngineError

USUAL_FILE = "pytorch_lora_weights.safetensors"


@dataclass(frozen=True, slots=True)
class HubLoras:
    """LoRA files of the Hub, and those downloaded before."""

    largest: int = MAX_FILE_BYTES
    """Bytes of a file."""

    def file(self, place: HubFile, report: Report) -> Path:
        """Return a LoRA's file, downloaded unless it is cached. Raise EngineError."""
        try:
            with _as_messages():
                return self._fetched(place, report)
        except hub_errors() as error:
            if stored := self.stored(place):  # without a network, that is as good
                return stored
            raise EngineError(messages.LORA_AWAY) from error

    def stored(self, place: HubFile) -> Path | None:
        """Return the file that was downloaded before, or None. Raise EngineError when the repository has several."""
        hub = library("huggingface_hub")
        options: dict[str, Any] = {"revision": place.revision, "local_files_only": True, "token": False}
        try:
            if place.file:
                return Path(hub.hf_hub_download(place.repository, place.file, **options))
            whole = hub.snapshot_download(place.repository, allow_patterns="*.safetensors", **options)
        except hub_errors():
            return None
        folder = Path(whole)
        return folder / chosen_file([path.relative_to(folder).as_posix() for path in folder.rglob("*.safetensors")])

    def head(self, place: HubFile) -> Head:
        """Return the head of a file without downloading the rest. Raise EngineError."""
        hub = library("huggingface_hub")
        try:
            with _as_messages():
                url = hub.hf_hub_url(place.repository, self._name(place), revision=place.revision)
                headers = {**hub.utils.build_hf_headers(token=False), "Accept-Encoding": "identity"}
                with hub.utils.get_session().stream("GET", url, headers=headers, timeout=CONNECT_SECONDS) as response:
                    hub.utils.hf_raise_for_status(response)
                    return head_in(response.headers, response.iter_bytes(), self.largest)
        except hub_errors() as error:
            raise EngineError(messages.LORA_AWAY) from error

    def _fetched(self, place: HubFile, report: Report) -> Path:
        hub = library("huggingface_hub")
        name = self._name(place)
        options: dict[str, Any] = {"revision": place.revision, "token": False}
        file = hub.hf_hub_download(place.repository, name, dry_run=True, **options)
        check_size(file.file_size, self.largest)
        counter = byte_counter(file.file_size, report if file.will_download else no_report)
        return Path(cast("str", hub.hf_hub_download(place.repository, name, tqdm_class=counter, **options)))

    def _name(self, place: HubFile) -> str:
        if place.file:
            return place.file
        info = library("huggingface_hub").HfApi(token=False).model_info(place.repository, timeout=CONNECT_SECONDS)
        return chosen_file([sibling.rfilename for sibling in info.siblings or ()])


def chosen_file(files: list[str]) -> str:
    """Return the LoRA file of a repository. Raise EngineError when there is none, or several."""
    names = [name for name in files if name.endswith(".safetensors")]
    if USUAL_FILE in names:
        return USUAL_FILE
    if not names:
        raise EngineError(messages.LORA_NOT_FOUND)
    if len(names) > 1:
        raise EngineError(messages.LORA_SEVERAL)
    return names[0]


@contextmanager
def _as_messages() -> Generator[None, None, None]:
    """Turn the Hub's errors about a repository into messages; network errors pass."""
    errors = library("huggingface_hub.errors")
    try:
        yield
    except errors.GatedRepoError as error:
        raise EngineError(messages.LORA_NO_ACCESS) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.RemoteEntryNotFoundError) as error:
        raise EngineError(messages.LORA_NOT_FOUND) from error
