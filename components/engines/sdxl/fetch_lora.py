"""Fetches LoRAs of other people: the Hub by its own library, Civitai by https, nothing else and nothing too large."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from urllib.parse import urljoin, urlsplit

import httpx

from components.engines.sdxl import sentences
from components.engines.sdxl.libraries import hub_troubles, library
from components.engines.sdxl.lora_gate import LENGTH_BYTES, check_file, header_length
from components.engines.sdxl.lora_places import CIVITAI_HOSTS, Download, HostFile, HubFile, Place, check_address
from components.errors import EngineError

LARGEST_FILE = 2 * 1024**3
"""Bytes."""
MOST_REDIRECTS = 5
WHERE_FILES_LIE = (*CIVITAI_HOSTS, ".civitai.com", ".r2.cloudflarestorage.com", ".backblazeb2.com")
"""Where Civitai keeps its files; no redirect leads elsewhere."""
USUAL_FILE = "pytorch_lora_weights.safetensors"

Report = Callable[[float], None]
"""Called with how much of a file is there, 0 to 1. It may raise to stop the work."""


@dataclass(frozen=True, slots=True)
class LoraFetcher:
    """Turns a place into a file on this machine; what was fetched once is not fetched again."""

    cache: Path
    civitai_key: str = ""
    largest: int = LARGEST_FILE
    transport: httpx.BaseTransport | None = None
    """Tests bring their own."""

    def file(self, place: Place, report: Report) -> Path:
        """Return the file. Raise EngineError with a sentence."""
        match place:
            case HostFile(path):
                return path
            case HubFile():
                return self._of_hub(place)
            case Download(url):
                return self._downloaded(url, report)

    def _of_hub(self, place: HubFile) -> Path:
        hub = library("huggingface_hub")
        try:
            name = place.file or self._only_file(place.repository)
            self._check_size(place, name)
            return Path(cast("str", hub.hf_hub_download(place.repository, name, revision=place.revision)))
        except hub.errors.GatedRepoError as error:
            raise EngineError(sentences.LORA_NO_ACCESS) from error
        except (hub.errors.RepositoryNotFoundError, hub.errors.RevisionNotFoundError) as error:
            raise EngineError(sentences.LORA_NOT_FOUND) from error
        except hub.errors.RemoteEntryNotFoundError as error:
            raise EngineError(sentences.LORA_NOT_FOUND) from error
        except hub_troubles() as error:
            return self._kept(place, error)

    def _check_size(self, place: HubFile, name: str) -> None:
        hub = library("huggingface_hub")
        file = hub.hf_hub_download(place.repository, name, revision=place.revision, dry_run=True)
        if file.file_size > self.largest:
            raise EngineError(sentences.LORA_TOO_LARGE)

    def _only_file(self, repository: str) -> str:
        info = library("huggingface_hub").HfApi().model_info(repository)
        return chosen_file([sibling.rfilename for sibling in info.siblings or ()])

    def _kept(self, place: HubFile, trouble: Exception) -> Path:
        """Return what was fetched before: without a network, that is as good."""
        hub = library("huggingface_hub")
        options = {"revision": place.revision, "local_files_only": True}
        try:
            if place.file:
                return Path(hub.hf_hub_download(place.repository, place.file, **options))
            whole = hub.snapshot_download(place.repository, allow_patterns="*.safetensors", **options)
        except hub.errors.LocalEntryNotFoundError:
            raise EngineError(sentences.LORA_AWAY) from trouble
        folder = Path(whole)
        return folder / chosen_file([path.relative_to(folder).as_posix() for path in folder.rglob("*.safetensors")])

    def _downloaded(self, url: str, report: Report) -> Path:
        path = self.cache / "loras" / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.safetensors"
        if path.is_file():
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        landing = tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False)  # noqa: SIM115 - renamed
        try:
            with landing:
                self._fetch(url, landing, report)
            check_file(Path(landing.name))
            os.replace(landing.name, path)  # noqa: PTH105 - atomic on Windows too
        except (httpx.HTTPError, OSError) as error:
            raise EngineError(sentences.LORA_AWAY) from error
        finally:
            Path(landing.name).unlink(missing_ok=True)
        return path

    def _fetch(self, url: str, landing: IO[bytes], report: Report) -> None:
        with httpx.Client(transport=self.transport, timeout=30, follow_redirects=False) as client:
            for _ in range(MOST_REDIRECTS):
                check_address(url, WHERE_FILES_LIE)
                if self.transport is None:
                    check_public(url)
                with client.stream("GET", url, headers=self._headers(url)) as response:
                    if not response.is_redirect:
                        return self._take(response, landing, report)
                    url = urljoin(url, response.headers["location"])
        raise EngineError(sentences.LORA_AWAY)

    def _headers(self, url: str) -> dict[str, str]:
        """Show the host's key to Civitai itself, never to where it redirects."""
        is_civitai = urlsplit(url).hostname in CIVITAI_HOSTS
        return {"Authorization": f"Bearer {self.civitai_key}"} if self.civitai_key and is_civitai else {}

    def _take(self, response: httpx.Response, landing: IO[bytes], report: Report) -> None:
        if response.status_code in (401, 403):
            raise EngineError(sentences.LORA_NO_ACCESS)
        if response.status_code == 404:
            raise EngineError(sentences.LORA_NOT_FOUND)
        response.raise_for_status()
        total, done, head = int(response.headers.get("content-length") or 0), 0, b""
        for chunk in response.iter_bytes(1 << 18):
            done += len(chunk)
            if max(done, total) > self.largest:
                raise EngineError(sentences.LORA_TOO_LARGE)
            if len(head) <= LENGTH_BYTES:
                head += chunk[:64]
                if len(head) > LENGTH_BYTES:
                    header_length(head)  # a page or a pickle is not fetched to its end
            landing.write(chunk)
            report(min(1.0, done / total) if total else 0.0)


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


def check_public(url: str) -> None:
    """Raise EngineError when a name leads into this machine or its network."""
    host = urlsplit(url).hostname or ""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise EngineError(sentences.LORA_AWAY) from error
    if not all(ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found):
        raise EngineError(sentences.LORA_HOST)
