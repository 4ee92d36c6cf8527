"""LoRAs of the Hub, by its own library: fetched once, and found again without a network."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from components.engines.sdxl import sentences
from components.engines.sdxl.answers import LARGEST_FILE, PATIENCE, check_size, in_time, told_size
from components.engines.sdxl.byte_counter import Report, byte_counter, untold
from components.engines.sdxl.libraries import hub_troubles, library
from components.engines.sdxl.lora_gate import PIECE, Head, head_of
from components.engines.sdxl.lora_places import HubFile
from components.errors import EngineError

USUAL_FILE = "pytorch_lora_weights.safetensors"


@dataclass(frozen=True, slots=True)
class HubLoras:
    """What the Hub has, and what was fetched from it before."""

    largest: int = LARGEST_FILE
    """Bytes of a file."""

    def file(self, place: HubFile, report: Report) -> Path:
        """Return a LoRA's file, fetched unless it is there. Raise EngineError."""
        try:
            with _told():
                return self._fetched(place, report)
        except hub_troubles() as error:
            if kept := self.kept(place):  # without a network, that is as good
                return kept
            raise EngineError(sentences.LORA_AWAY) from error

    def kept(self, place: HubFile) -> Path | None:
        """Return what was fetched before. Raise EngineError when there is no telling which file is meant."""
        hub = library("huggingface_hub")
        options: dict[str, Any] = {"revision": place.revision, "local_files_only": True}
        try:
            if place.file:
                return Path(hub.hf_hub_download(place.repository, place.file, **options))
            whole = hub.snapshot_download(place.repository, allow_patterns="*.safetensors", **options)
        except hub.errors.LocalEntryNotFoundError:
            return None
        folder = Path(whole)
        return folder / chosen_file([path.relative_to(folder).as_posix() for path in folder.rglob("*.safetensors")])

    def head(self, place: HubFile) -> Head:
        """Return how a file there begins, fetching no more of it. Raise EngineError."""
        hub = library("huggingface_hub")
        try:
            with _told():
                url = hub.hf_hub_url(place.repository, self._name(place), revision=place.revision)
                headers = {**hub.utils.build_hf_headers(), "Accept-Encoding": "identity"}
                with hub.utils.get_session().stream("GET", url, headers=headers, timeout=PATIENCE) as response:
                    hub.utils.hf_raise_for_status(response)
                    check_size(size := told_size(response.headers), self.largest)
                    return head_of(in_time(response.iter_bytes(PIECE)), size)
        except hub_troubles() as error:
            raise EngineError(sentences.LORA_AWAY) from error

    def _fetched(self, place: HubFile, report: Report) -> Path:
        hub = library("huggingface_hub")
        name, options = self._name(place), {"revision": place.revision}
        file = hub.hf_hub_download(place.repository, name, dry_run=True, **options)
        check_size(file.file_size, self.largest)
        counter = byte_counter(file.file_size, report if file.will_download else untold)
        return Path(cast("str", hub.hf_hub_download(place.repository, name, tqdm_class=counter, **options)))

    def _name(self, place: HubFile) -> str:
        if place.file:
            return place.file
        info = library("huggingface_hub").HfApi().model_info(place.repository, timeout=PATIENCE)
        return chosen_file([sibling.rfilename for sibling in info.siblings or ()])


def chosen_file(files: list[str]) -> str:
    """Choose the LoRA of a repository. Raise EngineError when there is none, or no telling which."""
    names = [name for name in files if name.endswith(".safetensors")]
    if USUAL_FILE in names:
        return USUAL_FILE
    if not names:
        raise EngineError(sentences.LORA_NOT_FOUND)
    if len(names) > 1:
        raise EngineError(sentences.LORA_SEVERAL)
    return names[0]


@contextmanager
def _told() -> Generator[None, None, None]:
    """Turn what the Hub says of a repository into sentences; what is wrong on the way there passes."""
    errors = library("huggingface_hub").errors
    try:
        yield
    except errors.GatedRepoError as error:
        raise EngineError(sentences.LORA_NO_ACCESS) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError, errors.RemoteEntryNotFoundError) as error:
        raise EngineError(sentences.LORA_NOT_FOUND) from error
