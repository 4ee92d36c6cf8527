"""LoRA fetcher: the local file of a LoRA, and a check before it is downloaded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from components.engines.sdxl import messages
from components.engines.sdxl.loras.civitai import CivitaiLoras
from components.engines.sdxl.loras.header_check import SDXL_WIDTH, Head, check_file, check_head
from components.engines.sdxl.loras.hub import HubLoras
from components.engines.sdxl.loras.location import Download, HostFile, HubFile, Place
from components.engines.sdxl.model.download_progress import Report
from components.errors import EngineError
from components.messages.message import Message

CACHE_SECONDS = 60.0
"""Seconds for which a site's answer is cached: the images of one press cause one request."""
MAX_CACHED_CHECKS = 256


@dataclass(frozen=True, slots=True)
class LoraFetcher:
    """Downloads each file once."""

    civitai: CivitaiLoras
    hub: HubLoras = field(default_factory=HubLoras)
    clock: Callable[[], float] = time.monotonic
    _files: dict[HubFile, tuple[float, Path]] = field(default_factory=dict, init=False)
    """Time of the last request for a file, and its path."""
    _checks: dict[Place, tuple[float, Message | None]] = field(default_factory=dict, init=False)
    """Time of a check, and its message; None: the LoRA can be used."""

    def file(self, place: Place, report: Report) -> Path:
        """Return the local file, downloaded if need be. Raise EngineError."""
        match place:
            case HostFile(path):
                return path
            case HubFile():
                return self._of_hub(place, report)
            case Download(url):
                return self.civitai.file(url, report)

    def _of_hub(self, place: HubFile, report: Report) -> Path:
        """Return the Hub's file; the Hub is queried for changes once in CACHE_SECONDS."""
        when, path = self._files.get(place, (-CACHE_SECONDS, Path()))
        if self.clock() - when >= CACHE_SECONDS or not path.is_file():
            path = self.hub.file(place, report)
            self._files[place] = (self.clock(), path)
        return path

    def check(self, place: Place, width: int = SDXL_WIDTH) -> None:
        """Raise EngineError when a file's header shows that it is no LoRA of this model; any thread may call.

        A site that does not respond within seconds raises nothing: the download follows anyway.
        """
        if isinstance(place, HostFile):
            return check_file(place.path, width)
        when, message = self._checks.get(place, (-CACHE_SECONDS, None))
        if self.clock() - when >= CACHE_SECONDS:
            message = self._flaw(place, width)
            self._remember(place, message)
        if message:
            raise EngineError(message)
        return None

    def _flaw(self, place: HubFile | Download, width: int) -> Message | None:
        """Return what is wrong with a LoRA, or None."""
        try:
            if stored := self._stored(place):
                check_file(stored, width)
            else:
                check_head(self._head(place), width)
        except EngineError as error:
            return None if error.message == messages.LORA_AWAY else error.message
        return None

    def _remember(self, place: Place, message: Message | None) -> None:
        if len(self._checks) >= MAX_CACHED_CHECKS:
            self._checks.clear()
        self._checks[place] = (self.clock(), message)

    def _stored(self, place: HubFile | Download) -> Path | None:
        return self.hub.stored(place) if isinstance(place, HubFile) else self.civitai.stored(place.url)

    def _head(self, place: HubFile | Download) -> Head:
        return self.hub.head(place) if isinstance(place, HubFile) else self.civitai.head(place.url)
